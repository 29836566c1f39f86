package stats

import "math"

// Sequence looks at paired differences as they come in and may be asked after each
// of them: its interval holds the mean at all times at once with the probability
// 1 − alpha, and its p-value is valid whenever one stops. It is the hedged capital
// of Waudby-Smith and Ramdas (2024, "Estimating means of bounded random variables by
// betting", JRSS B 86:1, §4.4): one gambler bets that the mean is more than m, one
// that it is less, both by what the past has taught, and m is out when either has
// made 1/alpha of half the stake. It was chosen over empirical Bernstein bounds as
// it needs far fewer items, and over asymptotic sequences as it holds from the
// first item on. Items must come in random order and be independent: for clusters,
// give the mean difference of each. A Sequence is used by one goroutine.
type Sequence struct {
	low, width float64 // differences are mapped onto 0 … 1
	alpha      float64
	n          int
	sum        float64
	squares    float64 // Σ(x − mean as it was then)²
	grid       []wager // means that are not out yet, in order
	zero       wager   // that of no difference
	most       float64 // what has ever been made against it
}

// wager is what the two gamblers have made of their stakes against a mean. What
// runs down to nothing stays there, which errs on the safe side.
type wager struct{ mean, more, less float64 }

// steps is how fine the interval is: a thousandth of what is possible.
const steps = 1000

// NewSequence is one for differences within low and high, 0 between them. In a
// family of m comparisons whose intervals are to hold together, alpha is that of
// the family by m; p-values may be corrected by Holm at the time of stopping.
func NewSequence(low, high, alpha float64) (*Sequence, Why) {
	if !finite(low, high) || !(low < 0 && 0 < high) || !(alpha > 0 && alpha < 1) {
		return nil, OutOfRange
	}
	s := &Sequence{low: low, width: high - low, alpha: alpha, most: 1, zero: wager{-low / (high - low), 1, 1}, grid: make([]wager, steps+1)}
	for i := range s.grid {
		s.grid[i] = wager{float64(i) / steps, 1, 1}
	}
	return s, ""
}

// Add takes a difference. One that is out of bounds is an error of the kind Why,
// and changes nothing.
func (s *Sequence) Add(difference float64) error {
	x := (difference - s.low) / s.width
	if !(x >= -1e-9 && x <= 1+1e-9) {
		return BeyondBounds
	}
	x = min(1, max(0, x))
	bet := s.bet()
	s.n++
	s.sum += x
	d := x - (0.5+s.sum)/float64(s.n+1)
	s.squares += d * d
	s.zero.play(x, bet)
	kept := s.grid[:0]
	for _, w := range s.grid {
		if w.play(x, bet); w.made() < 1/s.alpha {
			kept = append(kept, w)
		}
	}
	s.grid = kept
	s.most = min(math.MaxFloat64, max(s.most, s.zero.made()))
	return nil
}

// bet is the stake on the next difference, by the variance of those before (eq. 26
// of the paper).
func (s *Sequence) bet() float64 {
	t := float64(s.n + 1)
	variance := (0.25 + s.squares) / t
	return math.Sqrt(2 * math.Log(2/s.alpha) / (variance * t * math.Log(t+1)))
}

// play bets on a value, never more than half of what can be lost.
func (w *wager) play(x, bet float64) {
	w.more = min(math.MaxFloat64, w.more*(1+min(bet, 0.5/w.mean)*(x-w.mean)))
	w.less = min(math.MaxFloat64, w.less*(1-min(bet, 0.5/(1-w.mean))*(x-w.mean)))
}

// made is what the better of the two has made of the whole stake.
func (w *wager) made() float64 { return max(w.more, w.less) / 2 }

// Difference is the mean so far with the interval that holds at all times.
func (s *Sequence) Difference() Estimate {
	e := Estimate{Method: Betting, N: s.n, Clusters: s.n}
	if s.n == 0 {
		return none(Betting, 0, 0, NoItems)
	}
	e.Value = s.low + s.width*s.sum/float64(s.n)
	if len(s.grid) == 0 { // means were ruled out one after the other: it was one of the alpha sequences
		e.Open = Undefined
		return e.checked()
	}
	// The true mean may lie between what is out and what is not.
	e.Low = s.low + s.width*max(0, s.grid[0].mean-1.0/steps)
	e.High = s.low + s.width*min(1, s.grid[len(s.grid)-1].mean+1.0/steps)
	e.Level = 1 - s.alpha
	return e.checked()
}

// Test is whether the mean difference is 0. Its p-value never goes up; the
// statistic is the most that was made of a stake of 1.
func (s *Sequence) Test() Test {
	if s.n == 0 {
		return untested(Betting, 0, 0, NoItems)
	}
	return Test{Method: Betting, Statistic: s.most, P: 1 / s.most, N: s.n, Clusters: s.n}
}
