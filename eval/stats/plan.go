package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Plan is what an evaluation has to reach before it is run.
type Plan struct {
	Alpha       float64 // error rate of the family
	Comparisons int     // of the family; Holm's first step leaves Alpha/Comparisons to each
	Power       float64 // that an effect is found if it is there
	// ClusterSize and ICC are the items to a cluster and how alike differences
	// within one are: n items are worth n/(1 + (ClusterSize − 1)·ICC) (Kish 1965,
	// "Survey Sampling", §5.4). Zeros: independent items.
	ClusterSize, ICC float64
}

// mostItems is where a search for a number of items gives up.
const mostItems = 10_000_000

func (p Plan) check() Why {
	if !(p.Alpha > 0 && p.Alpha < 1 && p.Power > 0 && p.Power < 1) || p.Comparisons < 0 ||
		p.ClusterSize < 0 || p.ICC < 0 || p.ICC > 1 || !finite(p.ClusterSize, p.ICC) {
		return OutOfRange
	}
	return ""
}

func (p Plan) alpha() float64 { return p.Alpha / float64(max(1, p.Comparisons)) }

// effective is what n items are worth.
func (p Plan) effective(n int) float64 {
	return float64(n) / (1 + (max(1, p.ClusterSize)-1)*p.ICC)
}

// MeanPower is the probability that a two-sided paired t-test of n items finds a
// mean difference of dz standard deviations: of the noncentral t with dz√n (Cohen
// 1988, §2.3.5), n being the effective number, and one degree of freedom less than
// there are clusters.
func (p Plan) MeanPower(n int, dz float64) float64 {
	freedom := float64(n)/max(1, p.ClusterSize) - 1
	if freedom <= 0 || p.check() != "" || !p.enough(n) {
		return 0
	}
	critical := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(1 - p.alpha()/2)
	shifted := distuv.NoncentralT{Nu: freedom, Mu: math.Abs(dz) * math.Sqrt(p.effective(n))}
	power := 1 - shifted.CDF(critical) + shifted.CDF(-critical)
	if !finite(power) {
		return 0
	}
	return min(1, max(0, power))
}

// enough says that exact tests by signs, which are those of items and clusters, can
// come out at all: k of them have no p-value below 2^(1−k).
func (p Plan) enough(n int) bool {
	return math.Pow(2, 1-math.Floor(float64(n)/max(1, p.ClusterSize)+1e-9)) <= p.alpha()
}

// DetectableMean is the smallest mean difference that n items find, where
// differences have the standard deviation sd.
func (p Plan) DetectableMean(n int, sd float64) (float64, Why) {
	if why := p.check(); why != "" || !(sd > 0) || !finite(sd) {
		return 0, OutOfRange
	}
	dz, ok := smallest(10, func(dz float64) bool { return p.MeanPower(n, dz) >= p.Power })
	if !ok {
		return 0, Unreachable
	}
	return dz * sd, ""
}

// ItemsForMean is how many items find a mean difference of delta.
func (p Plan) ItemsForMean(delta, sd float64) (int, Why) {
	if why := p.check(); why != "" || delta == 0 || !(sd > 0) || !finite(delta, sd) {
		return 0, OutOfRange
	}
	return fewest(func(n int) bool { return p.MeanPower(n, delta/sd) >= p.Power })
}

// SharePower is the probability that McNemar's exact test of n items finds a
// difference of shares delta, where a share discordant of the items differs
// between the two subjects: the mean, over the binomial number of those, of the
// power of the binomial test (Duffy 1984, Psychometrika 49:575). Where more than
// 5,000 differ, it is that of Connor 1987 (Biometrics 43:207).
func (p Plan) SharePower(n int, delta, discordant float64) float64 {
	delta = math.Abs(delta)
	if p.check() != "" || !(delta <= discordant && discordant <= 1) || discordant == 0 || n < 1 || !p.enough(n) {
		return 0
	}
	items := p.effective(n)
	if items*discordant > 5000 {
		z := distuv.UnitNormal.Quantile(1 - p.alpha()/2)
		return distuv.UnitNormal.CDF((delta*math.Sqrt(items) - z*math.Sqrt(discordant)) / math.Sqrt(max(discordant-delta*delta, 1e-300)))
	}
	return p.exactShare(max(1, math.Round(items)), (discordant+delta)/(2*discordant), discordant)
}

// exactShare goes over the numbers of items that differ, as far as they matter.
func (p Plan) exactShare(items, lean, discordant float64) float64 {
	differ := distuv.Binomial{N: items, P: discordant}
	reach := 9*math.Sqrt(items*discordant*(1-discordant)) + 1
	from, to := max(1, math.Floor(items*discordant-reach)), min(items, math.Ceil(items*discordant+reach))
	power, critical := 0.0, -1.0 // critical: the largest smaller count that is significant
	for m := from; m <= to; m++ {
		for fair := (distuv.Binomial{N: m, P: 0.5}); critical+1 < m/2 && 2*fair.CDF(critical+1) <= p.alpha(); {
			critical++
		}
		if critical < 0 {
			continue
		}
		here := 1.0
		if discordant < 1 {
			here = differ.Prob(m)
		}
		leaning := distuv.Binomial{N: m, P: lean}
		found := 1.0
		if lean < 1 {
			found = leaning.CDF(critical) + 1 - leaning.CDF(m-critical-1)
		}
		power += here * found
	}
	return min(1, power)
}

// DetectableShare is the smallest difference of shares that n items find.
func (p Plan) DetectableShare(n int, discordant float64) (float64, Why) {
	if why := p.check(); why != "" || !(discordant > 0 && discordant <= 1) {
		return 0, OutOfRange
	}
	delta, ok := smallest(discordant, func(d float64) bool { return p.SharePower(n, d, discordant) >= p.Power })
	if !ok {
		return 0, Unreachable
	}
	return delta, ""
}

// ItemsForShare is how many items find a difference of shares.
func (p Plan) ItemsForShare(delta, discordant float64) (int, Why) {
	if why := p.check(); why != "" || delta == 0 || !(math.Abs(delta) <= discordant && discordant <= 1) {
		return 0, OutOfRange
	}
	return fewest(func(n int) bool { return p.SharePower(n, delta, discordant) >= p.Power })
}

// smallest is where enough begins to hold, up to most.
func smallest(most float64, enough func(float64) bool) (float64, bool) {
	if !enough(most) {
		return 0, false
	}
	low, high := 0.0, most
	for range 50 {
		if middle := (low + high) / 2; enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true
}

// fewest is the number of items at which enough begins to hold.
func fewest(enough func(int) bool) (int, Why) {
	high := 2
	for !enough(high) {
		if high *= 2; high > mostItems {
			return 0, Unreachable
		}
	}
	low := high / 2
	return low + 1 + sort.Search(high-low-1, func(i int) bool { return enough(low + 1 + i) }), ""
}
