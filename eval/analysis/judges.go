package analysis

import (
	"fmt"
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
	if len(ids) > 1 {
		a.agreement(g, m)
	}
	if human, judged := a.table.judges.ids[sample.Human]; judged && m.Pairwise == nil {
		a.people(g, m, human)
	}
}

// agreement is how alike judges judge the same: a reply, or two of them shown in
// an order.
func (a *analyser) agreement(g *group, m *Measure) {
	t := a.table
	rows := slices.DeleteFunc(slices.Clone(g.rows), func(r row) bool { return r.by == 0 || r.missing != 0 })
	t.sort(rows)
	ratings := make([]stats.Rating, len(rows))
	for i, r := range rows {
		unit := fmt.Sprintf("%d %d %d %d %d %t", t.items.rank(r.item), r.repeat, r.turn, t.subjects.rank(r.subject), t.subjects.rank(r.other), r.first)
		cluster := t.clusters.all[r.cluster]
		if cluster == "" {
			cluster = t.items.all[r.item]
		}
		ratings[i] = stats.Rating{Unit: unit, Cluster: cluster, Rater: t.judges.all[r.by], Value: r.value}
	}
	m.Agreement = &Agreement{Scale: stats.Ordinal}
	for _, j := range m.Judges {
		m.Agreement.Raters = append(m.Agreement.Raters, j.Name)
	}
	if m.High-m.Low > 20 || m.Low == m.High {
		m.Agreement.Scale = stats.Interval // marks of a rubric and verdicts are steps; others are measured
	}
	m.Agreement.Alpha = stats.Krippendorff(ratings, m.Agreement.Scale, a.options(a.resamples(len(ratings), effectEffort), "alpha", m.Task, m.Name))
}

// people are what persons gave, and the same with the judges' help.
func (a *analyser) people(g *group, m *Measure, human uint32) {
	if len(m.Judges) < 2 || !slices.ContainsFunc(g.rows, func(r row) bool { return r.by == human }) {
		return
	}
	for _, s := range m.Subjects {
		id := a.table.subjects.ids[s.Name]
		said := a.table.unitsOf(g, id, func(r *row) bool { return r.by == human }).values
		judged := a.table.unitsOf(g, id, func(r *row) bool { return r.by != human && r.by != 0 }).values
		both, un := stats.Match(said, judged)
		if len(both) == 0 {
			continue
		}
		var known []stats.Both
		touched, free := map[string]bool{}, map[string]bool{}
		for _, item := range un.OnlyB {
			free[item] = true
		}
		for _, p := range both {
			known = append(known, stats.Both{ID: p.ID, Cluster: p.Cluster, Human: p.A, Judge: p.B})
			touched[p.Cluster] = p.Cluster != ""
		}
		alone := slices.DeleteFunc(slices.Clone(judged), func(v stats.Value) bool {
			return touched[v.Cluster] || !free[v.ID] // no cluster may be on both sides
		})
		p := stats.PPI(known, alone, a.options(a.resamples(len(judged), effort), "people", m.Task, m.Name, s.Name))
		m.Human = append(m.Human, Human{Subject: s.Name, Classical: p.Classical, Powered: p.Powered, Labelled: len(both)})
	}
}

func (a *analyser) judge(g *group, m *Measure, j *Judge, use which) {
	if m.Pairwise != nil {
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
