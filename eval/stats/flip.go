package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// exactFlips is up to how many clusters all their signs are tried: 2¹⁶.
const exactFlips = 16

// SignFlip tests whether the mean of A − B is 0: where A and B are the same, the
// differences of a cluster are as likely with all their signs turned round
// (Fisher 1935, "The Design of Experiments", §21; for clusters Winkler et al.
// 2015, NeuroImage 123:253). All 2^k signs of up to 16 clusters that differ are
// tried, and o.Resamples random ones of more, with p = (b + 1)/(m + 1) (Phipson
// and Smyth 2010). It serves binary values in clusters, too: Σ(OnlyA − OnlyB) is
// the numerator of the tests of Obuchowski 1998 and Durkalski et al. 2003. On whole
// numbers in few clusters it is conservative, as all exact tests are. The statistic
// is the mean difference.
func SignFlip(pairs []Pair, o Options) Test {
	of, clusters, why := checkPairs(pairs)
	exact, random := SignFlipExact, SignFlipRandom
	if clusters < len(pairs) {
		exact, random = ClusterFlipExact, ClusterFlipRandom
	}
	if why != "" {
		return untested(random, len(pairs), clusters, why)
	}
	sums := gathered(clusterDifferences(pairs, of, clusters))
	if len(sums) == 0 {
		return untested(random, len(pairs), clusters, AllTies)
	}
	total, size := 0.0, 0.0
	for _, s := range sums {
		total += s
		size += math.Abs(s)
	}
	t := Test{Statistic: total / float64(len(pairs)), N: len(pairs), Clusters: clusters}
	if reach := math.Abs(total) - 1e-12*size; len(sums) <= exactFlips {
		t.Method, t.P = exact, allFlips(sums, reach)
	} else {
		m := o.resamples()
		t.Method, t.P = random, float64(randomFlips(sums, reach, m, o.random())+1)/float64(m+1)
	}
	return t
}

// clusterDifferences are the sums of A − B of the clusters in which they are not
// 0, rounding aside.
func clusterDifferences(pairs []Pair, of []int, clusters int) []float64 {
	sums, sizes := make([]float64, clusters), make([]float64, clusters)
	for i, p := range pairs {
		sums[of[i]] += p.A - p.B
		sizes[of[i]] += math.Abs(p.A) + math.Abs(p.B)
	}
	var out []float64
	for i, s := range sums {
		if math.Abs(s) > 1e-12*sizes[i] {
			out = append(out, s)
		}
	}
	return out
}

// gathered adds up clusters where they are too many to be flipped one by one: what
// holds of all signs holds of those that some clusters share.
func gathered(sums []float64) []float64 {
	each := together(len(sums))
	if each <= 1 {
		return sums
	}
	var out []float64
	for unit := range slices.Chunk(sums, each) {
		total := 0.0
		for _, s := range unit {
			total += s
		}
		out = append(out, total)
	}
	return out
}

// allFlips is the share of all signs with a sum at least as far from 0. They are
// gone through in Gray's order, one sign at a time; that of the last cluster stays,
// as everything turned round is as far.
func allFlips(sums []float64, reach float64) float64 {
	free := len(sums) - 1
	signed := append([]float64(nil), sums...)
	far := 0
	for i := range 1 << free {
		if i > 0 {
			at := bits.TrailingZeros(uint(i))
			signed[at] = -signed[at]
		}
		total := 0.0 // anew: rounding must not pile up
		for _, s := range signed {
			total += s
		}
		if math.Abs(total) >= reach {
			far++
		}
	}
	return float64(far) / float64(int(1)<<free)
}

// randomFlips is how many of m random signs give a sum at least as far from 0.
func randomFlips(sums []float64, reach float64, m int, random *rand.Rand) int {
	raw := make([]uint64, len(sums))
	for i, s := range sums {
		raw[i] = math.Float64bits(s)
	}
	far := make([]bool, m)
	inBlocks(m, random, func() func(*rand.PCG, int, int) {
		return func(stream *rand.PCG, from, to int) {
			for r := from; r < to; r++ {
				far[r] = math.Abs(flipped(stream, raw)) >= reach
			}
		}
	})
	return trues(far)
}

func trues(all []bool) (n int) {
	for _, b := range all {
		n += int(indicator(b))
	}
	return n
}

// flipped adds up numbers with random signs, 64 of them to a draw.
func flipped(stream *rand.PCG, raw []uint64) float64 {
	total := 0.0
	for len(raw) > 0 {
		n := min(64, len(raw))
		u := stream.Uint64()
		for _, x := range raw[:n] {
			total += math.Float64frombits(x ^ u<<63)
			u >>= 1
		}
		raw = raw[n:]
	}
	return total
}
