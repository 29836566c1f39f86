package stats

// Mean is the mean of values over items with its BCa interval, clusters
// resampled.
func Mean(values []Value, o Options) Estimate {
	of, clusters := index(values, valueCluster)
	sums := NewSums(clusters, 2)
	for i, v := range values {
		if !finite(v.Value) {
			return none(o.bca(clusters), len(values), clusters, NotFinite)
		}
		sums.Add(of[i], v.Value, 1)
	}
	return sums.meanBCa(o)
}

// ClusterMean is the mean of values over items with Student's interval by the
// variance between clusters (Liang and Zeger 1986, Biometrika 73:13; Miller 2024,
// "Adding Error Bars to Evals", arXiv 2411.00640, §2.2). It costs nothing, and
// knows nothing of skew.
func ClusterMean(values []Value, o Options) Estimate {
	of, clusters := index(values, valueCluster)
	xs := make([]float64, len(values))
	for i, v := range values {
		xs[i] = v.Value
	}
	switch {
	case len(xs) == 0:
		return none(StudentCluster, 0, 0, NoItems)
	case !finite(xs...):
		return none(StudentCluster, len(xs), clusters, NotFinite)
	}
	e := Estimate{Method: StudentCluster, Value: mean(xs), N: len(xs), Clusters: clusters}
	return e.around(clusterVariance(xs, of, clusters), clusters, o)
}

// MeanDifference is the mean of A − B over items with its BCa interval, clusters
// resampled: the paired bootstrap. Resamples draw by place, so that pairs have to
// come in the same order for the same interval; Match's is always the same.
func MeanDifference(pairs []Pair, o Options) Estimate {
	of, clusters, why := checkPairs(pairs)
	if why == NotFinite {
		return none(o.bca(clusters), len(pairs), clusters, why)
	}
	sums := NewSums(clusters, 2)
	for i, p := range pairs {
		sums.Add(of[i], p.A-p.B, 1)
	}
	return sums.meanBCa(o)
}

// meanBCa is that of sums in the first column and numbers in the second. Where
// clusters are of one size, numbers are the same in all resamples, and need not be
// summed up. (The jackknife then divides by one too many, which the acceleration,
// a ratio, does not see; few clusters, whose interval is the jackknife's, take the
// other way.)
func (s *Sums) meanBCa(o Options) Estimate {
	k := s.clusters()
	if k > mostUnits || o.tooFew(k) {
		return s.BCa(o, ratio)
	}
	means := &Sums{columns: 1, cells: make([]float64, k), items: s.items}
	for i := range k {
		row := s.row(i)
		if row[1] != s.row(0)[1] {
			return s.BCa(o, ratio)
		}
		means.cells[i] = row[0] / row[1] / float64(k)
	}
	return means.BCa(o, func(totals []float64) (float64, bool) { return totals[0], true })
}

// ratio is the first total by the second.
func ratio(totals []float64) (float64, bool) { return totals[0] / totals[1], totals[1] != 0 }
