package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Pairs gathers pairs of values for their correlation and the line of least
// squares through them, in one pass.
type Pairs struct {
	N             int
	mx, my        float64
	sxx, syy, sxy float64
}

// Add adds a pair.
func (p *Pairs) Add(x, y float64) {
	p.N++
	dx, dy := x-p.mx, y-p.my
	p.mx += dx / float64(p.N)
	p.my += dy / float64(p.N)
	p.sxx += dx * (x - p.mx)
	p.syy += dy * (y - p.my)
	p.sxy += dx * (y - p.my)
}

// Pearson is the correlation; NaN where a side does not vary.
func (p *Pairs) Pearson() float64 { return correlation(p.sxx, p.syy, p.sxy) }

// tiny is how small a sum of squares is taken for nothing but rounding, next
// to the values it is made of.
const tiny = 1e-12

func correlation(sxx, syy, sxy float64) float64 {
	if sxx <= tiny || syy <= tiny {
		return math.NaN()
	}
	return max(-1, min(sxy/math.Sqrt(sxx)/math.Sqrt(syy), 1))
}

// Line is the line of least squares: its slope, the slope's standard error and
// the two-sided p-value of Student's t-test that the slope is 0.
type Line struct {
	Slope, Error, P float64
	N               int
}

// Line fits y on x. The slope needs two different x, its error three pairs.
func (p *Pairs) Line() Line { return line(p.sxx, p.syy, p.sxy, p.N, p.N-2) }

func line(sxx, syy, sxy float64, n, df int) Line {
	l := Line{math.NaN(), math.NaN(), math.NaN(), n}
	if sxx <= tiny {
		return l
	}
	l.Slope = sxy / sxx
	if df < 1 {
		return l
	}
	l.Error = math.Sqrt(max(syy-sxy*l.Slope, 0) / float64(df) / sxx)
	l.P = pOf(l.Slope, l.Error, float64(df))
	return l
}

// pOf is the two-sided p-value of value/err under Student's t. A value without
// any error is certain, unless it is 0.
func pOf(value, err, df float64) float64 {
	if df < 1 || math.IsNaN(value) || math.IsNaN(err) {
		return math.NaN()
	}
	if err == 0 {
		if value == 0 {
			return 1
		}
		return 0
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	return min(2*t.CDF(-math.Abs(value/err)), 1)
}

// Within pools pairs of several subjects, each about its own means: what is
// left is how x and y go together within subjects. Bakdash & Marusich 2017,
// "Repeated Measures Correlation"; as a line, the fixed-effects estimator.
type Within struct {
	subjects, n   int
	sxx, syy, sxy float64
}

// Add adds the pairs of a subject.
func (w *Within) Add(p *Pairs) {
	if p.N < 2 {
		return
	}
	w.subjects++
	w.n += p.N
	w.sxx, w.syy, w.sxy = w.sxx+p.sxx, w.syy+p.syy, w.sxy+p.sxy
}

// N is how many pairs it rests on.
func (w *Within) N() int { return w.n }

// Correlation is the repeated measures correlation.
func (w *Within) Correlation() float64 { return correlation(w.sxx, w.syy, w.sxy) }

// Line is the line of one slope for all subjects, each with its own level.
func (w *Within) Line() Line { return line(w.sxx, w.syy, w.sxy, w.n, w.n-w.subjects-1) }
