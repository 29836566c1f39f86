package tally

import (
	"math"
	"slices"
)

// lorenzPoints are the steps of a Lorenz curve.
const lorenzPoints = 20

// Exposure says how unevenly feeds showed authors. Its numbers are NaN where
// nothing was shown.
type Exposure struct {
	Gini   float64   // 0: all authors alike, towards 1: one author alone
	Top    float64   // share of what was shown that came from the top tenth of authors
	Lorenz []float64 // share of what was shown by share of authors, least shown first: 0, 5 %, … 100 %
}

// concentration is of how often each resident's posts were shown; those who
// were never shown count.
func concentration(shown map[string]int, groups map[string]string) Exposure {
	counts := make([]float64, 0, len(groups))
	for agent := range groups {
		counts = append(counts, float64(shown[agent]))
	}
	for author, n := range shown {
		if _, resident := groups[author]; !resident {
			counts = append(counts, float64(n))
		}
	}
	slices.Sort(counts)
	sum, weighted := 0.0, 0.0
	for i, n := range counts {
		sum += n
		weighted += n * float64(i+1)
	}
	if sum == 0 {
		return Exposure{Gini: math.NaN(), Top: math.NaN()}
	}
	n := float64(len(counts))
	x := Exposure{Gini: (2*weighted/sum - n - 1) / n}
	cumulated := make([]float64, len(counts)+1)
	for i, c := range counts {
		cumulated[i+1] = cumulated[i] + c/sum
	}
	for i := range lorenzPoints + 1 {
		x.Lorenz = append(x.Lorenz, between(cumulated, float64(i)/lorenzPoints))
	}
	top := len(counts) - int(math.Ceil(n/10))
	x.Top = 1 - cumulated[top]
	return x
}

// between reads a curve, given at even steps, at a share of its length.
func between(curve []float64, share float64) float64 {
	at := share * float64(len(curve)-1)
	low := int(at)
	if low+1 >= len(curve) {
		return curve[len(curve)-1]
	}
	return curve[low] + (at-float64(low))*(curve[low+1]-curve[low])
}
