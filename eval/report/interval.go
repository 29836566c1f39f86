package report

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// estimate is a mean over the runs of a condition with the ends of its 95 %
// interval. Runs are the units: residents of one run are not independent of
// each other. Low and High are NaN where there are fewer than two runs, and
// Mean where there is none.
type estimate struct {
	Mean, Low, High float64
	N               int // runs
}

// confidence is the upper quantile that a two-sided interval of 95 % needs.
const confidence = 0.975

// defined are the numbers that are numbers.
func defined(all []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(all), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// meanOf is the mean of a number of each run with Student's interval.
func meanOf(all []float64) estimate {
	xs := defined(all)
	none := math.NaN()
	e := estimate{none, none, none, len(xs)}
	if len(xs) == 0 {
		return e
	}
	e.Mean = stat.Mean(xs, nil)
	if len(xs) > 1 {
		half := student(len(xs)-1) * stat.StdDev(xs, nil) / math.Sqrt(float64(len(xs)))
		e.Low, e.High = e.Mean-half, e.Mean+half
	}
	return e
}

// student is the quantile of Student's distribution with so many degrees of
// freedom.
func student(freedom int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}.Quantile(confidence)
}

// share is how many of the observations of a run have a property.
type share struct{ Yes, Of int }

func (s share) value() float64 { return float64(s.Yes) / float64(s.Of) }

// sharesOf is the mean share with Wilson's interval. Where each run gives one
// observation, it is the plain one over runs. Where runs give several, their
// number is first brought down to the effective one, p(1 − p)/(s²/k) of k runs
// whose shares vary by s², and the quantile is Student's with k − 1 degrees of
// freedom (Korn and Graubard 1998; Franco, Little, Louis and Slud 2019). Where
// all shares are 0 or all are 1, a run counts as one observation, too.
func sharesOf(all []share) estimate {
	runs := slices.DeleteFunc(slices.Clone(all), func(s share) bool { return s.Of <= 0 })
	none := math.NaN()
	e := estimate{none, none, none, len(runs)}
	if len(runs) == 0 {
		return e
	}
	var xs []float64
	of := 0
	for _, r := range runs {
		xs = append(xs, r.value())
		of += r.Of
	}
	e.Mean = stat.Mean(xs, nil)
	switch k := len(runs); {
	case k < 2: // nothing is known of other runs
	case of == k, e.Mean <= 0, e.Mean >= 1:
		e.Low, e.High = wilson(e.Mean, float64(k), distuv.UnitNormal.Quantile(confidence))
	default:
		e.Low, e.High = wilson(e.Mean, effective(e.Mean, xs, of), student(k-1))
	}
	return e
}

// effective is how many independent observations the shares of runs are worth:
// no more than there are.
func effective(p float64, xs []float64, of int) float64 {
	return min(p*(1-p)*float64(len(xs))/stat.Variance(xs, nil), float64(of))
}

// wilson is the score interval of a share p of n observations.
func wilson(p, n, z float64) (low, high float64) {
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}

// per takes a number from each run of a condition.
func per[T any](runs []*run, of func(*run) T) []T {
	out := make([]T, len(runs))
	for i, r := range runs {
		out[i] = of(r)
	}
	return out
}

// within cuts the interval at the ends of the values that there can be; nil is
// no end.
func (e estimate) within(low, high *float64) estimate {
	if low != nil {
		e.Low = max(e.Low, *low)
	}
	if high != nil {
		e.High = min(e.High, *high)
	}
	return e
}

// estimated writes an estimate of a condition: the mean, its interval in
// parentheses where runs differ, and the number of runs where it is not that of
// the condition.
func (s *study) estimated(e estimate, c *condition, format func(float64) string) string {
	out := format(e.Mean)
	if e.Low < e.High {
		out += " (" + format(e.Low) + "\u00a0…\u00a0" + format(e.High) + ")"
	}
	if e.N > 0 && e.N != len(c.runs) {
		out += ";\u00a0n\u00a0=\u00a0" + s.Int(e.N)
	}
	return out
}

// percents formats a share of 1.
func (s *study) percents(digits int) func(float64) string {
	return func(x float64) string { return s.Percent(x, digits) }
}

// intervalNote says what parentheses are, and where there are none.
func (s *study) intervalNote() string {
	out := " " + s.T("В скобках — 95 %-й интервал: единица наблюдения — прогон (повтор), а не житель; где прогоны не различаются, скобок нет. ¦ "+
		"In parentheses: the 95% interval, with runs (seeds) as units, not residents; there are none where runs do not differ.")
	for _, c := range s.conditions {
		if len(c.runs) == 1 {
			return out + " " + s.T("У условия с одним прогоном интервала нет: по одному прогону разброс не узнать. ¦ "+
				"A condition with one run has no interval: one run does not tell how much runs vary.")
		}
	}
	return out
}
