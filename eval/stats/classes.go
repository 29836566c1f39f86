package stats

import "slices"

// Labelled is what a classifier said, and what was true.
type Labelled struct {
	ID, Cluster string
	Truth, Said string // Said may be what no truth is: an unusable reply is a miss
}

// MacroF1 is the mean of the F1 scores of the classes that occur among the truth
// (Sokolova and Lapalme 2009, Information Processing and Management 45:427), with
// its BCa interval. A class that a resample neither holds nor names is left out
// there.
func MacroF1(labels []Labelled, o Options) Estimate {
	var classes []string
	for _, l := range labels {
		classes = append(classes, l.Truth)
	}
	slices.Sort(classes)
	classes = slices.Compact(classes)
	of, clusters := index(labels, func(l Labelled) (string, string) { return l.Cluster, l.ID })
	if len(labels) == 0 {
		return none(o.bca(0), 0, 0, NoItems)
	}
	sums := NewSums(clusters, 2*len(classes)) // of each class: hits, and occurrences in truth and replies
	row := make([]float64, 2*len(classes))
	for i, l := range labels {
		clear(row)
		truth, _ := slices.BinarySearch(classes, l.Truth)
		row[2*truth+1]++
		if said, ok := slices.BinarySearch(classes, l.Said); ok {
			row[2*said+1]++
			row[2*said] = indicator(said == truth)
		}
		sums.Add(of[i], row...)
	}
	return sums.BCa(o, macroF1)
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
