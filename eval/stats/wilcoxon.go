package stats

import (
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

// signedRanks are the midranks of |A − B|, with the sign of the difference;
// zeros are ranked and left out. Differences that are equal but for rounding are
// ties: they are compared on a grid of 2⁻⁴⁰ of the largest.
func signedRanks(pairs []Pair) []float64 {
	ds := make([]float64, len(pairs))
	largest := 0.0
	for i, p := range pairs {
		ds[i] = p.A - p.B
		largest = max(largest, math.Abs(ds[i]))
	}
	if largest == 0 {
		return nil
	}
	for i, d := range ds {
		ds[i] = math.Round(d / largest * (1 << 40))
	}
	slices.SortFunc(ds, func(x, y float64) int { return int(math.Abs(x) - math.Abs(y)) })
	var out []float64
	for from := 0; from < len(ds); {
		to := from + 1
		for to < len(ds) && math.Abs(ds[to]) == math.Abs(ds[from]) {
			to++
		}
		for _, d := range ds[from:to] {
			if d != 0 {
				out = append(out, math.Copysign(float64(from+1+to)/2, d))
			}
		}
		from = to
	}
	return out
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
