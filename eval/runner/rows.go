package runner

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
)

// rows are all that an evaluation writes, in its order: by task; of a task what
// was computed of each reply, what is of all replies of a subject, and what each
// judge said.
type rows struct {
	samples []sample.Sample
	scores  []sample.Score
	asked   map[string]int // items of each task that count
}

// rows gathers what was answered.
func (s *session) rows(ctx context.Context) (*rows, error) {
	all := &rows{asked: map[string]int{}}
	results, verdicts := s.results, s.verdicts
	for _, p := range s.tasks {
		if measured, ok := p.task.(task.Measured); ok {
			if err := all.measured(ctx, p, measured); err != nil {
				return nil, err
			}
			continue
		}
		n := len(p.items) * s.options.Suite.Repeats * len(p.suite.Subjects)
		mine := results[:n]
		results = results[n:]
		mine = slices.DeleteFunc(slices.Clone(mine), func(r *result) bool { return r.watch.over(r.at) })
		all.asked[p.suite.Name] = len(mine) / (s.options.Suite.Repeats * len(p.suite.Subjects))
		for _, r := range mine {
			all.samples = append(all.samples, r.outcome.Samples...)
			all.scores = append(all.scores, r.outcome.Scores...)
		}
		if err := all.whole(ctx, p, mine, s.options.Suite.Repeats); err != nil {
			return nil, err
		}
		for len(verdicts) > 0 && verdicts[0].a.planned == p {
			if v := verdicts[0]; !v.a.watch.over(v.a.at) {
				finite(v.scores)
				all.scores = append(all.scores, v.scores...)
			}
			verdicts = verdicts[1:]
		}
	}
	return all, nil
}

// whole adds what only all replies of a subject together tell. Results stand by
// item, repeat and subject.
func (a *rows) whole(ctx context.Context, p *planned, results []*result, repeats int) error {
	for k, name := range p.suite.Subjects {
		for repeat := range repeats {
			var samples []sample.Sample
			for at := repeat*len(p.suite.Subjects) + k; at < len(results); at += repeats * len(p.suite.Subjects) {
				samples = append(samples, results[at].outcome.Samples...)
			}
			scores, err := p.task.Whole(ctx, name, slices.Clone(samples))
			if err != nil {
				return fmt.Errorf("task %s, subject %s: %w", p.suite.Name, name, err)
			}
			for i := range scores {
				x := &scores[i]
				if x.Sample != "" {
					of, err := indexed(x.Sample, samples)
					if err != nil {
						return fmt.Errorf("task %s, subject %s: %w", p.suite.Name, name, err)
					}
					about(x, of)
				}
				x.Task, x.Subject, x.Repeat = p.suite.Name, name, int32(repeat)
			}
			finite(scores)
			a.scores = append(a.scores, scores...)
		}
	}
	return nil
}

// measured adds the rows of a task that asks nobody.
func (a *rows) measured(ctx context.Context, p *planned, m task.Measured) error {
	outcome, err := m.Rows(ctx)
	if err != nil {
		return fmt.Errorf("task %s: %w", p.suite.Name, err)
	}
	for i := range outcome.Samples {
		x := &outcome.Samples[i]
		x.Task = p.suite.Name
		x.ID = fmt.Sprintf("%s/%s/%s/%d/%d", x.Task, x.Subject, x.Item, x.Repeat, i)
	}
	for i := range outcome.Scores {
		x := &outcome.Scores[i]
		x.Task = p.suite.Name
		if x.Sample == "" {
			continue
		}
		of, err := indexed(x.Sample, outcome.Samples)
		if err != nil {
			return fmt.Errorf("task %s: %w", p.suite.Name, err)
		}
		about(x, of)
	}
	finite(outcome.Scores)
	a.samples, a.scores = append(a.samples, outcome.Samples...), append(a.scores, outcome.Scores...)
	return nil
}

// write brings the rows onto the disk.
func (a *rows) write(dir, suite string) error {
	if err := put(filepath.Join(dir, sample.SamplesFile), suite, a.samples); err != nil {
		return err
	}
	return put(filepath.Join(dir, sample.ScoresFile), suite, a.scores)
}

func put[T sample.Sample | sample.Score](path, suite string, rows []T) error {
	w, err := sample.Create[T](path, map[string]string{"gorod.suite": suite})
	if err != nil {
		return err
	}
	defer w.Discard()
	for part := range slices.Chunk(rows, 1<<12) {
		if err := w.Write(part); err != nil {
			return err
		}
	}
	return w.Close()
}
