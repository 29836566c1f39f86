// Package tasktest asks tasks of rigged subjects, so that tests can tell whether
// a task finds what it is there to find.
package tasktest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sync/atomic"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Subject answers as it was rigged. It may be used by several goroutines.
type Subject struct {
	Title string // its name; "subject" where empty
	// Answer is the reply to a prompt for text or JSON.
	Answer func(p task.Prompt) string
	// Score is the reply to a prompt with Scored; nil: llm.Unscored. A scored text
	// counts as one token for each of its bytes where Tokens is nil.
	Score  func(p task.Prompt) string
	Tokens func(text string) int64
	// Rates makes it a sentiment plugin.
	Rates func(texts []string) []sdk.Sentiment
	// Fails is the Error of a sample, where it is not empty.
	Fails func(p task.Prompt) string
	// Latency is that of each reply in seconds.
	Latency float64

	Asked atomic.Int64 // prompts, scored ones too
}

var _ task.Subject = (*Subject)(nil)

// Name implements task.Subject.
func (s *Subject) Name() string { return cmp.Or(s.Title, "subject") }

// Ask implements task.Subject.
func (s *Subject) Ask(ctx context.Context, p task.Prompt) (sample.Sample, error) {
	s.Asked.Add(1)
	out := sample.Sample{Messages: p.Messages, Reference: p.Reference, Turn: p.Turn, Model: "rigged", Latency: s.Latency}
	if s.Fails != nil {
		if out.Error = s.Fails(p); out.Error != "" {
			return out, ctx.Err()
		}
	}
	switch {
	case s.Rates != nil:
		reading, err := json.Marshal(s.Rates([]string{p.Messages[len(p.Messages)-1].Content})[0])
		if err != nil {
			return out, err
		}
		out.Reply = string(reading)
	case p.Scored == "":
		out.Reply = s.Answer(p)
	case s.Score == nil:
		out.Reply = llm.Unscored
	default:
		out.Reply, out.ReplyTokens = s.Score(p), int64(len(p.Scored))
		if s.Tokens != nil {
			out.ReplyTokens = s.Tokens(p.Scored)
		}
	}
	return out, ctx.Err()
}

// Classify implements task.Subject.
func (s *Subject) Classify(ctx context.Context, texts []string) ([]sdk.Sentiment, bool, error) {
	if s.Rates == nil {
		return nil, false, nil
	}
	return s.Rates(texts), true, ctx.Err()
}

// Reference is a subject that the reference provider answers for, which is no
// language model.
func Reference(seed uint64) task.Subject {
	return &provided{provider: llm.Repair(reference.New()), seed: seed}
}

// Scoring is a subject of a provider that tells how likely texts are.
func Scoring(p llm.Provider) task.Subject { return &provided{provider: llm.Repair(p), scores: true} }

type provided struct {
	provider llm.Provider
	seed     uint64
	scores   bool
}

func (s *provided) Name() string { return "provided" }

func (s *provided) Ask(ctx context.Context, p task.Prompt) (sample.Sample, error) {
	out := sample.Sample{Messages: p.Messages, Reference: p.Reference, Turn: p.Turn, Model: "provided"}
	if p.Scored != "" && !s.scores {
		out.Reply = llm.Unscored
		return out, nil
	}
	h := fnv.New64a()
	req := llm.Request{Model: "provided", Schema: p.Schema, Scored: p.Scored, Purpose: "eval"}
	h.Write([]byte(p.Which))
	for _, m := range p.Messages {
		h.Write([]byte(m.Content))
		req.Messages = append(req.Messages, sdk.Message{Role: m.Role, Content: m.Content})
	}
	req.Sampling.Seed = s.seed ^ h.Sum64()
	resp, err := s.provider.Generate(ctx, req)
	out.Reply, out.ReplyTokens = resp.Text, int64(resp.ReplyTokens)
	return out, err
}

func (s *provided) Classify(context.Context, []string) ([]sdk.Sentiment, bool, error) {
	return nil, false, nil
}

// Result is what a subject has scored.
type Result struct {
	Samples []sample.Sample
	Scores  []sample.Score // with Item filled in
}

// Ask asks a subject all items of a task, and scores the whole.
func Ask(t testing.TB, of task.Task, s task.Subject) Result {
	t.Helper()
	var r Result
	for _, item := range of.Items() {
		out, err := of.Ask(t.Context(), s, item)
		if err != nil {
			t.Fatalf("item %s: %v", item.ID, err)
		}
		for i := range out.Samples {
			out.Samples[i].Item, out.Samples[i].Cluster = item.ID, cmp.Or(item.Cluster, item.ID)
		}
		for i := range out.Scores {
			out.Scores[i].Item = item.ID
		}
		r.Samples, r.Scores = append(r.Samples, out.Samples...), append(r.Scores, out.Scores...)
	}
	whole, err := of.Whole(t.Context(), s.Name(), r.Samples)
	if err != nil {
		t.Fatal(err)
	}
	r.Scores = append(r.Scores, whole...)
	return r
}

// Mean is the mean of a measure over the items that have it, and how many do.
func (r Result) Mean(measure string) (mean float64, n int) {
	sum := 0.0
	for _, s := range r.Scores {
		if s.Measure == measure && s.Missing == "" {
			sum, n = sum+s.Value, n+1
		}
	}
	if n == 0 {
		return 0, 0
	}
	return sum / float64(n), n
}

// Missing are the reasons why a measure has no value, with their numbers.
func (r Result) Missing(measure string) map[string]int {
	out := map[string]int{}
	for _, s := range r.Scores {
		if s.Measure == measure && s.Missing != "" {
			out[s.Missing]++
		}
	}
	return out
}

// Sound checks what every task owes: every score is of a measure of its kind
// and within its bounds, binary ones are 0 or 1, and names a sample that is
// there or is of the whole; titles are given in both languages.
func Sound(t testing.TB, measures []task.Measure, r Result) {
	t.Helper()
	known := map[string]task.Measure{}
	for _, m := range measures {
		if m.Title["ru"] == "" || m.Title["en"] == "" {
			t.Errorf("measure %s has no title in both languages", m.Name)
		}
		if _, twice := known[m.Name]; twice {
			t.Errorf("measure %s twice", m.Name)
		}
		known[m.Name] = m
	}
	for _, s := range r.Scores {
		if m, ok := known[s.Measure]; !ok {
			t.Errorf("score of %q, which is no measure of the kind", s.Measure)
		} else if wrong := fault(&m, &s); wrong != "" {
			t.Errorf("%s is %v: %s", s.Measure, s.Value, wrong)
		}
	}
}

// fault is what is wrong with a score of a measure.
func fault(m *task.Measure, s *sample.Score) string {
	bounded := m.Low != 0 || m.High != 0
	switch {
	case m.Judged:
		return "it is a judge's"
	case s.Missing != "" && s.Value != 0:
		return "it is missing too"
	case s.Missing != "":
		return ""
	case bounded && (s.Value < m.Low || s.Value > m.High):
		return fmt.Sprintf("not within %v … %v", m.Low, m.High)
	case m.Binary && s.Value != 0 && s.Value != 1:
		return "not 0 or 1"
	}
	return ""
}
