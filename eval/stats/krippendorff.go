package stats

import (
	"math"
	"slices"
)

// Rating is what a rater said of a unit. A missing one has no row.
type Rating struct {
	Unit    string
	Cluster string // ratings of one are not independent; empty: that of the unit
	Rater   string
	Value   float64
}

// Scale is how far apart two ratings are.
type Scale string

// Scales.
const (
	Nominal  Scale = "nominal"  // the same or not
	Ordinal  Scale = "ordinal"  // by how many ratings lie between
	Interval Scale = "interval" // by the square of the difference
)

// How many different values a scale may have.
const (
	nominalValues = 200
	ordinalValues = 20
)

// Krippendorff is alpha, 1 less observed by expected disagreement, of any number
// of raters with ratings missing (Krippendorff 2011, "Computing Krippendorff's
// Alpha-Reliability"), with its BCa interval over units or their clusters. N is
// the units that were rated twice or more; others tell nothing. A rater who rated
// a unit several times counts as several.
func Krippendorff(ratings []Rating, scale Scale, o Options) Estimate {
	units, values, why := pairable(ratings)
	if why != "" {
		return none(o.bca(len(units)), len(units), len(units), why)
	}
	of, clusters := index(units, func(u unit) (string, string) { return u.cluster, u.id })
	var sums *Sums
	var alpha Of
	switch scale {
	case Nominal:
		if len(values) > nominalValues {
			return none(o.bca(clusters), len(units), clusters, TooManyValues)
		}
		sums, alpha = nominal(units, values, of, clusters)
	case Interval:
		sums, alpha = interval(units, of, clusters)
	default:
		if len(values) > ordinalValues {
			return none(o.bca(clusters), len(units), clusters, TooManyValues)
		}
		sums, alpha = ordinal(units, values, of, clusters)
	}
	e := sums.BCa(o, alpha)
	if e.Why == Undefined {
		e.Why, e.Open = OneValue, OneValue
	}
	return e
}

type unit struct {
	id, cluster string
	values      []float64
}

// pairable are the units with two ratings or more, and all values of these, in
// order.
func pairable(ratings []Rating) (units []unit, values []float64, why Why) {
	at := map[string]int{}
	var all []unit
	for _, r := range ratings {
		if !finite(r.Value) {
			return nil, nil, NotFinite
		}
		i, ok := at[r.Unit]
		if !ok {
			i = len(all)
			at[r.Unit] = i
			all = append(all, unit{id: r.Unit, cluster: r.Cluster})
		}
		all[i].values = append(all[i].values, r.Value)
	}
	for _, u := range all {
		if len(u.values) > 1 {
			units = append(units, u)
			values = append(values, u.values...)
		}
	}
	slices.Sort(values)
	switch {
	case len(ratings) == 0:
		why = NoItems
	case len(units) == 0:
		why = Unpairable
	}
	return units, slices.Compact(values), why
}

// tally counts the values of a unit.
func (u unit) tally(values []float64) []float64 {
	out := make([]float64, len(values))
	for _, v := range u.values {
		i, _ := slices.BinarySearch(values, v)
		out[i]++
	}
	return out
}

// nominal sums up the number of each value, and observed disagreement.
func nominal(units []unit, values []float64, of []int, clusters int) (*Sums, Of) {
	sums := NewSums(clusters, len(values)+1)
	for i, u := range units {
		row, m, same := u.tally(values), float64(len(u.values)), 0.0
		for _, n := range row {
			same += n * n
		}
		sums.Add(of[i], append(row, (m*m-same)/(m-1))...)
	}
	return sums, func(t []float64) (float64, bool) {
		last := len(t) - 1
		var n, same float64
		for _, c := range t[:last] {
			n += c
			same += c * c
		}
		return 1 - (n-1)*t[last]/(n*n-same), n*n > same
	}
}

// interval sums up n, Σx, Σx² and observed disagreement, x being measured from
// the mean of all.
func interval(units []unit, of []int, clusters int) (*Sums, Of) {
	middle, count := 0.0, 0.0
	for _, u := range units {
		for _, v := range u.values {
			count++
			middle += (v - middle) / count
		}
	}
	sums := NewSums(clusters, 4)
	for i, u := range units {
		var x, xx float64
		m := float64(len(u.values))
		for _, v := range u.values {
			x += v - middle
			xx += (v - middle) * (v - middle)
		}
		sums.Add(of[i], m, x, xx, 2*max(0, m*xx-x*x)/(m-1))
	}
	return sums, func(t []float64) (float64, bool) {
		n, expected := t[0], 2*(t[0]*t[2]-t[1]*t[1])
		return 1 - (n-1)*t[3]/expected, expected > 1e-12*n*t[2]
	}
}

// ordinal sums up the coincidences of each two values: distances depend on how
// many ratings lie between, and change with the resample.
func ordinal(units []unit, values []float64, of []int, clusters int) (*Sums, Of) {
	v := len(values)
	sums := NewSums(clusters, v*v)
	for i, u := range units {
		row, n := make([]float64, v*v), u.tally(values)
		for c := range v {
			for k := range v {
				row[c*v+k] = n[c] * (n[k] - indicator(c == k)) / float64(len(u.values)-1)
			}
		}
		sums.Add(of[i], row...)
	}
	return sums, func(t []float64) (float64, bool) { return ordinalAlpha(t, v) }
}

func ordinalAlpha(t []float64, v int) (float64, bool) {
	var margin, before [ordinalValues + 1]float64 // before: how many ratings are lower
	for c := range v {
		for k := range v {
			margin[c] += t[c*v+k]
		}
		before[c+1] = before[c] + margin[c]
	}
	var observed, expected float64
	for c := range v {
		for k := c + 1; k < v; k++ {
			d := before[k+1] - before[c] - (margin[c]+margin[k])/2
			observed += t[c*v+k] * d * d
			expected += margin[c] * margin[k] * d * d
		}
	}
	n := before[v]
	alpha := 1 - (n-1)*observed/expected
	return alpha, expected > 0 && !math.IsInf(alpha, 0)
}
