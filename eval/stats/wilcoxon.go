package stats

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// exactRanks is up to how many differences the signed-rank test is exact.
const exactRanks = 50

// Wilcoxon is the signed-rank test of A − B (Wilcoxon 1945, Biometrics Bulletin
// 1:80) with Pratt's treatment of zeros: they are ranked, and then left out (Pratt
// 1959, JASA 54:655). Up to 50 differences the p-value is exact, also with ties:
// the distribution is that of the midranks at hand under random signs (Streitberg
// and Röhmel 1986). Beyond, it is normal with variance Σr²/4, which is the
// correction for ties and zeros (Hollander, Wolfe and Chicken 2014, §3.1); no
// correction for continuity. Items have to be independent. The statistic is the
// sum of the positive ranks.
func Wilcoxon(pairs []Pair) Test {
	_, clusters, why := checkPairs(pairs)
	n := len(pairs)
	if why != "" {
		return untested(WilcoxonExact, n, clusters, why)
	}
	ranks := signedRanks(pairs)
	if len(ranks) == 0 {
		return untested(WilcoxonExact, n, clusters, AllTies)
	}
	var plus, total, squares float64
	for _, r := range ranks {
		plus += max(r, 0)
		total += math.Abs(r)
		squares += r * r
	}
	t := Test{Statistic: plus, N: n, Clusters: clusters}
	if len(ranks) <= exactRanks {
		t.Method, t.P = WilcoxonExact, signedRankTail(ranks, min(plus, total-plus))
	} else {
		z := math.Abs(plus-total/2) / math.Sqrt(squares/4)
		t.Method, t.P = WilcoxonNormal, 2*distuv.UnitNormal.Survival(z)
	}
	t.P = min(1, t.P)
	return t
}

// difference is A − B, and what of it may be rounding.
type difference struct{ d, slack float64 }

// signedRanks are the midranks of |A − B|, with the sign of the difference;
// zeros are ranked and left out. Differences that are equal but for rounding are
// ties.
func signedRanks(pairs []Pair) []float64 {
	ds := make([]difference, len(pairs))
	for i, p := range pairs {
		ds[i] = difference{p.A - p.B, 1e-12 * max(math.Abs(p.A), math.Abs(p.B))}
		if math.Abs(ds[i].d) <= ds[i].slack {
			ds[i].d = 0
		}
	}
	slices.SortFunc(ds, func(x, y difference) int { return cmp.Compare(math.Abs(x.d), math.Abs(y.d)) })
	var out []float64
	for from := 0; from < len(ds); {
		to := from + 1
		for to < len(ds) && ds[to].tiedWith(ds[from]) {
			to++
		}
		for _, x := range ds[from:to] {
			if x.d != 0 {
				out = append(out, math.Copysign(float64(from+1+to)/2, x.d))
			}
		}
		from = to
	}
	return out
}

// tiedWith says whether two differences are as large; none is as large as no
// difference.
func (x difference) tiedWith(y difference) bool {
	return (x.d == 0) == (y.d == 0) && math.Abs(math.Abs(x.d)-math.Abs(y.d)) <= max(x.slack, y.slack)
}

// signedRankTail is twice the probability that the sum of the positive ranks is
// at most w, when signs are random: a convolution over twice the ranks, which are
// whole numbers. The distribution is symmetric.
func signedRankTail(ranks []float64, w float64) float64 {
	largest := 0
	for _, r := range ranks {
		largest += int(2 * math.Abs(r))
	}
	chance := make([]float64, largest+1)
	chance[0] = 1
	for _, r := range ranks {
		step := int(2 * math.Abs(r))
		for s := largest; s >= 0; s-- {
			chance[s] /= 2
			if s >= step {
				chance[s] += chance[s-step] / 2
			}
		}
	}
	sum := 0.0
	for s := range int(2*w) + 1 {
		sum += chance[s]
	}
	return 2 * sum
}
