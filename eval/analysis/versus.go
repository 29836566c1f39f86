package analysis

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

// Versus compares two subjects on all that both were scored on: a less b. The
// comparisons are a family of their own, and corrected for one another.
func Versus(ctx context.Context, in Input, a, b string) ([]*Comparison, error) {
	alone := *in.Suite
	alone.Subjects = []suite.Subject{{Name: b}, {Name: a}}
	alone.Comparisons, alone.Judges = nil, nil
	r, err := Analyse(ctx, Input{Suite: &alone, Measures: in.Measures, Scores: func(each func([]sample.Score) error) error {
		return in.Scores(func(rows []sample.Score) error {
			kept := slices.DeleteFunc(slices.Clone(rows), func(s sample.Score) bool {
				return s.Subject != a && s.Subject != b || s.Other != "" && s.Other != a && s.Other != b
			})
			return each(kept)
		})
	}})
	if err != nil {
		return nil, err
	}
	var out []*Comparison
	for _, t := range r.Tasks {
		for _, m := range t.Measures {
			out = append(out, m.Comparisons...)
		}
	}
	for _, c := range out {
		c.Declared = true
	}
	Correct(out)
	return out, nil
}
