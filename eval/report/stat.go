package report

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// sample is a number over the seeds of a condition. With N 0 the others are
// NaN, and SD is NaN for one seed.
type sample struct {
	Mean, SD, Min, Max float64
	N                  int
}

// over takes a number from each run; runs in which it is undefined (NaN) do not
// count.
func over(runs []*run, of func(*run) float64) sample {
	var xs []float64
	for _, r := range runs {
		xs = append(xs, of(r))
	}
	return describe(xs)
}

// describe is the sample of the numbers that are defined.
func describe(all []float64) sample {
	xs := slices.DeleteFunc(slices.Clone(all), math.IsNaN)
	none := math.NaN()
	s := sample{Mean: none, SD: none, Min: none, Max: none, N: len(xs)}
	if len(xs) == 0 {
		return s
	}
	s.Min, s.Max, s.Mean = slices.Min(xs), slices.Max(xs), stat.Mean(xs, nil)
	if len(xs) > 1 {
		s.SD = stat.StdDev(xs, nil)
	}
	return s
}

// lorenzSteps are the points of a Lorenz curve.
const lorenzSteps = 21

// at is a point of a curve, NaN where it has none.
func at(curve []float64, i int) float64 {
	if i >= len(curve) {
		return math.NaN()
	}
	return curve[i]
}
