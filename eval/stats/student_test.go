package stats_test

import (
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

func TestStudentAndWelchAreThoseOfStudentsSleep(t *testing.T) {
	t.Parallel()
	a, b := sleep()
	e, p := stats.Student(pairsOf(a, b), stats.Options{})
	// R: t.test(extra ~ group, sleep, paired = TRUE): t = −4.0621, p = 0.002833.
	near(t, "paired t", p.Statistic, -4.062127683382037, 1e-9)
	near(t, "paired p", p.P, 0.002832890197384273, 1e-10)
	interval(t, e, -2.459885763276983, -0.7001142367230175, 1e-9)
	// R: t.test(extra ~ group, sleep): t = −1.8608, p = 0.07939.
	e, p = stats.WelchTest(valuesOf(a...), valuesOf(b...), stats.Options{})
	near(t, "Welch's t", p.Statistic, -1.8608134674868526, 1e-9)
	near(t, "Welch's p", p.P, 0.0793941401873583, 1e-9)
	interval(t, e, -3.3654832307117104, 0.20548323071171137, 1e-8)
}

// All 462 divisions were counted in Python; the random ones are those of scipy
// 1.17's permutation_test of Welch's t.
func TestPermutationIsThatOfAllDivisions(t *testing.T) {
	t.Parallel()
	exact := stats.Permutation(valuesOf(12, 15, 9, 20, 17), valuesOf(8, 7, 11, 10, 3, 6), stats.Options{})
	if exact.Method != stats.PermutationExact {
		t.Errorf("by %s", exact.Method)
	}
	near(t, "all divisions", exact.P, 7.0/462, 1e-12)
	a, b := sleep()
	random := stats.Permutation(valuesOf(a...), valuesOf(b...), seeded("divisions"))
	if random.Method != stats.PermutationRandom {
		t.Errorf("by %s", random.Method)
	}
	near(t, "random divisions", random.P, 0.08208, 0.009)
}

func TestEffectSizesAreTheirFormulas(t *testing.T) {
	t.Parallel()
	a, b := sleep()
	near(t, "d_z", stats.CohenDz(pairsOf(a, b), seeded("dz")).Value, -1.2845575625910546, 1e-12)
	near(t, "g_av", stats.HedgesG(pairsOf(a, b), seeded("g")).Value, -0.7605093956701199, 1e-12)
	near(t, "superiority", stats.Superiority(pairsOf(a, b), seeded("ps")).Value, 0.05, 1e-12)
	high := func(xs []float64) []float64 { // far from 0: squares must not drown the differences
		xs = slices.Clone(xs)
		for i := range xs {
			xs[i] += 1e7
		}
		return xs
	}
	near(t, "d_z far from 0", stats.CohenDz(pairsOf(high(a), high(b)), seeded("dz")).Value, -1.2845575625910546, 1e-6)
}

func TestCliffsDeltaIsThatOfEffsize(t *testing.T) {
	t.Parallel()
	// R's effsize, ?cliff.delta: −0.25, −0.7265846 to 0.3890062.
	e := stats.Cliff(valuesOf(10, 10, 20, 20, 20, 30, 30, 30, 40, 50), valuesOf(10, 20, 30, 40, 40, 50), stats.Options{})
	near(t, "δ", e.Value, -0.25, 1e-12)
	interval(t, e, -0.7265846, 0.3890062, 1e-6)
}

func TestRunsArePairedWhereSeedsMatch(t *testing.T) {
	t.Parallel()
	a, b := sleep()
	same := stats.CompareRuns(valuesOf(a...), valuesOf(b...), seeded("runs"))
	if !same.Paired || same.Difference.Method != stats.StudentPaired || same.Test.Method != stats.StudentPaired {
		t.Errorf("the same seeds are compared by %s", same.Difference.Method)
	}
	other := valuesOf(b...)
	other[3].ID = "another seed"
	different := stats.CompareRuns(valuesOf(a...), other, seeded("runs"))
	if different.Paired || different.Test.Method != stats.Welch {
		t.Errorf("other seeds are compared by %s", different.Test.Method)
	}
	near(t, "the difference", different.Difference.Value, same.Difference.Value, 1e-12)
}
