// Package tasktest has tests ask the tasks of an evaluation without a runner: it
// loads a task, asks subjects that the test makes up, and checks that what comes
// of it keeps to the contract.
package tasktest

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Subject answers as a test says, and keeps what it was asked.
type Subject struct {
	Reply func(p task.Prompt) string
	Fails func(p task.Prompt) string // why there is no usable reply, where not nil and not empty
	Asked []task.Prompt
}

var _ task.Subject = (*Subject)(nil)

// Name implements task.Subject.
func (s *Subject) Name() string { return "rigged" }

// Ask implements task.Subject.
func (s *Subject) Ask(_ context.Context, p task.Prompt) (sample.Sample, error) {
	p.Messages = slices.Clone(p.Messages)
	s.Asked = append(s.Asked, p)
	out := sample.Sample{Turn: p.Turn, Messages: p.Messages, Reference: p.Reference}
	if s.Fails != nil {
		out.Error = s.Fails(p)
	}
	if out.Error == "" {
		out.Reply = s.Reply(p)
	}
	return out, nil
}

// Classify implements task.Subject.
func (s *Subject) Classify(context.Context, []string) ([]sdk.Sentiment, bool, error) {
	return nil, false, nil
}

// Reference is a subject that the reference provider answers for. Every reply
// is checked against its schema.
func Reference(tb testing.TB) *Subject {
	provider := reference.New()
	return &Subject{Reply: func(p task.Prompt) string {
		if p.Scored != "" {
			return llm.Unscored
		}
		seed := fnv.New64a()
		fmt.Fprint(seed, p.Which, p.Messages)
		messages := make([]sdk.Message, len(p.Messages))
		for i, m := range p.Messages {
			messages[i] = sdk.Message{Role: m.Role, Content: m.Content}
		}
		resp, err := provider.Generate(tb.Context(), llm.Request{Messages: messages, Schema: p.Schema, Sampling: llm.Sampling{Seed: seed.Sum64()}})
		if err != nil {
			tb.Fatal(err)
		}
		if len(p.Schema) > 0 {
			s, err := schema.Compile(p.Schema)
			if err != nil {
				tb.Fatal(err)
			}
			if wrong := s.Validate([]byte(resp.Text)); len(wrong) > 0 {
				tb.Fatalf("%s: %v", resp.Text, wrong)
			}
		}
		return resp.Text
	}}
}

// Setup is that of the first task of a suite in Russian.
func Setup(t suite.Task) task.Setup {
	return task.Setup{Suite: &suite.Suite{Name: "test", Language: "ru", Seed: 1}, Task: &t, Path: "tasks[0]"}
}

// Result is what came of a task with one subject.
type Result struct {
	Samples []sample.Sample
	Scores  []sample.Score
}

// Run loads a task, asks the subject all items once, and has the whole scored.
func Run(tb testing.TB, kind task.Kind, setup task.Setup, s task.Subject) Result {
	tb.Helper()
	loaded, err := kind.Load(tb.Context(), setup)
	if err != nil {
		tb.Fatal(err)
	}
	var r Result
	for _, item := range loaded.Items() {
		outcome, err := loaded.Ask(tb.Context(), s, item)
		if err != nil {
			tb.Fatal(err)
		}
		for _, i := range outcome.Judged {
			_ = outcome.Samples[i]
		}
		r.add(tb, s.Name(), item, outcome)
	}
	whole, err := loaded.Whole(tb.Context(), s.Name(), r.Samples)
	if err != nil {
		tb.Fatal(err)
	}
	r.Scores = append(r.Scores, whole...)
	check(tb, kind.Measures(setup.Task), r.Scores)
	return r
}

func (r *Result) add(tb testing.TB, subject string, item task.Item, o task.Outcome) {
	tb.Helper()
	for i := range o.Samples {
		s := &o.Samples[i]
		s.ID, s.Item, s.Cluster, s.Subject = fmt.Sprintf("%s %d", item.ID, i), item.ID, item.Cluster, subject
	}
	for i := range o.Scores {
		s := &o.Scores[i]
		at, err := strconv.Atoi(s.Sample)
		if err != nil || at < 0 || at >= len(o.Samples) {
			tb.Fatalf("a score of sample %q, of %d", s.Sample, len(o.Samples))
		}
		s.Sample, s.Item, s.Cluster, s.Subject = o.Samples[at].ID, item.ID, item.Cluster, subject
	}
	r.Samples, r.Scores = append(r.Samples, o.Samples...), append(r.Scores, o.Scores...)
}

// check looks for scores that break the contract.
func check(tb testing.TB, measures []task.Measure, scores []sample.Score) {
	tb.Helper()
	for _, s := range scores {
		at := slices.IndexFunc(measures, func(m task.Measure) bool { return m.Name == s.Measure })
		if at < 0 {
			tb.Fatalf("a score of %q, which is no measure", s.Measure)
		}
		m := measures[at]
		bounded := m.Low != 0 || m.High != 0
		switch {
		case s.Missing != "" && s.Value != 0:
			tb.Errorf("%s has the value %v and the reason %q", s.Measure, s.Value, s.Missing)
		case s.Missing != "":
		case math.IsNaN(s.Value) || math.IsInf(s.Value, 0):
			tb.Errorf("%s is %v", s.Measure, s.Value)
		case m.Binary && s.Value != 0 && s.Value != 1, bounded && (s.Value < m.Low-1e-9 || s.Value > m.High+1e-9):
			tb.Errorf("%s is %v, out of bounds", s.Measure, s.Value)
		case m.Title["ru"] == "" || m.Title["en"] == "":
			tb.Errorf("%s has no title", s.Measure)
		}
	}
}

// Values are those of a measure, in the order of the items.
func (r *Result) Values(measure string) []float64 {
	var out []float64
	for _, s := range r.Scores {
		if s.Measure == measure && s.Missing == "" {
			out = append(out, s.Value)
		}
	}
	return out
}

// Mean is that of a measure; a measure without values ends the test.
func (r *Result) Mean(tb testing.TB, measure string) float64 {
	tb.Helper()
	values, sum := r.Values(measure), 0.0
	if len(values) == 0 {
		tb.Fatalf("%s has no values: %v", measure, r.Missing(measure))
	}
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Missing are the reasons for which a measure has no value.
func (r *Result) Missing(measure string) []string {
	var out []string
	for _, s := range r.Scores {
		if s.Measure == measure && s.Missing != "" {
			out = append(out, s.Missing)
		}
	}
	return out
}
