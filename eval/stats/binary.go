package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Fourfold counts pairs of binary values.
type Fourfold struct {
	Both, OnlyA, OnlyB, Neither int
}

// Cross counts pairs of which A and B are 0 or 1.
func Cross(pairs []Pair) (Fourfold, Why) {
	var f Fourfold
	for _, p := range pairs {
		switch [2]float64{p.A, p.B} {
		case [2]float64{1, 1}:
			f.Both++
		case [2]float64{1, 0}:
			f.OnlyA++
		case [2]float64{0, 1}:
			f.OnlyB++
		case [2]float64{0, 0}:
			f.Neither++
		default:
			return Fourfold{}, NotBinary
		}
	}
	if len(pairs) == 0 {
		return f, NoItems
	}
	return f, ""
}

// N is how many pairs there are.
func (f Fourfold) N() int { return f.Both + f.OnlyA + f.OnlyB + f.Neither }

// McNemar is the exact test (McNemar 1947, Psychometrika 12; Agresti 2013,
// "Categorical Data Analysis", §11.1.4): of the pairs that differ, the number in
// which A alone is 1 is binomial with ½ where nothing is different. The p-value is
// twice the smaller tail. Items have to be independent: for clusters see
// ClusterFlip. The statistic is OnlyA.
func (f Fourfold) McNemar() Test { return f.mcnemar(McNemarExact, 0) }

// McNemarMid is the same with half of the probability of what was seen (Fagerland,
// Lydersen and Laake 2013, BMC Medical Research Methodology 13:91): less
// conservative, and its error rate hardly ever exceeds the nominal one.
func (f Fourfold) McNemarMid() Test { return f.mcnemar(McNemarMid, 1) }

func (f Fourfold) mcnemar(m Method, take float64) Test {
	n := f.OnlyA + f.OnlyB
	switch {
	case f.N() == 0:
		return untested(m, 0, 0, NoItems)
	case n == 0:
		return untested(m, f.N(), f.N(), AllTies)
	}
	chance := distuv.Binomial{N: float64(n), P: 0.5}
	fewer := float64(min(f.OnlyA, f.OnlyB))
	p := 2*chance.CDF(fewer) - take*chance.Prob(fewer)
	return Test{Method: m, Statistic: float64(f.OnlyA), P: min(1, p), N: f.N(), Clusters: f.N()}
}

// RiskDifference is the share of 1 in A less that in B, with Newcombe's interval
// for paired proportions: Wilson's limits of both shares put together, with their
// correlation φ corrected for continuity (Newcombe 1998, Statistics in Medicine
// 17:2635, method 10).
func (f Fourfold) RiskDifference(o Options) Estimate {
	n := float64(f.N())
	if n == 0 {
		return none(Newcombe, 0, 0, NoItems)
	}
	z := distuv.UnitNormal.Quantile((1 + o.level()) / 2)
	p1, p2 := float64(f.Both+f.OnlyA)/n, float64(f.Both+f.OnlyB)/n
	l1, u1 := wilson(p1, n, z)
	l2, u2 := wilson(p2, n, z)
	phi := f.phi()
	side := func(x, y float64) float64 { return math.Sqrt(max(0, x*x-2*phi*x*y+y*y)) }
	d := p1 - p2
	return Estimate{
		Method: Newcombe, Value: d, Level: o.level(), N: f.N(), Clusters: f.N(),
		Low: max(-1, d-side(p1-l1, u2-p2)), High: min(1, d+side(u1-p1, p2-l2)),
	}.checked()
}

// phi is the correlation with the correction of Newcombe's method 10: where it is
// positive, n/2 is taken off, down to 0.
func (f Fourfold) phi() float64 {
	a, b, c, d := float64(f.Both), float64(f.OnlyA), float64(f.OnlyB), float64(f.Neither)
	under := (a + b) * (c + d) * (a + c) * (b + d)
	if under == 0 {
		return 0
	}
	over := a*d - b*c
	if over > 0 {
		over = max(over-(a+b+c+d)/2, 0)
	}
	return over / math.Sqrt(under)
}

// OddsRatio is that of pairs, OnlyA/OnlyB, with the exact interval: Clopper and
// Pearson's of the share of OnlyA among the pairs that differ, as odds (Agresti
// 2013, §11.2.5; Breslow and Day 1980, §5.2).
func (f Fourfold) OddsRatio(o Options) Estimate {
	a, b := float64(f.OnlyA), float64(f.OnlyB)
	switch {
	case f.N() == 0:
		return none(ConditionalOdds, 0, 0, NoItems)
	case a+b == 0:
		return none(ConditionalOdds, f.N(), f.N(), AllTies)
	case a == 0 || b == 0: // 0 or infinite, and so is an end of the interval
		return none(ConditionalOdds, f.N(), f.N(), OneSided)
	}
	tail := (1 - o.level()) / 2
	low, high := mathext.InvRegIncBeta(a, b+1, tail), mathext.InvRegIncBeta(a+1, b, 1-tail)
	return Estimate{
		Method: ConditionalOdds, Value: a / b, Low: low / (1 - low), High: high / (1 - high),
		Level: o.level(), N: f.N(), Clusters: f.N(),
	}.checked()
}
