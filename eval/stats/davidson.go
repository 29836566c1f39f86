package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// priorPrecision is 1/3²: of the penalty where the likelihood has no maximum.
const priorPrecision = 1.0 / 9

// farAway is beyond any strength that verdicts can bear out: a fit that ends there
// has no maximum.
const farAway = 12

// fitter looks for the likeliest parameters by Newton's method. It holds scratch,
// and is used by one goroutine at a time.
type fitter struct {
	g        *games
	gradient *mat.VecDense
	step     *mat.VecDense
	curve    *mat.SymDense // minus the Hessian
	slope    []float64     // the numbers of gradient
	bends    []float64     // those of curve, of which the upper half counts
	chol     mat.Cholesky
	at, next []float64
	tie      bool // of this fit: a resample may have no ties
}

func newFitter(g *games) *fitter {
	n := g.parameters
	slope, bends := make([]float64, n), make([]float64, n*n)
	return &fitter{
		g: g, gradient: mat.NewVecDense(n, slope), step: mat.NewVecDense(n, nil), curve: mat.NewSymDense(n, bends),
		slope: slope, bends: bends, at: make([]float64, n), next: make([]float64, n),
	}
}

// fit gives the parameters, whether the prior was needed, and whether the search
// ended. It begins at start, or at 0 where there is none.
func (f *fitter) fit(counts [][3]float64, start []float64) (theta []float64, penalised, ok bool) {
	f.tie = slices.ContainsFunc(counts, func(n [3]float64) bool { return n[1] > 0 })
	if f.g.finite(counts) {
		if f.newton(counts, start, 0) && f.near() {
			return f.found(), false, true
		}
	}
	ok = f.newton(counts, nil, priorPrecision)
	return f.found(), true, ok
}

// found are the parameters. Without ties there is no τ, and NaN stands for it.
func (f *fitter) found() []float64 {
	out := slices.Clone(f.at)
	if f.g.tie >= 0 && !f.tie {
		out[f.g.tie] = math.NaN()
	}
	return out
}

// confounded says whether verdicts cannot tell parameters apart, such as strength
// and order where one subject was always shown first.
func (f *fitter) confounded(counts [][3]float64) bool {
	f.tie = f.g.ties
	clear(f.at)
	f.climb(counts, f.at, 0)
	return !f.chol.Factorize(f.curve) || f.chol.Cond() > 1e10
}

func (f *fitter) near() bool {
	return !slices.ContainsFunc(f.at, func(x float64) bool { return math.Abs(x) > farAway })
}

// newton climbs the log-likelihood, halving steps that lead down. It is concave,
// so that a flat place is the top.
func (f *fitter) newton(counts [][3]float64, start []float64, precision float64) bool {
	clear(f.at)
	copy(f.at, start)
	if f.g.tie >= 0 && !finite(f.at[f.g.tie]) {
		f.at[f.g.tie] = 0
	}
	height := f.climb(counts, f.at, precision)
	for range 50 {
		if !f.chol.Factorize(f.curve) {
			return false
		}
		if err := f.chol.SolveVecTo(f.step, f.gradient); err != nil {
			return false
		}
		rise := mat.Dot(f.step, f.gradient)
		if rise <= 1e-12*(1+math.Abs(height)) {
			return true
		}
		higher := false
		for size := 1.0; size > 1e-6 && !higher; size /= 2 {
			for i := range f.next {
				f.next[i] = f.at[i] + size*f.step.AtVec(i)
			}
			reached := f.climb(counts, f.next, precision)
			if higher = reached > height; higher || reached >= height-1e-12*math.Abs(height) && rise < 1e-9 {
				height, higher = reached, true
				f.at, f.next = f.next, f.at
			}
		}
		if !higher {
			return rise < 1e-6
		}
	}
	return false
}

// climb is the log-likelihood at a place, and leaves its gradient and curvature.
// Strengths matter by their differences alone: a term −½(Σθ)² holds their sum at
// 0 and changes nothing else.
func (f *fitter) climb(counts [][3]float64, at []float64, precision float64) float64 {
	clear(f.slope)
	clear(f.bends)
	height := f.hold(at, precision)
	for i, n := range counts {
		if total := n[0] + n[1] + n[2]; total > 0 {
			height += f.cell(f.g.cells[i], n, total, at)
		}
	}
	return height
}

// hold adds the penalties.
func (f *fitter) hold(at []float64, precision float64) float64 {
	k, sum, height := len(f.g.subjects), 0.0, 0.0
	for _, x := range at[:k] {
		sum += x
	}
	for i := range k {
		f.slope[i] = -sum
		for j := i; j < k; j++ {
			f.bend(i, j, 1)
		}
	}
	for i, x := range at {
		p := precision
		if i == f.g.tie && !f.tie {
			p = 1 // of no consequence: no ties, no term with τ
		}
		f.slope[i] -= p * x
		f.bend(i, i, p)
		height -= p * x * x / 2
	}
	return height - sum*sum/2
}

// cell adds the verdicts of a cell.
func (f *fitter) cell(c cell, n [3]float64, total float64, at []float64) float64 {
	places, slopes := [5]int{c.a, c.b}, [5]float64{1, -1}
	used := 2
	use := func(place int, slope float64) {
		if place >= 0 && slope != 0 {
			places[used], slopes[used] = place, slope
			used++
		}
	}
	use(f.g.first, c.first)
	use(f.g.length, c.length)
	eta := 0.0
	for i := range used {
		eta += slopes[i] * at[places[i]]
	}
	tau := math.Inf(-1)
	if f.tie {
		tau = at[f.g.tie]
	}
	top := max(eta/2, -eta/2, tau)
	win, tie, loss := math.Exp(eta/2-top), math.Exp(tau-top), math.Exp(-eta/2-top)
	sum := win + tie + loss
	win, tie, loss = win/sum, tie/sum, loss/sum
	// ±½ and 0 of η: their mean and variance; ties of τ; and both together.
	middle, varies := (win-loss)/2, (win+loss)/4-(win-loss)*(win-loss)/4
	push := (n[0]-n[2])/2 - total*middle
	for i := range used {
		f.slope[places[i]] += push * slopes[i]
		for j := i; j < used; j++ {
			f.bend(places[i], places[j], total*varies*slopes[i]*slopes[j])
		}
		if f.tie {
			f.bend(places[i], f.g.tie, -total*middle*tie*slopes[i])
		}
	}
	height := (n[0]-n[2])/2*eta - total*(top+math.Log(sum))
	if f.tie {
		f.slope[f.g.tie] += n[1] - total*tie
		f.bend(f.g.tie, f.g.tie, total*tie*(1-tie))
		height += n[1] * tau
	}
	return height
}

func (f *fitter) bend(i, j int, by float64) { f.bends[min(i, j)*len(f.slope)+max(i, j)] += by }
