package stats

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/combin"
)

// exactGroupings is up to how many ways to divide the values all are tried.
const exactGroupings = 1 << 16

// Permutation tests whether two groups that are not paired have the same mean, by
// dividing the values into groups anew. What is compared is Welch's t, which keeps
// the error rate also where variances differ (Janssen 1997, Statistics and
// Probability Letters 36:9). All divisions are tried where they are up to 2¹⁶, and
// o.Resamples random ones otherwise, with p = (b + 1)/(m + 1).
func Permutation(a, b []Value, o Options) Test {
	x, y, why := numbers(a, b)
	n := len(x) + len(y)
	if why != "" {
		return untested(PermutationRandom, n, n, why)
	}
	all := append(append([]float64(nil), x...), y...)
	if stat.Variance(all, nil) == 0 {
		return untested(PermutationRandom, n, n, NoVariance)
	}
	seen := studentised(x, y)
	t := Test{Method: PermutationRandom, N: n, Clusters: n}
	if finite(seen) { // it is not where both groups are constant
		t.Statistic = seen
	}
	reach := math.Abs(seen) * (1 - 1e-9)
	if combin.LogGeneralizedBinomial(float64(n), float64(len(x))) <= math.Log(exactGroupings) {
		t.Method, t.P = PermutationExact, allGroupings(all, len(x), reach)
		return t
	}
	m := o.resamples()
	far := randomGroupings(all, len(x), reach, m, o.random())
	t.P = float64(far+1) / float64(m+1)
	return t
}

// studentised is Welch's t: infinite where no group varies but the means differ.
func studentised(x, y []float64) float64 {
	d := stat.Mean(x, nil) - stat.Mean(y, nil)
	se, _ := welch(x, y)
	if se <= 1e-12*math.Abs(d) || d == 0 {
		if d == 0 {
			return 0
		}
		return math.Inf(1)
	}
	return d / se
}

func allGroupings(all []float64, first int, reach float64) float64 {
	ways := combin.NewCombinationGenerator(len(all), first)
	chosen, x, y := make([]int, first), make([]float64, 0, len(all)), make([]float64, 0, len(all))
	far, count := 0, 0
	for ways.Next() {
		x, y = x[:0], y[:0]
		for i, at := 0, ways.Combination(chosen); i < len(all); i++ {
			if len(at) > 0 && at[0] == i {
				x, at = append(x, all[i]), at[1:]
			} else {
				y = append(y, all[i])
			}
		}
		if count++; math.Abs(studentised(x, y)) >= reach {
			far++
		}
	}
	return float64(far) / float64(count)
}

func randomGroupings(all []float64, first int, reach float64, m int, random *rand.Rand) int {
	far := make([]bool, m)
	inBlocks(m, random, func() func(*rand.PCG, int, int) {
		mixed := make([]float64, len(all))
		return func(stream *rand.PCG, from, to int) {
			draw := rand.New(stream)
			copy(mixed, all) // each block begins from the same order
			for r := from; r < to; r++ {
				for i := range first { // the first group is a random choice
					j := i + draw.IntN(len(mixed)-i)
					mixed[i], mixed[j] = mixed[j], mixed[i]
				}
				far[r] = math.Abs(studentised(mixed[:first], mixed[first:])) >= reach
			}
		}
	})
	return trues(far)
}
