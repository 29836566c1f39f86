package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// manyClusters is from how many on an expanded interval is the plain one, within
// a hundredth of its width.
const manyClusters = 200

// bca is the method of intervals over so many clusters.
func (o Options) bca(clusters int) Method {
	if o.Plain || clusters >= manyClusters {
		return BCa
	}
	return BCaExpanded
}

// Weighted is a statistic of items of which cluster c counts weights[c] times;
// not ok where it is undefined. It is called from several goroutines and keeps
// nothing of weights.
type Weighted func(weights []float64) (value float64, ok bool)

// BCaOf is any statistic with its bootstrap interval: n items in so many clusters,
// which are resampled. Where a statistic is a function of sums, Sums.BCa is much
// faster.
func BCaOf(n, clusters int, o Options, stat Weighted) Estimate {
	e := Estimate{Method: o.bca(clusters), N: n, Clusters: clusters}
	weights := slices.Repeat([]float64{1}, clusters)
	if n == 0 || clusters == 0 {
		return none(e.Method, n, clusters, NoItems)
	}
	value, ok := stat(weights)
	if e.Value = value; !ok {
		return none(e.Method, n, clusters, Undefined)
	}
	if clusters == 1 {
		e.Open = OneCluster
		return e.checked()
	}
	jack := make([]float64, clusters)
	for c := range jack {
		weights[c] = 0
		jack[c] = Of(stat).defined(weights)
		weights[c] = 1
	}
	boot := make([]float64, o.resamples())
	inBlocks(len(boot), o.random(), func() func(*rand.PCG, int, int) {
		weights := make([]float64, clusters)
		return func(stream *rand.PCG, from, to int) {
			for r := from; r < to; r++ {
				clear(weights)
				drawn(stream, clusters, func(i uint64) { weights[i]++ })
				boot[r] = Of(stat).defined(weights)
			}
		}
	})
	return o.interval(e, boot, jack)
}

// interval puts the BCa interval around an estimate (Efron 1987, "Better
// bootstrap confidence intervals", JASA 82; as in DiCiccio and Efron 1996,
// eq. 2.3–6.6): with z0 the normal quantile of the share of resamples below the
// estimate (half of those equal to it), and a = Σd³/(6(Σd²)^1.5) of the
// jackknife's deviations d, the ends are the resamples' quantiles at
// Φ(z0 + (z0 + z)/(1 − a(z0 + z))). boot and jack may hold NaN where the
// statistic is undefined; both are changed.
func (o Options) interval(e Estimate, boot, jack []float64) Estimate {
	asked := len(boot)
	boot, jack = known(boot), known(jack)
	if o.tooFew(e.Clusters) {
		return o.jackknifed(e, jack)
	}
	if len(boot)*20 < asked*19 || len(jack) < 2 {
		e.Open = Unstable
		return e.checked()
	}
	slices.Sort(boot)
	if boot[len(boot)-1]-boot[0] <= 1e-12*max(math.Abs(boot[0]), math.Abs(e.Value)) {
		e.Open = NoVariance
		return e.checked()
	}
	bias := distuv.UnitNormal.Quantile(below(boot, e.Value))
	a, z := acceleration(jack), o.quantile(e.Clusters)
	end := func(z float64) float64 {
		w := bias + z
		stretch := 1 - a*w
		if stretch <= 0 { // a skew beyond what the formula was made for: the outermost resample
			return quantile(boot, distuv.UnitNormal.CDF(math.Copysign(math.MaxFloat64, w)))
		}
		return quantile(boot, distuv.UnitNormal.CDF(bias+w/stretch))
	}
	if !finite(bias) { // no resample on one side of the estimate
		e.Open = Unstable
		return e.checked()
	}
	e.Low, e.High, e.Level = end(-z), end(z), o.level()
	return e.checked()
}

// tooFew says that not even the interval from the lowest resample to the highest
// would do: of k clusters, all are on one side of the truth with the probability
// 2^(1−k). It is so of 5 clusters and fewer at a level of 95 %.
func (o Options) tooFew(clusters int) bool { return math.Pow(2, 1-float64(clusters)) > 1-o.level() }

// jackknifed puts Student's interval around an estimate, by the variance of the
// jackknife over clusters (Efron and Tibshirani 1993, "An Introduction to the
// Bootstrap", eq. 11.5). Of a mean it is that of ClusterMean.
func (o Options) jackknifed(e Estimate, jack []float64) Estimate {
	k, middle, squares := float64(len(jack)), mean(jack), 0.0
	for _, v := range jack {
		squares += (v - middle) * (v - middle)
	}
	e.Method = Jackknife
	switch {
	case len(jack) < e.Clusters:
		e.Open = Unstable
		return e.checked()
	case squares <= 1e-24*max(middle*middle, e.Value*e.Value):
		e.Open = NoVariance
		return e.checked()
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: k - 1}.Quantile((1 + o.level()) / 2)
	half := t * math.Sqrt((k-1)/k*squares)
	e.Low, e.High, e.Level = e.Value-half, e.Value+half, o.level()
	return e.checked()
}

// quantile is how far the ends of an interval are from its middle.
func (o Options) quantile(clusters int) float64 {
	at := (1 + o.level()) / 2
	if o.bca(clusters) == BCa {
		return distuv.UnitNormal.Quantile(at)
	}
	k := float64(clusters)
	return math.Sqrt(k/(k-1)) * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: k - 1}.Quantile(at)
}

func known(xs []float64) []float64 {
	return slices.DeleteFunc(xs, func(x float64) bool { return !finite(x) })
}

// below is the share of sorted values under x. Values that differ from x by
// rounding only are equal to it, and half of them count.
func below(sorted []float64, x float64) float64 {
	slack := 1e-12 * max(math.Abs(x), math.Abs(sorted[0]), math.Abs(sorted[len(sorted)-1]))
	less, _ := slices.BinarySearch(sorted, x-slack)
	upTo, _ := slices.BinarySearch(sorted, math.Nextafter(x+slack, math.Inf(1)))
	return float64(less+upTo) / 2 / float64(len(sorted))
}

// acceleration is measured in the largest deviation: cubes of large numbers would
// overflow.
func acceleration(jack []float64) float64 {
	mean, largest := 0.0, 0.0
	for _, v := range jack {
		mean += v / float64(len(jack))
	}
	for _, v := range jack {
		largest = max(largest, math.Abs(mean-v))
	}
	if largest == 0 || !finite(largest) {
		return 0
	}
	var squares, cubes float64
	for _, v := range jack {
		d := (mean - v) / largest
		squares += d * d
		cubes += d * d * d
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}

// quantile is that of sorted values, interpolated between the (n + 1)p-th and its
// neighbour (Davison and Hinkley 1997, eq. 5.8 on a linear scale).
func quantile(sorted []float64, p float64) float64 {
	at := p*float64(len(sorted)+1) - 1
	low := math.Floor(at)
	switch {
	case low < 0:
		return sorted[0]
	case int(low) >= len(sorted)-1:
		return sorted[len(sorted)-1]
	}
	i := int(low)
	return sorted[i] + (at-low)*(sorted[i+1]-sorted[i])
}
