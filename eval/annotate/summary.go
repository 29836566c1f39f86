package annotate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/llm-city/gorod/eval/stats"
)

// Summary is what came of an annotation.
type Summary struct {
	Annotators []Annotator `json:"annotators"`
	Agreement  []Agreement `json:"agreement,omitempty"` // where two or more answered the same
}

// Annotator is what a person has answered.
type Annotator struct {
	Name     string `json:"name"`
	Answered int    `json:"answered"`
	Of       int    `json:"of"`
}

// Agreement is how alike annotators answered the same questions, beyond chance.
type Agreement struct {
	Task    string         `json:"task"`
	Measure string         `json:"measure"`
	Alpha   stats.Estimate `json:"alpha"` // Krippendorff's, ordinal
}

// agreementResamples is enough for an interval that is only printed.
const agreementResamples = 2000

// Summary sums up what was answered so far.
func (s *Session) Summary() Summary {
	s.mu.Lock()
	answers := slices.Clone(s.store.answers)
	s.mu.Unlock()
	counts := map[string]int{}
	type key struct{ task, measure string }
	ratings := map[key][]stats.Rating{}
	raters := map[key]map[string]bool{}
	for _, a := range answers {
		if _, asked := s.at[a.ID]; asked {
			counts[a.Annotator]++
		} else {
			counts[a.Annotator] += 0
		}
		k := key{a.Task, a.Measure}
		ratings[k] = append(ratings[k], stats.Rating{Unit: a.ID, Cluster: a.Cluster, Rater: a.Annotator, Value: a.Value})
		if raters[k] == nil {
			raters[k] = map[string]bool{}
		}
		raters[k][a.Annotator] = true
	}
	var out Summary
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out.Annotators = append(out.Annotators, Annotator{name, counts[name], len(s.questions)})
	}
	for k, all := range ratings {
		if len(raters[k]) > 1 {
			slices.SortFunc(all, byUnit)
			out.Agreement = append(out.Agreement, Agreement{k.task, k.measure, stats.Krippendorff(all, stats.Ordinal, stats.Options{Resamples: agreementResamples})})
		}
	}
	slices.SortFunc(out.Agreement, byMeasure)
	return out
}

func byUnit(a, b stats.Rating) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Rater, b.Rater))
}

func byMeasure(a, b Agreement) int {
	return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Measure, b.Measure))
}
