package annotate

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task/items"
)

// rows are the replies of an evaluation, and which of them judges saw.
type rows struct {
	samples []sample.Sample
	judged  map[string]bool               // samples, by id
	tasks   map[string]bool               // with judged samples
	pairs   map[string]map[[2]string]bool // by task: subject and other of verdicts
}

func readRows(dir string) (*rows, error) {
	r := &rows{judged: map[string]bool{}, tasks: map[string]bool{}, pairs: map[string]map[[2]string]bool{}}
	err := sample.Read(filepath.Join(dir, sample.ScoresFile), func(scores []sample.Score) error {
		for i := range scores {
			s := &scores[i]
			if s.By == "" {
				continue
			}
			r.judged[strings.Clone(s.Sample)], r.tasks[strings.Clone(s.Task)] = true, true
			if s.Other != "" {
				if r.pairs[s.Task] == nil {
					r.pairs[strings.Clone(s.Task)] = map[[2]string]bool{}
				}
				r.pairs[s.Task][[2]string{strings.Clone(s.Subject), strings.Clone(s.Other)}] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = sample.Read(filepath.Join(dir, sample.SamplesFile), func(samples []sample.Sample) error {
		for i := range samples {
			if s := &samples[i]; items.Unusable(s) == "" && !strings.HasPrefix(strings.TrimSpace(s.Reply), "{") {
				r.samples = append(r.samples, *s)
			}
		}
		return nil
	})
	return r, err
}

// place is what different subjects answered alike: a question of an item.
type place struct{ item, repeat, index string }

// placeOf takes the place out of an id, which ends with repeat and index.
func placeOf(s *sample.Sample) place {
	parts := strings.Split(s.ID, "/")
	n := len(parts)
	if n < 2 {
		return place{item: s.Item}
	}
	return place{s.Item, parts[n-2], parts[n-1]}
}

// of are the replies of a task: those that judges saw, where they saw any. They
// stand together by place, subjects in the order of the suite.
func (r *rows) of(task string, subjects []string) [][]*sample.Sample {
	groups := map[place][]*sample.Sample{}
	for i := range r.samples {
		s := &r.samples[i]
		if s.Task == task && (!r.tasks[task] || r.judged[s.ID] || len(r.pairs[task]) > 0) {
			groups[placeOf(s)] = append(groups[placeOf(s)], s)
		}
	}
	var out [][]*sample.Sample
	for _, g := range groups {
		slices.SortFunc(g, func(a, b *sample.Sample) int {
			return cmp.Compare(slices.Index(subjects, a.Subject), slices.Index(subjects, b.Subject))
		})
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b []*sample.Sample) int { return strings.Compare(a[0].ID, b[0].ID) })
	return out
}

// compared are the two of a pair in the order in which judges' verdicts name
// them; ok is false where judges compared others only.
func (r *rows) compared(a, b *sample.Sample) (x, y *sample.Sample, ok bool) {
	known := r.pairs[a.Task]
	switch {
	case len(known) == 0, known[[2]string{a.Subject, b.Subject}]:
		return a, b, true
	case known[[2]string{b.Subject, a.Subject}]:
		return b, a, true
	}
	return nil, nil, false
}
