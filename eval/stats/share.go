package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Share is the share of 1 among binary values with Wilson's interval. Where items
// come in clusters, their number is first brought down to the effective one,
// p(1 − p)/v with the variance v of a ratio over clusters, and the quantile is
// Student's with k − 1 degrees of freedom (Korn and Graubard 1998, Survey
// Methodology 24:193; Franco, Little, Louis and Slud 2019, JSSAM 7:334). Where all
// are 0 or all are 1, clusters tell nothing of how alike their items are, and one
// counts as one observation.
func Share(values []Value, o Options) Estimate {
	of, clusters := index(values, valueCluster)
	n := len(values)
	e := Estimate{Method: Wilson, N: n, Clusters: clusters}
	if clusters < n {
		e.Method = WilsonCluster
	}
	ones, sizes := make([]float64, clusters), make([]float64, clusters)
	total := 0.0
	for i, v := range values {
		if v.Value != 0 && v.Value != 1 {
			return none(e.Method, n, clusters, NotBinary)
		}
		ones[of[i]] += v.Value
		sizes[of[i]]++
		total += v.Value
	}
	if n == 0 {
		return none(e.Method, 0, 0, NoItems)
	}
	e.Value = total / float64(n)
	if clusters == 1 {
		if e.Open = OneCluster; n == 1 {
			e.Open = OneItem
		}
		return e.checked()
	}
	z, effective := distuv.UnitNormal.Quantile((1+o.level())/2), float64(clusters)
	if clusters < n && e.Value > 0 && e.Value < 1 {
		effective = effectiveItems(e.Value, ones, sizes, float64(n))
		z = distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(clusters - 1)}.Quantile((1 + o.level()) / 2)
	}
	e.Low, e.High = wilson(e.Value, effective, z)
	e.Level = o.level()
	return e.checked()
}

// effectiveItems is how many independent items a share p is worth: at most n.
func effectiveItems(p float64, ones, sizes []float64, n float64) float64 {
	k := float64(len(ones))
	residuals := 0.0
	for i := range ones {
		r := ones[i] - p*sizes[i]
		residuals += r * r
	}
	v := k / (k - 1) * residuals / (n * n)
	if v*n <= p*(1-p) { // also where clusters are as alike as can be
		return n
	}
	return p * (1 - p) / v
}

// wilson is the score interval of a share p of n observations (Wilson 1927, JASA
// 22:209).
func wilson(p, n, z float64) (low, high float64) {
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}
