package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Tournament is what pairwise verdicts say of subjects.
//
// The model is Davidson's (1970, JASA 65:317) of Bradley and Terry (1952) with
// ties, and with the order effect of Davidson and Beaver (1977, Biometrics
// 33:693): a beats b, ties with it and loses to it with odds e^(η/2) : e^τ :
// e^(−η/2), where η = θₐ − θ_b + γ·first + β·length. It is chosen over Rao and
// Kupper's because it is an exponential family: the likelihood is concave, ties
// count as half a win for each side in what is sufficient for θ, and without ties
// it is Bradley and Terry's own.
type Tournament struct {
	Method    Method     `json:"method"`
	Strengths []Strength `json:"strengths"` // the strongest first
	Gaps      []Gap      `json:"gaps"`      // between each two, the stronger first
	First     Estimate   `json:"first"`     // γ: log odds that being shown first adds
	Length    Estimate   `json:"length"`    // β: log odds of one standard deviation more length
	Spread    float64    `json:"spread"`    // that standard deviation
	Ties      Estimate   `json:"ties"`      // τ: log odds of a tie between equals, to either winning
	// Penalised says that somebody won, or lost, all there was, so that no finite
	// strengths are the likeliest: all parameters then have a normal prior with mean
	// 0 and standard deviation 3, and no intervals, which would be those of the prior. Resamples in which that is so have it, too;
	// PenalisedResamples is how many those are.
	Penalised          bool       `json:"penalised"`
	PenalisedResamples int        `json:"penalised_resamples"`
	Resamples          int        `json:"resamples"`
	Verdicts           int        `json:"verdicts"`
	Clusters           int        `json:"clusters"`
	Groups             [][]string `json:"groups,omitempty"` // of subjects, where Why is Disconnected
	Why                Why        `json:"why,omitempty"`
}

// Strength is a subject's place: its log strength, all of which sum up to 0, so
// that e to the difference of two is the odds of one beating the other.
type Strength struct {
	Subject string `json:"subject"`
	Estimate
}

// Gap is how much stronger a subject is than another: e to it is the odds of
// winning. Its interval is narrower than those of the two strengths suggest, and is
// the one to look at for whether they differ.
type Gap struct {
	Stronger string `json:"stronger"`
	Weaker   string `json:"weaker"`
	Estimate
}

// Rank fits the model to verdicts, with intervals of the percentiles of
// o.Resamples resamples of clusters, expanded as Options.Plain says. length asks for the covariate of length.
func Rank(verdicts []Verdict, length bool, o Options) Tournament {
	of, clusters := index(verdicts, verdictCluster)
	t := Tournament{Method: Davidson, Verdicts: len(verdicts), Clusters: clusters, Why: checkVerdicts(verdicts)}
	t.First, t.Length, t.Ties = t.absent(NoOrder), t.absent(NotTested), t.absent(NoTies)
	if t.Why == NoItems || t.Why == OutOfRange || t.Why == NotFinite {
		return t
	}
	if groups := Components(verdicts); len(groups) > 1 {
		t.Why, t.Groups = Disconnected, groups
	}
	if t.Why != "" {
		return t
	}
	g, spread := newGames(verdicts, of, clusters, length)
	t.Spread = spread
	if length && spread == 0 {
		t.Length = t.absent(NoLengths)
	}
	if !g.ties {
		t.Method = BradleyTerry
	}
	fit := t.settle(g)
	theta, penalised, ok := fit.fit(g.counts(), nil)
	if t.Penalised = penalised; !ok {
		t.Why = NotFitted
		return t
	}
	t.resample(g, theta, o)
	return t
}

// settle drops what cannot be told from strengths: order first, then length.
func (t *Tournament) settle(g *games) *fitter {
	fit := newFitter(g)
	if g.first >= 0 && fit.confounded(g.counts()) {
		t.First = t.absent(Confounded)
		g.number(false, g.length >= 0)
		fit = newFitter(g)
	}
	if g.length >= 0 && fit.confounded(g.counts()) {
		t.Length = t.absent(Confounded)
		g.number(g.first >= 0, false)
		fit = newFitter(g)
	}
	return fit
}

func (t *Tournament) absent(why Why) Estimate { return none(t.Method, t.Verdicts, t.Clusters, why) }

// resample fills in the estimates with their intervals.
func (t *Tournament) resample(g *games, theta []float64, o Options) {
	n := o.resamples()
	columns := make([][]float64, len(theta))
	for j := range columns {
		columns[j] = make([]float64, n)
	}
	penalised := make([]bool, n)
	if t.Clusters > 1 {
		inBlocks(n, o.random(), func() func(*rand.PCG, int, int) {
			fit, counts := newFitter(g), make([][3]float64, len(g.cells))
			return func(stream *rand.PCG, from, to int) {
				for r := from; r < to; r++ {
					g.resample(stream, counts)
					drawn, pen, ok := fit.fit(counts, theta)
					penalised[r] = pen
					for j := range columns {
						columns[j][r] = math.NaN()
						if ok {
							columns[j][r] = drawn[j]
						}
					}
				}
			}
		})
		t.Resamples = n
	}
	for _, p := range penalised {
		t.PenalisedResamples += int(indicator(p))
	}
	estimate := func(j int) Estimate { return t.percentile(theta[j], columns[j], o) }
	order := make([]int, len(g.subjects))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(theta[j], theta[i]) })
	for at, i := range order {
		for _, j := range order[at+1:] {
			apart := make([]float64, len(columns[i]))
			for r := range apart {
				apart[r] = columns[i][r] - columns[j][r]
			}
			t.Gaps = append(t.Gaps, Gap{g.subjects[i], g.subjects[j], t.percentile(theta[i]-theta[j], apart, o)})
		}
	}
	for _, i := range order { // last: it puts the columns in order
		t.Strengths = append(t.Strengths, Strength{g.subjects[i], estimate(i)})
	}
	if g.first >= 0 {
		t.First = estimate(g.first)
	}
	if g.length >= 0 {
		t.Length = estimate(g.length)
	}
	if g.tie >= 0 {
		t.Ties = estimate(g.tie)
	}
}

// percentile is an estimate with the interval of its resamples.
func (t *Tournament) percentile(value float64, boot []float64, o Options) Estimate {
	e := Estimate{Method: Percentile, Value: value, N: t.Verdicts, Clusters: t.Clusters}
	if t.Clusters < 2 {
		e.Open = OneCluster
		return e.checked()
	}
	if o.tooFew(t.Clusters) {
		e.Open = FewClusters
		return e.checked()
	}
	if t.Penalised { // resamples have no end either, and would give the width of the prior
		e.Open = Unbounded
		return e.checked()
	}
	asked := len(boot)
	if boot = known(boot); len(boot)*20 < asked*19 {
		e.Open = Unstable
		return e.checked()
	}
	slices.Sort(boot)
	tail := distuv.UnitNormal.CDF(-o.quantile(t.Clusters))
	e.Low, e.High, e.Level = quantile(boot, tail), quantile(boot, 1-tail), o.level()
	if e.High-e.Low <= 1e-9 {
		e.Open = NoVariance
	}
	return e.checked()
}
