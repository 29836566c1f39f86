package stats

import (
	"math"
	"slices"
)

// Forecast is what a classifier said with probabilities, and what was true.
type Forecast struct {
	ID, Cluster string
	P           []float64 // of each class
	Truth       int       // index of the class
}

func forecastCluster(f Forecast) (cluster, id string) { return f.Cluster, f.ID }

// top is the class with the highest probability, the first of equals.
func (f Forecast) top() int {
	best := 0
	for i, p := range f.P {
		if p > f.P[best] {
			best = i
		}
	}
	return best
}

func checkForecasts(forecasts []Forecast) Why {
	for _, f := range forecasts {
		if f.Truth < 0 || f.Truth >= len(f.P) {
			return OutOfRange
		}
		for _, p := range f.P {
			if !(p >= 0 && p <= 1) {
				return OutOfRange
			}
		}
	}
	if len(forecasts) == 0 {
		return NoItems
	}
	return ""
}

// Brier is the mean of Σ(p − truth)² over classes (Brier 1950, Monthly Weather
// Review 78:1): 0 to 2, with its BCa interval.
func Brier(forecasts []Forecast, o Options) Estimate {
	if why := checkForecasts(forecasts); why != "" {
		return none(o.bca(0), len(forecasts), 0, why)
	}
	values := make([]Value, len(forecasts))
	for i, f := range forecasts {
		sum := 0.0
		for k, p := range f.P {
			d := p - indicator(k == f.Truth)
			sum += d * d
		}
		values[i] = Value{f.ID, f.Cluster, sum}
	}
	return Mean(values, o)
}

// Bin is some of the forecasts, those of about one confidence.
type Bin struct {
	Confidence, Accuracy float64 // means
	N                    int
}

// Reliability puts forecasts into bins of about equal numbers by the confidence
// of the most probable class. Equal confidences stay together, so that there may
// be fewer bins than asked for.
func Reliability(forecasts []Forecast, bins int) ([]Bin, Why) {
	if why := checkForecasts(forecasts); why != "" {
		return nil, why
	}
	of, count := binned(forecasts, bins)
	out := make([]Bin, count)
	for i, f := range forecasts {
		b := &out[of[i]]
		b.N++
		b.Confidence += f.P[f.top()]
		b.Accuracy += indicator(f.top() == f.Truth)
	}
	for i := range out {
		out[i].Confidence /= float64(out[i].N)
		out[i].Accuracy /= float64(out[i].N)
	}
	return out, ""
}

// binned says which bin each forecast is in, and how many there are.
func binned(forecasts []Forecast, bins int) (of []int, count int) {
	confidence := func(i int) float64 { return forecasts[i].P[forecasts[i].top()] }
	order := make([]int, len(forecasts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch x, y := confidence(i), confidence(j); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	of = make([]int, len(forecasts))
	bins = max(1, bins)
	due := 0 // the bin that the rank calls for
	for rank, i := range order {
		if want := rank * bins / len(order); rank > 0 && want > due && confidence(i) != confidence(order[rank-1]) {
			due = want
			count++
		}
		of[i] = count
	}
	return of, count + 1
}

// CalibrationError is the expected calibration error: the distance of accuracy from
// confidence, over bins of equal mass (Naeini, Cooper and Hauskrecht 2015, AAAI;
// Nixon et al. 2019 for equal mass), with its BCa interval, the bins fixed. It is
// never negative and so too high on few forecasts.
func CalibrationError(forecasts []Forecast, bins int, o Options) Estimate {
	if why := checkForecasts(forecasts); why != "" {
		return none(o.bca(0), len(forecasts), 0, why)
	}
	binOf, count := binned(forecasts, bins)
	of, clusters := index(forecasts, forecastCluster)
	sums := NewSums(clusters, count+1)
	row := make([]float64, count+1)
	for i, f := range forecasts {
		clear(row)
		row[0], row[1+binOf[i]] = 1, indicator(f.top() == f.Truth)-f.P[f.top()]
		sums.Add(of[i], row...)
	}
	return sums.BCa(o, func(t []float64) (float64, bool) {
		gap := 0.0
		for _, d := range t[1:] {
			gap += math.Abs(d)
		}
		return gap / t[0], t[0] > 0
	})
}
