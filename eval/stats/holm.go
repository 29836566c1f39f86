package stats

import (
	"cmp"
	"slices"
)

// Adjusted is a p-value corrected for the others of its family.
type Adjusted struct {
	P   float64 `json:"p"`
	Why Why     `json:"why,omitempty"` // there is no p
}

// Holm corrects the p-values of a declared family (Holm 1979, Scandinavian Journal
// of Statistics 6:65): the i-th smallest of m times m − i + 1, never less than the
// ones before it, at most 1. Comparisons that could not be tested keep their place
// in m: what was declared counts, not what came off.
func Holm(tests []Test) []Adjusted {
	out := make([]Adjusted, len(tests))
	var order []int
	for i, t := range tests {
		if out[i].Why = t.Why; t.Why == "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(tests[i].P, tests[j].P) })
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, tests[i].P*float64(len(tests)-rank)))
		out[i].P = least
	}
	return out
}

// Decided says whether a family is, by Holm, at an error rate: every comparison
// has come out. At the time of stopping it takes p-values that hold at all times,
// as those of a Sequence do.
func Decided(tests []Test, alpha float64) bool {
	for _, a := range Holm(tests) {
		if a.Why != "" || a.P > alpha {
			return false
		}
	}
	return len(tests) > 0
}
