package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// subject is what a score of a metric is about: the whole run, or a group or an
// item of it.
type subject struct{ source, metric, group, item string }

// whole reports whether it is about the whole run.
func (a subject) whole() bool { return a.group == "" && a.item == "" }

// sum adds up numbers for their mean.
type sum struct {
	of float64
	n  int
}

func (m *sum) add(x float64) {
	if !math.IsNaN(x) && !math.IsInf(x, 0) {
		m.of += x
		m.n++
	}
}

func (m sum) mean() float64 { return tally.Ratio(m.of, float64(m.n)) }

// scored are a run's scores of a subject.
type scored struct {
	run    sum
	agents sum   // of residents
	bins   []sum // of ticks
}

// sortScores puts a run's scores in order for tables and charts. Scores of a
// resident at a tick are in the CSV file alone.
func sortScores(scores []event.Score, x axis) map[subject]*scored {
	out := map[subject]*scored{}
	for _, score := range scores {
		about := subject{score.Source, score.Metric, score.Group, score.Item}
		at := out[about]
		if at == nil {
			at = &scored{}
			out[about] = at
		}
		switch {
		case score.Agent == "" && score.Tick < 0:
			at.run.add(score.Value)
		case score.Tick < 0:
			at.agents.add(score.Value)
		case score.Agent == "" && score.Tick < x.ticks:
			if at.bins == nil {
				at.bins = make([]sum, x.bins())
			}
			at.bins[score.Tick/x.width].add(score.Value)
		}
	}
	return out
}

// scoreOf is a subject's score of the run as a whole, or the mean over its
// residents where a metric scores only them; NaN where there is neither.
func scoreOf(about subject) func(*run) float64 {
	return func(r *run) float64 {
		at := r.scored[about]
		switch {
		case at == nil:
			return math.NaN()
		case at.run.n > 0:
			return at.run.mean()
		}
		return at.agents.mean()
	}
}

// subjects of all runs: metrics in the order in which they come up, each whole
// before its parts.
func (s *study) subjects() []subject {
	seen, rank := map[subject]bool{}, map[subject]int{}
	var out []subject
	for _, r := range s.runs {
		for _, score := range r.scores {
			metric := subject{source: score.Source, metric: score.Metric}
			if _, known := rank[metric]; !known {
				rank[metric] = len(rank)
			}
			about := subject{score.Source, score.Metric, score.Group, score.Item}
			if !seen[about] {
				seen[about] = true
				out = append(out, about)
			}
		}
	}
	slices.SortFunc(out, func(a, b subject) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(rank[subject{source: a.source, metric: a.metric}], rank[subject{source: b.source, metric: b.metric}]),
			cmp.Compare(a.group, b.group), cmp.Compare(a.item, b.item))
	})
	return out
}

// ofResidents reports whether there are scores of residents alone.
func (s *study) ofResidents(about subject) bool {
	return !slices.ContainsFunc(s.runs, func(r *run) bool { return r.scored[about] != nil && r.scored[about].run.n > 0 })
}
