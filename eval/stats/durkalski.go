package stats

import "gonum.org/v1/gonum/stat/distuv"

// DurkalskiTest is McNemar's test for clusters: χ² with one degree of freedom,
// (Σdₖ)²/Σdₖ² of dₖ = (OnlyA − OnlyB)/nₖ of each cluster (Durkalski, Palesch,
// Lipsitz and Rust 2003, Statistics in Medicine 22:2417). It weighs clusters
// alike, and needs some 25 of them; the report's test is SignFlip, which is valid
// with any number.
func DurkalskiTest(pairs []Pair) Test {
	of, clusters, why := checkPairs(pairs)
	if _, binary := Cross(pairs); why == "" && binary != "" {
		why = binary
	}
	if why != "" {
		return untested(Durkalski, len(pairs), clusters, why)
	}
	d, n := make([]float64, clusters), make([]float64, clusters)
	for i, p := range pairs {
		d[of[i]] += p.A - p.B
		n[of[i]]++
	}
	var sum, squares float64
	for k := range d {
		sum += d[k] / n[k]
		squares += d[k] / n[k] * d[k] / n[k]
	}
	if squares == 0 {
		return untested(Durkalski, len(pairs), clusters, AllTies)
	}
	x := sum * sum / squares
	return Test{Method: Durkalski, Statistic: x, P: distuv.ChiSquared{K: 1}.Survival(x), N: len(pairs), Clusters: clusters}
}
