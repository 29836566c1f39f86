package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// Intervals of 95 % hold the truth in 95 % ± 1.5 % of cases.
func TestIntervalsHoldTheTruthAsOftenAsTheySay(t *testing.T) {
	t.Parallel()
	const cases = 2000 / fewer
	for name, c := range map[string]struct {
		truth float64
		make  func(*rand.Rand) stats.Estimate
	}{
		"bca, 50 items": {0, func(draw *rand.Rand) stats.Estimate {
			return stats.MeanDifference(against0(normals(50, draw)...), few(draw))
		}},
		"bca, 100 items, skewed": {1, func(draw *rand.Rand) stats.Estimate {
			xs := make([]float64, 100)
			for i := range xs {
				xs[i] = draw.ExpFloat64()
			}
			return stats.MeanDifference(against0(xs...), few(draw))
		}},
		"bca, 60 clusters":      {0.5, func(draw *rand.Rand) stats.Estimate { return stats.MeanDifference(clustered(60, 0.5, draw), few(draw)) }},
		"jackknife, 2 clusters": {0.5, func(draw *rand.Rand) stats.Estimate { return stats.MeanDifference(clustered(2, 0.5, draw), few(draw)) }},
		"jackknife, 4 clusters": {0.5, func(draw *rand.Rand) stats.Estimate { return stats.MeanDifference(clustered(4, 0.5, draw), few(draw)) }},
		"jackknife, 5 items": {0, func(draw *rand.Rand) stats.Estimate {
			return stats.MeanDifference(against0(normals(5, draw)...), few(draw))
		}},
		"bca of d_z, 100 items": {0.5, func(draw *rand.Rand) stats.Estimate {
			xs := normals(100, draw)
			for i := range xs {
				xs[i] += 0.5
			}
			return stats.CohenDz(against0(xs...), few(draw))
		}},
		"newcombe, 100 items": {0, func(draw *rand.Rand) stats.Estimate {
			return fourfold(100, 0.4, 0.3, draw).RiskDifference(stats.Options{})
		}},
		"wilson, 100 items": {0.3, func(draw *rand.Rand) stats.Estimate {
			return stats.Share(shares(100, 1, 0.3, 0, draw), stats.Options{})
		}},
		"wilson-cluster, 40 clusters of 5": {0.3, func(draw *rand.Rand) stats.Estimate {
			return stats.Share(shares(40, 5, 0.3, 0.3, draw), stats.Options{})
		}},
		"wilson-cluster, 15 clusters of 8": {0.8, func(draw *rand.Rand) stats.Estimate {
			return stats.Share(shares(15, 8, 0.8, 0.2, draw), stats.Options{})
		}},
		"welch, 5 and 8": {0, func(draw *rand.Rand) stats.Estimate {
			e, _ := stats.WelchTest(valuesOf(normals(8, draw)...), scaled(2, normals(5, draw)), stats.Options{})
			return e
		}},
		"cliff-delta, 30 and 30": {2*0.6381631950841185 - 1, func(draw *rand.Rand) stats.Estimate {
			xs := normals(30, draw)
			for i := range xs {
				xs[i] += 0.5
			}
			return stats.Cliff(valuesOf(xs...), valuesOf(normals(30, draw)...), stats.Options{})
		}},
		"ppi++, 60 and 600": {0, func(draw *rand.Rand) stats.Estimate {
			var both []stats.Both
			for i := range 60 {
				x := draw.NormFloat64()
				both = append(both, stats.Both{ID: fmt.Sprint(i), Human: x, Judge: x + draw.NormFloat64() + 2})
			}
			var alone []stats.Value
			for i := range 600 {
				alone = append(alone, stats.Value{ID: fmt.Sprint(i), Value: math.Sqrt2*draw.NormFloat64() + 2})
			}
			return stats.PPI(both, alone, stats.Options{}).Powered
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draw, held := stats.Stream(1, name), 0
			for range cases {
				e := c.make(draw)
				held += int(one(e.Open == "" && e.Low <= c.truth && c.truth <= e.High))
			}
			rate := float64(held) / cases
			t.Logf("%-42s %.2f %%", name, 100*rate)
			near(t, "coverage", rate, 0.95, 0.015+slack)
		})
	}
}

// shares are binary values with a share p of 1, of which each follows its cluster
// with the probability √icc.
func shares(clusters, size int, p, icc float64, draw *rand.Rand) (out []stats.Value) {
	for c := range clusters {
		shared := draw.Float64() < p
		for range size {
			v := draw.Float64() < p
			if draw.Float64() < math.Sqrt(icc) {
				v = shared
			}
			out = append(out, stats.Value{ID: fmt.Sprint(len(out)), Cluster: fmt.Sprint(c), Value: one(v)})
		}
	}
	return out
}

func TestIntervalsOfStrengthsHoldTheTruth(t *testing.T) {
	t.Parallel()
	const cases = 1000 / fewer
	draw, held := stats.Stream(1, "strengths"), map[string]int{}
	truth := map[string]float64{"s0": -1.0 / 3, "s1": 0, "s2": 1.0 / 3}
	for range cases {
		got := stats.Rank(played(3, 60, 0.3, 0, draw), false, stats.Options{Resamples: 250, Rand: draw})
		if got.Why != "" {
			t.Fatal(got.Why)
		}
		for _, s := range got.Strengths {
			held[s.Subject] += int(one(s.Low <= truth[s.Subject] && truth[s.Subject] <= s.High))
		}
		for _, g := range got.Gaps {
			if gap := truth[g.Stronger] - truth[g.Weaker]; math.Abs(gap) > 0.5 { // of s2 and s0
				held["gap"] += int(one(g.Low <= gap && gap <= g.High))
			}
		}
		held["first"] += int(one(got.First.Low <= 0.3 && 0.3 <= got.First.High))
		held["ties"] += int(one(got.Ties.Low <= -0.5 && -0.5 <= got.Ties.High))
	}
	for what, n := range held {
		t.Logf("bradley-terry, 60 items: %-10s %.2f %%", what, 100*float64(n)/cases)
		near(t, what, float64(n)/cases, 0.95, 0.015+slack)
	}
}
