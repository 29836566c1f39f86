package stats_test

import (
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

func TestWilcoxonIsThatOfPublishedExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what         string
		pairs        []stats.Pair
		statistic, p float64
	}{
		// Hollander and Wolfe 1973, p. 29, as in R's ?wilcox.test: V = 40, p = 0.01953
		// one-sided.
		{"depression scale", pairsOf(
			[]float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30},
			[]float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}), 40, 0.0390625},
		{"Darwin's maize", against0(darwin()...), 96, 0.041259765625},
		// Ties and a zero: all 2¹¹ signs, by Python.
		{"ties and a zero", against0(3, -1, 0, 2, 2, -2, 5, 1, 1, 0, 4, -3), 54.5, 0.205078125},
	} {
		got := stats.Wilcoxon(c.pairs)
		if got.Method != stats.WilcoxonExact {
			t.Errorf("%s: by %s", c.what, got.Method)
		}
		near(t, c.what, got.Statistic, c.statistic, 0)
		near(t, c.what, got.P, c.p, 1e-12)
	}
}

// The numbers are those of scipy 1.17: wilcoxon(zero_method="pratt",
// method="approx", correction=False).
func TestManyDifferencesWithTiesAndZerosAreNormal(t *testing.T) {
	t.Parallel()
	got := stats.Wilcoxon(against0(0.5, 0.1, -0.3, 1.8, 2.7, -0.2, 0.9, -0.2, 1.0, 2.3, 0.7, -2.2, -0.2, 3.2, 2.3, -1.2, 0.6, -1.2, 0.2, 0.3,
		0.3, 1.4, 0.0, 0.1, 0.6, -0.8, -1.8, 1.6, -2.4, -0.2, -0.1, -0.6, 0.3, 0.6, -0.1, 0.9, -0.8, -2.2, 0.8, -1.2,
		-0.4, 2.2, -2.0, 0.9, 0.3, 1.3, 0.3, -2.1, 0.6, -0.1, 0.6, -1.2, 0.1, -1.3, -0.5, -2.3, 1.1, 0.8, 2.0, 1.8,
		1.4, 0.3, -0.9, -1.3, 1.7, 1.4, -1.4, -0.8, 2.0, -1.5, 0.1, 2.3, 0.8, -0.1, -0.4, -0.2, -0.6, -0.7, 1.7, 0.8))
	if got.Method != stats.WilcoxonNormal {
		t.Errorf("by %s", got.Method)
	}
	near(t, "p", got.P, 0.21303563017649552, 1e-12)
}

func TestDifferencesThatAreEqualButForRoundingAreTies(t *testing.T) {
	t.Parallel()
	rounded := stats.Wilcoxon(pairsOf([]float64{0.3, 0.5, 0.1, 0.9}, []float64{0.1, 0.3, 0.3, 0.2}))
	whole := stats.Wilcoxon(pairsOf([]float64{3, 5, 1, 9}, []float64{1, 3, 3, 2}))
	near(t, "the statistic", rounded.Statistic, whole.Statistic, 0)
	outlier := stats.Wilcoxon(against0(1, 2, -3, 4, 1e15)) // far apart, but no rounding
	near(t, "the statistic beside an outlier", outlier.Statistic, 1+2+4+5, 0)
}

func TestSignFlipIsFishersOwnExample(t *testing.T) {
	t.Parallel()
	// Fisher 1935, §21: 1,726 of 32,768 sums are as far from 0 as 314.
	got := stats.SignFlip(against0(darwin()...), stats.Options{})
	if got.Method != stats.SignFlipExact {
		t.Errorf("by %s", got.Method)
	}
	near(t, "p", got.P, 1726.0/32768, 1e-15)
}

func TestRandomSignsComeCloseToAllSigns(t *testing.T) {
	t.Parallel()
	pairs := against0(append(darwin(), 1e-9, -1e-9)...) // 17 that differ: too many for all
	got := stats.SignFlip(pairs, seeded("flips"))
	if got.Method != stats.SignFlipRandom {
		t.Errorf("by %s", got.Method)
	}
	near(t, "p", got.P, 1726.0/32768, 0.007)
}

func TestSignsOfAClusterAreFlippedTogether(t *testing.T) {
	t.Parallel()
	var pairs []stats.Pair
	for i, d := range darwin() {
		for range 4 {
			pairs = append(pairs, stats.Pair{ID: string(rune('a' + len(pairs))), Cluster: string(rune('A' + i)), A: d})
		}
	}
	got := stats.SignFlip(pairs, stats.Options{})
	if got.Method != stats.ClusterFlipExact || got.Clusters != 15 || got.N != 60 {
		t.Errorf("%s of %d in %d clusters", got.Method, got.N, got.Clusters)
	}
	near(t, "p", got.P, 1726.0/32768, 1e-15)
}

func TestHolmIsThatOfR(t *testing.T) {
	t.Parallel()
	// p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
	got := stats.Holm([]stats.Test{{P: 0.01}, {P: 0.04}, {P: 0.03}, {P: 0.005}})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		near(t, "adjusted", got[i].P, want, 1e-15)
	}
}

func TestAComparisonThatCouldNotBeTestedKeepsItsPlaceInTheFamily(t *testing.T) {
	t.Parallel()
	got := stats.Holm([]stats.Test{{P: 0.02}, {Why: stats.AllTies}, {P: 0.5}})
	near(t, "the first", got[0].P, 0.06, 1e-15)
	near(t, "the last", got[2].P, 1, 1e-15)
	if got[1].Why != stats.AllTies || got[1].P != 0 {
		t.Errorf("the one not tested is %v", got[1])
	}
}
