package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

// Question is what a judge is asked about.
type Question = judge.Question

// Reply is one that is judged.
type Reply = judge.Reply

// Judge marks replies, or says which of two is better. Scores need Measure,
// Value or Missing, Words, First, Length and Call; Subject and Other of a pair
// too. An error stops the evaluation.
type Judge interface {
	Rubric(ctx context.Context, q Question, reply Reply) ([]sample.Score, error)
	Pair(ctx context.Context, q Question, a, b Reply) ([]sample.Score, error)
}

// NewJudge makes a judge that asks a provider, which knows its own model.
type NewJudge func(of suite.Judge, provider llm.Provider, language string) (Judge, error)

// appoint makes the suite's judges.
func (s *session) appoint() error {
	for _, of := range s.options.Suite.Judges {
		entry := s.options.Suite.Models[of.Model]
		j, err := s.options.NewJudge(of, voice{s.layers[of.Model], entry, "judge " + of.Name}, s.options.Suite.Language)
		if err != nil {
			return fmt.Errorf("judge %s: %w", of.Name, err)
		}
		s.judges[of.Name] = j
	}
	return nil
}

// voice is a model as a judge has it: with the settings of its entry where the
// judge has none of its own.
type voice struct {
	llm.Provider
	entry   spec.Model
	purpose string
}

// Generate implements llm.Provider.
func (v voice) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	req.Model = v.entry.Model
	if req.Sampling.Temperature == nil {
		req.Sampling.Temperature = v.entry.Temperature
	}
	if req.Sampling.MaxTokens == 0 {
		req.Sampling.MaxTokens = v.entry.MaxTokens
	}
	if req.Purpose == "" {
		req.Purpose = v.purpose
	}
	return v.Provider.Generate(ctx, req)
}

// verdict is what a judge said of one reply, or of two.
type verdict struct {
	judge  string
	a, b   *result // b is nil for a rubric
	scores []sample.Score
}

// trials are the verdicts that a task needs of a judge. Rubrics mark each reply;
// pairs are of the same item and repeat.
func (s *session) trials(p *planned, judge *suite.Judge, results []*result) (out []*verdict) {
	if judge.Mode == suite.Rubric {
		for _, r := range results {
			out = append(out, &verdict{judge: judge.Name, a: r})
		}
		return out
	}
	n := len(p.suite.Subjects)
	for group := range slices.Chunk(results, n) { // of one item and repeat
		for i := range n {
			for k := i + 1; k < n; k++ {
				a, b := group[i], group[k]
				switch judge.Baseline {
				case "", b.subject:
				case a.subject:
					a, b = b, a
				default:
					continue
				}
				out = append(out, &verdict{judge: judge.Name, a: a, b: b})
			}
		}
	}
	return out
}

// judgeOne has a judge say what it thinks of the replies of a verdict.
func (s *session) judgeOne(ctx context.Context, v *verdict) error {
	if v.a.watch.over(v.a.at) {
		return nil
	}
	for _, at := range v.due() {
		if s.options.stopped() {
			return ErrStopped
		}
		if why := v.lost(at); why != "" {
			if err := s.unsaid(v, at, why); err != nil {
				return err
			}
			continue
		}
		a := v.a.judged(at)
		var b *sample.Sample
		if v.b != nil {
			b = v.b.judged(at)
		}
		if a == nil || v.b != nil && b == nil {
			continue // one of the two was not asked this
		}
		scores, err := s.say(ctx, v, a, b)
		if err != nil {
			return s.judgeFailed(v.judge, err)
		}
		v.scores = append(v.scores, scores...)
	}
	return nil
}

// due are the samples that judges see, or would see, of either side.
func (v *verdict) due() []int {
	var all []int
	for _, r := range []*result{v.a, v.b} {
		if r != nil {
			all = slices.AppendSeq(append(all, r.outcome.Judged...), maps.Keys(r.outcome.Unjudged))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lost is whose replies are no use, and why; empty where there is something to
// judge.
func (v *verdict) lost(at int) string {
	if v.b == nil {
		return v.a.outcome.Unjudged[at]
	}
	var all []string
	for _, r := range []*result{v.a, v.b} {
		if why := r.outcome.Unjudged[at]; why != "" {
			all = append(all, r.subject+": "+why)
		}
	}
	return strings.Join(all, "; ")
}

// unsaid tells what no judge could say, so that what is lost is counted. It is by
// nobody: no judge failed.
func (s *session) unsaid(v *verdict, at int, why string) error {
	if at < 0 || at >= len(v.a.outcome.Samples) {
		return nil
	}
	a := &v.a.outcome.Samples[at]
	measures := []string{judge.Win}
	if v.b == nil {
		rubric, err := judge.RubricOf(*s.options.Suite.Judge(v.judge), v.a.planned.kind.Name(), s.options.Suite.Language)
		if err != nil {
			return err
		}
		measures = measures[:0]
		for _, c := range rubric.Criteria {
			measures = append(measures, c.Name)
		}
	}
	for _, m := range measures {
		x := sample.Score{Measure: m, Missing: why}
		if v.b != nil {
			x.Other, x.First = v.b.subject, true
		}
		about(&x, a)
		v.scores = append(v.scores, x)
	}
	return nil
}

func (s *session) judgeFailed(name string, err error) error {
	if errors.Is(err, ErrStopped) || llm.IsKind(err, llm.BudgetSpent) {
		return err
	}
	return fmt.Errorf("judge %s (models.%s): %w", name, s.options.Suite.Judge(name).Model, err)
}

// judged is the sample at an index, if judges are to see it.
func (r *result) judged(at int) *sample.Sample {
	if !slices.Contains(r.outcome.Judged, at) {
		return nil
	}
	return &r.outcome.Samples[at]
}

func (s *session) say(ctx context.Context, v *verdict, a, b *sample.Sample) ([]sample.Score, error) {
	q := Question{
		Task: a.Task, Kind: v.a.planned.kind.Name(), Item: a.Item, Repeat: a.Repeat, Criteria: v.a.item.Criteria,
		Messages: spoken(a.Messages), Reference: a.Reference,
		Seed: sim.Stream{
			Seed: s.options.Suite.Seed, Agent: a.Task + "\x00" + a.Item, Tick: int64(a.Repeat), Purpose: "judge " + v.judge, Index: int(a.Turn),
		}.Derive(),
	}
	var scores []sample.Score
	var err error
	if b == nil {
		scores, err = s.judges[v.judge].Rubric(ctx, q, Reply{Subject: a.Subject, Text: a.Reply})
	} else {
		scores, err = s.judges[v.judge].Pair(ctx, q, Reply{Subject: a.Subject, Text: a.Reply}, Reply{Subject: b.Subject, Text: b.Reply})
	}
	if err != nil {
		return nil, err
	}
	for i := range scores {
		of := a
		if b != nil && scores[i].Subject == b.Subject {
			of = b
		}
		scores[i].By = v.judge
		if b != nil && scores[i].Other == "" {
			scores[i].Other = b.Subject
		}
		about(&scores[i], of)
	}
	return scores, nil
}

// spoken are the messages of a dialogue: what a subject was told beforehand
// would tell a judge who it is.
func spoken(messages []sample.Message) []sample.Message {
	return slices.DeleteFunc(slices.Clone(messages), func(m sample.Message) bool { return m.Role == "system" })
}
