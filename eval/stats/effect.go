package stats

import "math"

// CohenDz is the mean of A − B in standard deviations of the differences (Cohen
// 1988, §2.3.5), with its BCa interval.
func CohenDz(pairs []Pair, o Options) Estimate {
	of, clusters, why := checkPairs(pairs)
	if why != "" {
		return none(o.bca(clusters), len(pairs), clusters, why)
	}
	sums := NewSums(clusters, sumDD+1) // all that it takes
	for i, p := range pairs {
		d := p.A - p.B
		sums.Add(of[i], 1, d, d*d)
	}
	e := sums.BCa(o, ofDz)
	if e.Why == Undefined {
		return none(e.Method, e.N, e.Clusters, NoVariance)
	}
	return e
}

// HedgesG is the mean of A − B in the average standard deviation of A and of B, as
// is comparable between studies, times Hedges' correction for small samples with
// n − 1 degrees of freedom (Cumming 2012, "Understanding The New Statistics", eq.
// 11.10 and 11.13; Hedges 1981), with its BCa interval.
func HedgesG(pairs []Pair, o Options) Estimate { return pairedEffect(pairs, o, ofG) }

// Superiority is the share of items in which A is more than B, half of the ties
// counted (Grissom and Kim 2012, "Effect Sizes for Research", §5: PS of dependent
// groups), with its BCa interval.
func Superiority(pairs []Pair, o Options) Estimate { return pairedEffect(pairs, o, ofSuperiority) }

func pairedEffect(pairs []Pair, o Options, of Of) Estimate {
	return pairedEffects(pairs, o, of)[0]
}

// pairedEffects are statistics of pairs with the same resamples.
func pairedEffects(pairs []Pair, o Options, all ...Of) []Estimate {
	of, clusters, why := checkPairs(pairs)
	if why == NotFinite || why == NoItems {
		out := make([]Estimate, len(all))
		for i := range out {
			out[i] = none(o.bca(clusters), len(pairs), clusters, why)
		}
		return out
	}
	out := pairSums(pairs, of, clusters).BCaAll(o, all...)
	for i := range out {
		if out[i].Why == Undefined { // divided by a standard deviation of 0
			if out[i].Why = NoVariance; why != "" {
				out[i].Why = why
			}
			out[i] = out[i].checked()
		}
	}
	return out
}

// Columns of pairSums.
const (
	sumN = iota
	sumD // A − B
	sumDD
	sumA
	sumB
	sumAA
	sumBB
	sumWins
	pairColumns
)

// pairSums measures values from their mean: squares of large numbers would drown
// the differences.
func pairSums(pairs []Pair, of []int, clusters int) *Sums {
	middle := 0.0
	for _, p := range pairs {
		middle += (p.A/2 + p.B/2) / float64(len(pairs))
	}
	sums := NewSums(clusters, pairColumns)
	for i, p := range pairs {
		a, b, d := p.A-middle, p.B-middle, p.A-p.B
		sums.Add(of[i], 1, d, d*d, a, b, a*a, b*b, wins(p.A, p.B))
	}
	return sums
}

func ofDifference(t []float64) (float64, bool) { return t[sumD] / t[sumN], true }

func ofSuperiority(t []float64) (float64, bool) { return t[sumWins] / t[sumN], true }

func ofDz(t []float64) (float64, bool) {
	v := variance(t[sumN], t[sumD], t[sumDD])
	return t[sumD] / t[sumN] / math.Sqrt(v), v > 0
}

func ofG(t []float64) (float64, bool) {
	n := t[sumN]
	v := (variance(n, t[sumA], t[sumAA]) + variance(n, t[sumB], t[sumBB])) / 2
	return hedges(n-1) * t[sumD] / n / math.Sqrt(v), v > 0 && n > 2
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

// hedges is Γ(m/2)/(√(m/2) Γ((m − 1)/2)) of m > 1 degrees of freedom.
func hedges(m float64) float64 {
	over, _ := math.Lgamma(m / 2)
	under, _ := math.Lgamma((m - 1) / 2)
	return math.Exp(over-under) / math.Sqrt(m/2)
}

// wins is 1 where a is more than b, ½ where they are equal but for rounding.
func wins(a, b float64) float64 {
	switch {
	case math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b)):
		return 0.5
	case a > b:
		return 1
	}
	return 0
}
