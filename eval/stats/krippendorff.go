package stats

import "slices"

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
	e.High = min(e.High, 1)
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
