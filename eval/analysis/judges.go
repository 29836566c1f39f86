package analysis

import (
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
)

// judges are those who judged a measure, each with what it gave.
func (a *analyser) judges(g *group, m *Measure) {
	seen := map[uint32]*Judge{}
	var ids []uint32
	for i := range g.rows {
		r := &g.rows[i]
		if r.by == 0 {
			continue
		}
		j := seen[r.by]
		if j == nil {
			j = &Judge{Name: a.table.judges.all[r.by]}
			seen[r.by] = j
			ids = append(ids, r.by)
		}
		if r.missing != 0 {
			j.Missing++
		} else {
			j.Verdicts++
		}
	}
	slices.SortFunc(ids, func(x, y uint32) int { return strings.Compare(a.table.judges.all[x], a.table.judges.all[y]) })
	for _, id := range ids {
		a.judge(g, m, seen[id], func(r *row) bool { return r.by == id })
		m.Judges = append(m.Judges, *seen[id])
	}
	a.agreements(g, m)
	a.people(g, m)
}

func (a *analyser) judge(g *group, m *Measure, j *Judge, use which) {
	// Of people, each sees one order, and two of them differ for other reasons.
	if _, person := sample.Annotated(j.Name); m.Pairwise != nil && !person {
		verdicts := a.verdicts(g, use)
		f := stats.OrderFlips(verdicts, a.options(a.resamples(len(verdicts), effectEffort), "flips", m.Task, m.Name, j.Name))
		j.Flips = &f
	}
	for _, s := range m.Subjects {
		id := a.table.subjects.ids[s.Name]
		u := a.table.unitsOf(g, id, use)
		if m.Pairwise != nil {
			u = a.wins(g, use, id, 0)
		}
		at := &Subject{values: u.values}
		a.estimate(&m.Measure, at, m.Task, m.Name, s.Name, "by "+j.Name)
		j.Means = append(j.Means, JudgeMean{s.Name, at.Value})
	}
}
