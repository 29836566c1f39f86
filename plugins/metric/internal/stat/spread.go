// Package stat has the statistics that the built-in metrics share. Functions
// of too few values return NaN, which no metric scores.
package stat

import (
	"math"
	"slices"
)

// Entropy is Shannon's, in bits: -Σ p log2 p over the shares of counts.
func Entropy(counts []float64) float64 {
	total := 0.0
	for _, n := range counts {
		total += n
	}
	if total <= 0 {
		return math.NaN()
	}
	h := 0.0
	for _, n := range counts {
		if p := n / total; p > 0 {
			h -= p * math.Log2(p)
		}
	}
	return max(h, 0) // never -0
}

// Evenness is Pielou's: the entropy divided by that of so many equal shares,
// 0…1. It is NaN where there is no choice.
func Evenness(counts []float64, choices int) float64 {
	if choices < 2 {
		return math.NaN()
	}
	return min(Entropy(counts)/math.Log2(float64(choices)), 1)
}

// Simpson is Σ p² over the shares of counts: the chance that two draws with
// replacement are alike.
func Simpson(counts []float64) float64 {
	total, squares := 0.0, 0.0
	for _, n := range counts {
		total += n
		squares += n * n
	}
	return squares / (total * total)
}

// Gini is the coefficient of inequality of values that are not negative: 0
// where all have the same, (n-1)/n where one has all.
func Gini(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	sum, weighted := 0.0, 0.0
	for i, x := range sorted {
		sum += x
		weighted += float64(2*(i+1)-len(sorted)-1) * x
	}
	return max(weighted/(float64(len(sorted))*sum), 0)
}

// Ratio is a/b, and NaN where b is 0.
func Ratio[A, B int | int64 | float64](a A, b B) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}
