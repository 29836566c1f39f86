package analysis

import (
	"github.com/llm-city/gorod/eval/sequential"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/task"
)

// effort bounds resampling where nothing was declared: draws of clusters for one
// number. Declared comparisons have all the resamples of the suite.
const (
	effort       = 8_000_000
	effectEffort = 2_000_000
)

// Resamples that every number has, where nothing was declared and clusters are
// many: effect sizes take longer.
const (
	FewestResamples = 999
	FewestOfEffects = 399
)

// resamples are those for so many clusters.
func (a *analyser) resamples(clusters, draws int) int {
	return max(FewestResamples, min(a.in.Suite.Analysis.Resamples, draws/max(clusters, 1)))
}

func (a *analyser) options(resamples int, purpose ...string) stats.Options {
	return stats.Options{Level: a.level, Resamples: resamples, Rand: stats.Stream(a.in.Suite.Seed, purpose...)}
}

// compare compares two subjects on a measure.
func (a *analyser) compare(c *Comparison, m *task.Measure, x, y *Subject) {
	c.Better = m.Better
	if x.Value.Why == "" && y.Value.Why == "" {
		c.ValueA, c.ValueB, c.Known = x.Value.Value, y.Value.Value, true
	}
	if m.Per == task.PerRun {
		a.runs(c, x.values, y.values)
		return
	}
	pairs, un := stats.Match(x.values, y.values)
	c.OnlyA, c.OnlyB = len(un.OnlyA), len(un.OnlyB)
	c.Paired = true
	a.paired(c, m, pairs)
}

func (a *analyser) purpose(c *Comparison, what string) []string {
	return []string{"compare", c.Task, c.Measure, c.A, c.B, what}
}

// paired compares by item, as stats.Compare does, with as many resamples as the
// comparison is worth.
func (a *analyser) paired(c *Comparison, m *task.Measure, pairs []stats.Pair) {
	groups := clusters(pairs)
	// Items were asked until this was decided: what holds is valid wherever one
	// stops, the interval for all of the family at once.
	if settings := a.in.Suite.Analysis; c.Declared && settings.Sequential {
		c.Difference, c.Test = sequential.Of(a.in.Suite.Seed, c.Task, pairs, m.Low, m.High, settings.Alpha, len(a.in.Suite.Comparisons))
		c.Second = stats.Test{Why: stats.NotTested}
		a.effect(c, pairs, groups)
		return
	}
	c.Resample = a.in.Suite.Analysis.Resamples
	if !c.Declared {
		c.Resample = a.resamples(groups, effort)
	}
	o := a.options(c.Resample, a.purpose(c, "difference")...)
	signs := a.options(c.Resample, a.purpose(c, "signs")...)
	cross, why := stats.Cross(pairs)
	switch independent := groups == len(pairs); {
	case m.Binary && why == "" && independent:
		c.Difference, c.Test, c.Second = cross.RiskDifference(o), cross.McNemar(), cross.McNemarMid()
		c.Effect, c.EffectKind = cross.OddsRatio(o), OddsRatio
		return
	case independent:
		c.Test, c.Second = stats.Wilcoxon(pairs), stats.SignFlip(pairs, signs)
	default:
		c.Test, c.Second = stats.SignFlip(pairs, signs), stats.Test{Why: stats.NotTested}
	}
	c.Difference = stats.MeanDifference(pairs, o)
	if e := &c.Difference; e.Open == "" && m.Low < m.High {
		e.Low, e.High = max(e.Low, m.Low-m.High), min(e.High, m.High-m.Low)
	}
	a.effect(c, pairs, groups)
}

func (a *analyser) effect(c *Comparison, pairs []stats.Pair, groups int) {
	n := a.in.Suite.Analysis.Resamples
	if !c.Declared {
		n = max(FewestOfEffects, min(n, effectEffort/max(groups, 1)))
	}
	o := a.options(n, a.purpose(c, "effect")...)
	c.Effect, c.EffectKind = stats.CohenDz(pairs, o), CohenDz
}

// runs compares runs of two conditions.
func (a *analyser) runs(c *Comparison, x, y []stats.Value) {
	c.Resample = a.in.Suite.Analysis.Resamples
	of := stats.CompareRuns(x, y, a.options(c.Resample, a.purpose(c, "runs")...))
	c.Paired, c.Difference, c.Test, c.Second = of.Paired, of.Difference, of.Test, stats.Test{Why: stats.NotTested}
	if len(of.Also) > 0 {
		c.Second = of.Also[0]
	}
	c.Effect, c.EffectKind = stats.Estimate{Why: stats.NotTested, Open: stats.NotTested}, CohenDz
	for _, e := range of.Effects {
		switch e.Name {
		case stats.EffectDz:
			c.Effect, c.EffectKind = e.Estimate, CohenDz
		case stats.EffectCliff:
			c.Effect, c.EffectKind = e.Estimate, CliffD
		}
	}
}

// clusters counts those of pairs; a pair without one is its own.
func clusters(pairs []stats.Pair) int {
	seen, own := map[string]bool{}, 0
	for _, p := range pairs {
		if p.Cluster == "" {
			own++
		} else {
			seen[p.Cluster] = true
		}
	}
	return own + len(seen)
}

// estimate is the value of a subject with its interval.
func (a *analyser) estimate(m *task.Measure, s *Subject, purpose ...string) {
	n := clustersOf(s.values)
	s.Resample = a.resamples(n, effort)
	o := a.options(s.Resample, append([]string{"value"}, purpose...)...)
	switch {
	case m.Per == task.PerRun:
		zero := make([]stats.Pair, len(s.values))
		for i, v := range s.values {
			zero[i] = stats.Pair{ID: v.ID, Cluster: v.Cluster, A: v.Value}
		}
		s.Value, _ = stats.Student(zero, o)
	case m.Binary && binary(s.values):
		s.Value = stats.Share(s.values, o)
	default:
		s.Value = stats.Mean(s.values, o)
	}
	if s.Value.Why == "" && s.Value.Open == "" && m.Low < m.High {
		s.Value.Low, s.Value.High = max(s.Value.Low, m.Low), min(s.Value.High, m.High)
	}
}

func clustersOf(values []stats.Value) int {
	pairs := make([]stats.Pair, len(values))
	for i, v := range values {
		pairs[i].Cluster = v.Cluster
	}
	return clusters(pairs)
}
