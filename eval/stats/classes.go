package stats

import (
	"maps"
	"slices"
)

// Labelled is what a classifier said, and what was true.
type Labelled struct {
	ID, Cluster string
	Truth, Said string // Said may be what no truth is: an unusable reply is a miss
}

// mostClasses is how many there may be.
const mostClasses = 200

// MacroF1 is the mean of the F1 scores of the classes that occur among the truth
// (Sokolova and Lapalme 2009, Information Processing and Management 45:427), with
// its BCa interval. A class that a resample neither holds nor names is left out
// there.
func MacroF1(labels []Labelled, o Options) Estimate {
	of, clusters := index(labels, func(l Labelled) (string, string) { return l.Cluster, l.ID })
	classes := truths(labels)
	if len(classes) > mostClasses {
		return none(o.bca(clusters), len(labels), clusters, TooManyValues)
	}
	if len(labels) == 0 {
		return none(o.bca(0), 0, 0, NoItems)
	}
	sums := NewSums(clusters, 2*len(classes))
	for i, l := range labels {
		sums.Add(of[i], l.count(classes)...)
	}
	return sums.BCa(o, macroF1)
}

// truths are the classes that occur among the truth, in order.
func truths(labels []Labelled) []string {
	seen := map[string]bool{}
	for _, l := range labels {
		seen[l.Truth] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// count is, for each class, whether it was hit, and how often it occurs in truth
// and reply.
func (l Labelled) count(classes []string) []float64 {
	row := make([]float64, 2*len(classes))
	truth, _ := slices.BinarySearch(classes, l.Truth)
	row[2*truth+1]++
	if said, ok := slices.BinarySearch(classes, l.Said); ok {
		row[2*said+1]++
		row[2*said] = indicator(said == truth)
	}
	return row
}

func macroF1(t []float64) (float64, bool) {
	sum, classes := 0.0, 0.0
	for i := 0; i < len(t); i += 2 {
		if t[i+1] > 0 {
			sum += 2 * t[i] / t[i+1]
			classes++
		}
	}
	return sum / classes, classes > 0
}

// MacroF1Difference is the macro-F1 of A less that of B on the same items, with
// its BCa interval, and the test by swapping their replies (Swap). Items that only
// one has are left out; truth is that of a.
func MacroF1Difference(a, b []Labelled, o Options) (Estimate, Test) {
	said := make(map[string]string, len(b))
	for _, l := range b {
		said[l.ID] = l.Said
	}
	both := slices.DeleteFunc(slices.Clone(a), func(l Labelled) bool { _, ok := said[l.ID]; return !ok })
	of, clusters := index(both, func(l Labelled) (string, string) { return l.Cluster, l.ID })
	classes, n := truths(both), len(both)
	why := Why("")
	if n == 0 {
		why = NoItems
	} else if len(classes) > mostClasses {
		why = TooManyValues
	}
	if why != "" {
		return none(o.bca(clusters), n, clusters, why), untested(SwapRandom, n, clusters, why)
	}
	sums := NewSums(clusters, 4*len(classes)) // A's counts, then B's
	for i, l := range both {
		row := l.count(classes)
		l.Said = said[l.ID]
		sums.Add(of[i], append(row, l.count(classes)...)...)
	}
	half := 2 * len(classes)
	difference := func(t []float64) (float64, bool) {
		x, okX := macroF1(t[:half])
		y, okY := macroF1(t[half:])
		return x - y, okX && okY
	}
	e, units := sums.BCa(o, difference), sums.coarse()
	t := Swap(n, units.clusters(), o, func(swapped []bool) (float64, bool) {
		totals := make([]float64, 2*half)
		for c, swap := range swapped {
			row, from := units.row(c), 0
			if swap {
				from = half
			}
			for j := range half {
				totals[j] += row[from+j]
				totals[half+j] += row[half-from+j]
			}
		}
		return difference(totals)
	})
	t.Clusters = clusters
	return e, t
}
