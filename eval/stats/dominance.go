package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Cliff is δ = P(a > b) − P(a < b) of two groups that are not paired, with Cliff's
// consistent variance and the asymmetric interval that stays within ±1 (Cliff
// 1993, Psychological Bulletin 114:494; Feng and Cliff 2004, Journal of Modern
// Applied Statistical Methods 3:322, eq. 7) by Student's quantile with n − 2 degrees
// of freedom. The probability of superiority, A12
// of Vargha and Delaney 2000, is (δ + 1)/2.
func Cliff(a, b []Value, o Options) Estimate {
	x, y, why := numbers(a, b)
	n := len(x) + len(y)
	if why == NotFinite || why == NoItems {
		return none(CliffDelta, n, n, why)
	}
	rows, columns := dominance(x, y), dominance(y, x) // of each x over all y; the other way round
	delta := mean(rows)
	e := Estimate{Method: CliffDelta, Value: delta, N: n, Clusters: n, Open: why}
	if why != "" {
		return e.checked()
	}
	p, q := float64(len(x)), float64(len(y))
	byRow, byColumn, cells := spread(rows, delta), spread(columns, -delta), cellSpread(x, y, delta)
	v := (q*q*byRow + p*p*byColumn - cells) / (p * q * (p - 1) * (q - 1))
	v = max(v, (1-delta*delta)/(p*q-1))
	z := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 2)}.Quantile((1 + o.level()) / 2)
	if v <= 0 || math.Abs(delta) >= 1 { // nobody of one group among the other
		e.Open = NoVariance
		return e.checked()
	}
	d2 := delta * delta
	half := z * math.Sqrt(v) * math.Sqrt((1-d2)*(1-d2)+z*z*v)
	under := 1 - d2 + z*z*v
	e.Low, e.High, e.Level = (delta-delta*d2-half)/under, (delta-delta*d2+half)/under, o.level()
	return e.checked()
}

// dominance is, for each x, the share of y below it less the share above.
func dominance(x, y []float64) []float64 {
	sorted := slices.Sorted(slices.Values(y))
	out := make([]float64, len(x))
	for i, v := range x {
		less, more := around(sorted, v)
		out[i] = float64(less-more) / float64(len(y))
	}
	return out
}

// around is how many sorted values are below and above v.
func around(sorted []float64, v float64) (less, more int) {
	less, _ = slices.BinarySearch(sorted, v)
	upTo, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
	return less, len(sorted) - upTo
}

// cellSpread is Σ(dᵢⱼ − δ)² over all pairs, dᵢⱼ being −1, 0 or 1.
func cellSpread(x, y []float64, delta float64) float64 {
	sorted := slices.Sorted(slices.Values(y))
	sum := 0.0
	for _, v := range x {
		less, more := around(sorted, v)
		ties := len(sorted) - less - more
		sum += float64(less)*(1-delta)*(1-delta) + float64(more)*(1+delta)*(1+delta) + float64(ties)*delta*delta
	}
	return sum
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// spread is Σ(x − middle)².
func spread(xs []float64, middle float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += (x - middle) * (x - middle)
	}
	return sum
}
