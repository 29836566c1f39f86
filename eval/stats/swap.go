package stats

import (
	"math"
	"math/rand/v2"
)

// exactSwaps is up to how many clusters all ways to swap are tried: 2¹⁰.
const exactSwaps = 10

// Swap tests whether a statistic of all replies of a subject, such as a macro-F1,
// is the same of two: where they are, it does not matter whose replies to a cluster
// are called A's (approximate randomisation: Noreen 1989; Yeh 2000, COLING, for
// F-scores). difference gives that of A from B when the clusters told are swapped;
// it is called from several goroutines, keeps nothing of swapped, and is not ok
// where it is undefined. All ways are tried for up to 10 clusters, and o.Resamples
// random ones of more, with p = (b + 1)/(m + 1). n is the items. The statistic is
// the difference.
func Swap(n, clusters int, o Options, difference func(swapped []bool) (float64, bool)) Test {
	switch {
	case clusters == 0:
		return untested(SwapRandom, n, clusters, NoItems)
	case n == 1:
		return untested(SwapRandom, n, clusters, OneItem)
	case clusters == 1:
		return untested(SwapRandom, n, clusters, OneCluster)
	}
	seen, ok := difference(make([]bool, clusters))
	if !ok || !finite(seen) {
		return untested(SwapRandom, n, clusters, Undefined)
	}
	t := Test{Method: SwapRandom, Statistic: seen, N: n, Clusters: clusters}
	// Where it is undefined, it counts as far: that errs on the safe side.
	far := func(swapped []bool) bool {
		d, ok := difference(swapped)
		return !ok || !(math.Abs(d) < math.Abs(seen)-1e-12)
	}
	if clusters <= exactSwaps {
		t.Method, t.P = SwapExact, allSwaps(clusters, far)
		return t
	}
	m := o.resamples()
	found := make([]bool, m)
	inBlocks(m, o.random(), func() func(*rand.PCG, int, int) {
		swapped := make([]bool, clusters)
		return func(stream *rand.PCG, from, to int) {
			for r := from; r < to; r++ {
				toss(stream, swapped)
				found[r] = far(swapped)
			}
		}
	})
	t.P = float64(trues(found)+1) / float64(m+1)
	return t
}

func allSwaps(clusters int, far func([]bool) bool) float64 {
	swapped, found := make([]bool, clusters), 0
	for way := range 1 << clusters {
		for c := range swapped {
			swapped[c] = way>>c&1 == 1
		}
		found += int(indicator(far(swapped)))
	}
	return float64(found) / float64(int(1)<<clusters)
}

// toss fills coins, 64 to a draw.
func toss(stream *rand.PCG, coins []bool) {
	u := uint64(0)
	for i := range coins {
		if i%64 == 0 {
			u = stream.Uint64()
		}
		coins[i] = u&1 == 1
		u >>= 1
	}
}
