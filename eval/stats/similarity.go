package stats

// Similarity is the intraclass correlation of A − B within clusters, by analysis
// of variance (Donner 1986, International Statistical Review 54:67), for
// Plan.ICC, and the mean number of items to a cluster.
func Similarity(pairs []Pair) (icc, size float64, why Why) {
	of, k, why := checkPairs(pairs)
	n := float64(len(pairs))
	switch {
	case why != "":
		return 0, 0, why
	case k == len(pairs):
		return 0, 1, ""
	}
	sums, sizes := make([]float64, k), make([]float64, k)
	middle := 0.0
	for i, p := range pairs {
		sums[of[i]] += p.A - p.B
		sizes[of[i]]++
		middle += (p.A - p.B) / n
	}
	var between, within, squares float64
	for i, p := range pairs {
		d := p.A - p.B - sums[of[i]]/sizes[of[i]]
		within += d * d / (n - float64(k))
	}
	for c := range k {
		d := sums[c]/sizes[c] - middle
		between += sizes[c] * d * d / float64(k-1)
		squares += sizes[c] * sizes[c]
	}
	typical := (n - squares/n) / float64(k-1)
	if between+within == 0 {
		return 0, n / float64(k), NoVariance
	}
	return max(0, (between-within)/(between+(typical-1)*within)), n / float64(k), ""
}
