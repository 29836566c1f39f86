package analysis

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/eval/stats"
)

// pairwiseEffort bounds the resamples of strengths: fits times verdicts.
const pairwiseEffort = 10_000_000

// pairwise is what verdicts on pairs tell: strengths, the effect of the order and
// of the length, and shares of wins.
func (a *analyser) pairwise(g *group, m *Measure) {
	use := a.table.judged(g)
	verdicts := a.verdicts(g, use)
	long := slices.ContainsFunc(verdicts, func(v stats.Verdict) bool { return v.Length != 0 })
	p := m.Pairwise // others look at whether it is there
	p.Resample = min(a.in.Suite.Analysis.Resamples, max(FewestResamples, pairwiseEffort/max(len(verdicts), 1)))
	p.Tournament = stats.Rank(verdicts, long, a.options(p.Resample, "rank", m.Task, m.Name))
}

func (a *analyser) verdicts(g *group, use which) []stats.Verdict {
	t := a.table
	var rows []row
	for i := range g.rows {
		if r := &g.rows[i]; r.other != 0 && r.missing == 0 && use(r) {
			rows = append(rows, *r)
		}
	}
	t.sort(rows)
	out := make([]stats.Verdict, 0, len(rows))
	for _, r := range rows {
		cluster := t.clusters.all[r.cluster]
		if cluster == "" {
			cluster = t.items.all[r.item]
		}
		first := -1
		if r.first {
			first = 1
		}
		out = append(out, stats.Verdict{
			Item: t.items.all[r.item], Cluster: cluster, Trial: fmt.Sprintf("%d %d", r.repeat, r.turn), A: t.subjects.all[r.subject], B: t.subjects.all[r.other],
			Score: r.value, First: first, Length: float64(r.length),
		})
	}
	return out
}

// wins are a subject's shares of wins by item, a tie counting half: against all
// others, or against one. Both sides of a verdict see it.
func (a *analyser) wins(g *group, use which, subject, against uint32) units {
	var rows []row
	for i := range g.rows {
		r := g.rows[i]
		if !use(&r) || r.other == 0 {
			continue
		}
		switch {
		case r.subject == subject && (against == 0 || r.other == against):
		case r.other == subject && (against == 0 || r.subject == against):
			r.subject, r.other = r.other, r.subject
			if r.missing == 0 {
				r.value = 1 - r.value
			}
		default:
			continue
		}
		rows = append(rows, r)
	}
	return a.table.byItem(rows)
}
