package stats_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// few are options for thousands of comparisons.
func few(draw *rand.Rand) stats.Options { return stats.Options{Resamples: 999, Rand: draw} }

// clustered are pairs in so many clusters of 1 to 7 items; values of one share
// something of their differences, and shift is the mean difference.
func clustered(clusters int, shift float64, draw *rand.Rand) (pairs []stats.Pair) {
	for c := range clusters {
		shared := draw.NormFloat64()
		for range 1 + draw.IntN(7) {
			base := draw.NormFloat64()
			pairs = append(pairs, stats.Pair{ID: fmt.Sprint(len(pairs)), Cluster: fmt.Sprint("c", c), A: base + shared + draw.NormFloat64() + shift, B: base + draw.NormFloat64()})
		}
	}
	return pairs
}

// binary cuts pairs at 0.
func binary(pairs []stats.Pair) []stats.Pair {
	for i, p := range pairs {
		pairs[i].A, pairs[i].B = one(p.A > 0), one(p.B > 0)
	}
	return pairs
}

// turned makes A and B of a cluster change places by chance: nothing differs, but
// clusters are alike.
func turned(pairs []stats.Pair, draw *rand.Rand) []stats.Pair {
	turn := map[string]bool{}
	for i, p := range pairs {
		if _, ok := turn[p.Cluster]; !ok {
			turn[p.Cluster] = draw.IntN(2) == 0
		}
		if turn[p.Cluster] {
			pairs[i].A, pairs[i].B = p.B, p.A
		}
	}
	return pairs
}

func normals(n int, draw *rand.Rand) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = draw.NormFloat64()
	}
	return out
}

func fourfold(n int, share, differ float64, draw *rand.Rand) (f stats.Fourfold) {
	for range n {
		switch u := draw.Float64(); {
		case u < differ/2:
			f.OnlyA++
		case u < differ:
			f.OnlyB++
		case u < differ+share:
			f.Both++
		default:
			f.Neither++
		}
	}
	return f
}

// Where nothing differs, each test finds something in 5 % ± 1 % of comparisons.
func TestErrorRatesAreTheNominalOnes(t *testing.T) {
	t.Parallel()
	const comparisons = 2000 / fewer
	for name, test := range map[string]func(*rand.Rand) stats.Test{
		"mcnemar, 2,000 items": func(draw *rand.Rand) stats.Test { return fourfold(2000, 0.3, 0.5, draw).McNemar() },
		"mcnemar mid-p, 200":   func(draw *rand.Rand) stats.Test { return fourfold(200, 0.3, 0.3, draw).McNemarMid() },
		"wilcoxon, exact, 25":  func(draw *rand.Rand) stats.Test { return stats.Wilcoxon(against0(normals(25, draw)...)) },
		"wilcoxon, normal, marks from 1 to 5, 120": func(draw *rand.Rand) stats.Test {
			ds := make([]float64, 120)
			for i := range ds {
				ds[i] = float64(draw.IntN(5) - draw.IntN(5))
			}
			return stats.Wilcoxon(against0(ds...))
		},
		"sign flip, exact, 12":   func(draw *rand.Rand) stats.Test { return stats.SignFlip(against0(normals(12, draw)...), few(draw)) },
		"sign flip, 40":          func(draw *rand.Rand) stats.Test { return stats.SignFlip(against0(normals(40, draw)...), few(draw)) },
		"sign flip, 30 clusters": func(draw *rand.Rand) stats.Test { return stats.SignFlip(clustered(30, 0, draw), few(draw)) },
		"sign flip, 150 clusters, binary": func(draw *rand.Rand) stats.Test {
			return stats.SignFlip(turned(binary(clustered(150, 0.3, draw)), draw), few(draw))
		},
		"durkalski, 80 clusters": func(draw *rand.Rand) stats.Test {
			return stats.DurkalskiTest(turned(binary(clustered(80, 0.3, draw)), draw))
		},
		"student, 6 seeds": func(draw *rand.Rand) stats.Test {
			_, p := stats.Student(against0(normals(6, draw)...), stats.Options{})
			return p
		},
		"welch, 6 and 15 of other variance": func(draw *rand.Rand) stats.Test {
			_, p := stats.WelchTest(valuesOf(normals(15, draw)...), scaled(3, normals(6, draw)), stats.Options{})
			return p
		},
		"permutation, exact, 5 and 6": func(draw *rand.Rand) stats.Test {
			return stats.Permutation(valuesOf(normals(5, draw)...), valuesOf(normals(6, draw)...), few(draw))
		},
		"permutation, 20 and 12 of other variance": func(draw *rand.Rand) stats.Test {
			return stats.Permutation(valuesOf(normals(20, draw)...), scaled(3, normals(12, draw)), stats.Options{Resamples: 199, Rand: draw})
		},
		"swap, macro-F1, 40 items": func(draw *rand.Rand) stats.Test {
			var a, b []stats.Labelled
			for i := range 40 {
				l := stats.Labelled{ID: fmt.Sprint(i), Truth: fmt.Sprint(draw.IntN(3)), Said: fmt.Sprint(draw.IntN(3))}
				a = append(a, l)
				l.Said = fmt.Sprint(draw.IntN(3))
				b = append(b, l)
			}
			_, p := stats.MacroF1Difference(a, b, stats.Options{Resamples: 199, Rand: draw})
			return p
		},
		"holm, five comparisons": func(draw *rand.Rand) stats.Test {
			family := make([]stats.Test, 5)
			for i := range family {
				family[i] = stats.Wilcoxon(against0(normals(25, draw)...))
			}
			least := stats.Test{P: 1}
			for _, a := range stats.Holm(family) {
				least.P = min(least.P, a.P)
			}
			return least
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draw, found := stats.Stream(1, name), 0
			for range comparisons {
				p := test(draw)
				if p.Why != "" {
					t.Fatal(p.Why)
				}
				found += int(one(p.P <= 0.05))
			}
			rate := float64(found) / comparisons
			t.Logf("%-42s %.2f %%", name, 100*rate)
			near(t, "the error rate", rate, 0.05, 0.01+slack)
		})
	}
}

func scaled(by float64, xs []float64) []stats.Value {
	for i := range xs {
		xs[i] *= by
	}
	return valuesOf(xs...)
}

// What the rule of Compare is for: McNemar's test of clusters finds too much.
func TestMcNemarsTestOfClustersIsWrong(t *testing.T) {
	t.Parallel()
	draw, found := stats.Stream(1, "wrong"), 0
	for range 1000 / fewer {
		table, _ := stats.Cross(turned(binary(clustered(40, 0.3, draw)), draw))
		found += int(one(table.McNemar().P <= 0.05))
	}
	if rate := float64(found) / 1000 * fewer; rate < 0.08-slack {
		t.Errorf("the error rate is %.3f only", rate)
	}
}
