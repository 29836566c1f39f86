package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Student is the mean of A − B with Student's interval and test (Student 1908),
// for a few independent items such as seeds of runs.
func Student(pairs []Pair, o Options) (Estimate, Test) {
	_, clusters, why := checkPairs(pairs)
	n := len(pairs)
	if why == NoItems || why == NotFinite {
		return none(StudentPaired, n, clusters, why), untested(StudentPaired, n, clusters, why)
	}
	ds := make([]float64, n)
	for i, p := range pairs {
		ds[i] = p.A - p.B
	}
	mean, sd := stat.MeanStdDev(ds, nil)
	if why == "" && sd <= 1e-12*math.Abs(mean) {
		why = NoVariance
	}
	e := Estimate{Method: StudentPaired, Value: mean, N: n, Clusters: clusters, Open: why}
	if why != "" {
		return e.checked(), untested(StudentPaired, n, clusters, why)
	}
	return e.student(sd/math.Sqrt(float64(n)), float64(n-1), o)
}

// student puts Student's interval around a mean and tests whether it is 0.
func (e Estimate) student(se, freedom float64, o Options) (Estimate, Test) {
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}
	half := t.Quantile((1+o.level())/2) * se
	e.Low, e.High, e.Level = e.Value-half, e.Value+half, o.level()
	e = e.checked()
	score := e.Value / se
	return e, Test{Method: e.Method, Statistic: score, P: 2 * t.Survival(math.Abs(score)), N: e.N, Clusters: e.Clusters}.checked()
}

// WelchTest is the difference of the means of two groups that are not paired,
// with the interval and test of Welch 1947 (Biometrika 34:28; degrees of freedom
// of Satterthwaite 1946). Values are independent: ids and clusters play no part.
func WelchTest(a, b []Value, o Options) (Estimate, Test) {
	x, y, why := numbers(a, b)
	n := len(x) + len(y)
	if why == NoItems || why == NotFinite {
		return none(Welch, n, n, why), untested(Welch, n, n, why)
	}
	e := Estimate{Method: Welch, Value: stat.Mean(x, nil) - stat.Mean(y, nil), N: n, Clusters: n, Open: why}
	if why != "" {
		return e.checked(), untested(Welch, n, n, why)
	}
	se, freedom := welch(x, y)
	if se <= 1e-12*math.Abs(e.Value) || se == 0 {
		e.Open = NoVariance
		return e.checked(), untested(Welch, n, n, NoVariance)
	}
	return e.student(se, freedom, o)
}

// welch is the standard error of a difference of means and its degrees of freedom.
func welch(x, y []float64) (se, freedom float64) {
	u, v := stat.Variance(x, nil)/float64(len(x)), stat.Variance(y, nil)/float64(len(y))
	return math.Sqrt(u + v), (u + v) * (u + v) / (u*u/float64(len(x)-1) + v*v/float64(len(y)-1))
}

// numbers are the values of two groups, and what is wrong with them.
func numbers(a, b []Value) (x, y []float64, why Why) {
	switch {
	case len(a) == 0 || len(b) == 0:
		why = NoItems
	case len(a) == 1 || len(b) == 1:
		why = OneItem
	}
	take := func(values []Value) (out []float64) {
		for _, v := range values {
			if !finite(v.Value) {
				why = NotFinite
			}
			out = append(out, v.Value)
		}
		return out
	}
	return take(a), take(b), why
}
