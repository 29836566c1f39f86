package stats

import "math"

// CohenDz is the mean of A − B in standard deviations of the differences (Cohen
// 1988, §2.3.5), with its BCa interval.
func CohenDz(pairs []Pair, o Options) Estimate {
	row := func(a, b float64) []float64 { return []float64{1, a - b, (a - b) * (a - b)} }
	return pairedEffect(pairs, row, o, func(t []float64) (float64, bool) {
		v := variance(t[0], t[1], t[2])
		return t[1] / t[0] / math.Sqrt(v), v > 0
	})
}

// HedgesG is the mean of A − B in the average standard deviation of A and of B, as
// is comparable between studies, times Hedges' correction for small samples with
// n − 1 degrees of freedom (Cumming 2012, "Understanding The New Statistics", eq.
// 11.10 and 11.13; Hedges 1981), with its BCa interval.
func HedgesG(pairs []Pair, o Options) Estimate {
	row := func(a, b float64) []float64 { return []float64{1, a, b, a * a, b * b} }
	return pairedEffect(pairs, row, o, func(t []float64) (float64, bool) {
		n := t[0]
		v := (variance(n, t[1], t[3]) + variance(n, t[2], t[4])) / 2
		return hedges(n-1) * (t[1] - t[2]) / n / math.Sqrt(v), v > 0 && n > 1
	})
}

// variance is that of n numbers with a sum and a sum of squares; 0 where rounding
// is all there is of it.
func variance(n, sum, squares float64) float64 {
	v := squares - sum*sum/n
	if n < 2 || v <= 1e-12*squares {
		return 0
	}
	return v / (n - 1)
}

// hedges is Γ(m/2)/(√(m/2) Γ((m − 1)/2)) of m degrees of freedom; 0 of one, where
// it is not defined.
func hedges(m float64) float64 {
	if m <= 1 {
		return 0
	}
	over, _ := math.Lgamma(m / 2)
	under, _ := math.Lgamma((m - 1) / 2)
	return math.Exp(over-under) / math.Sqrt(m/2)
}

// pairedEffect is a statistic of sums of rows. Values are measured from their mean
// first: squares of large numbers would drown the differences.
func pairedEffect(pairs []Pair, row func(a, b float64) []float64, o Options, of Of) Estimate {
	index, clusters, why := checkPairs(pairs)
	if why != "" {
		return none(o.bca(clusters), len(pairs), clusters, why)
	}
	middle := 0.0
	for _, p := range pairs {
		middle += (p.A/2 + p.B/2) / float64(len(pairs))
	}
	sums := NewSums(clusters, len(row(0, 0)))
	for i, p := range pairs {
		sums.Add(index[i], row(p.A-middle, p.B-middle)...)
	}
	e := sums.BCa(o, of)
	if e.Why == Undefined {
		e.Why, e.Open = NoVariance, NoVariance
	}
	return e
}
