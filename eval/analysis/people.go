package analysis

import (
	"slices"

	"github.com/llm-city/gorod/eval/stats"
)

// people are what persons gave, and the same with the judges' help: of each
// subject, and of each two where pairs were judged.
func (a *analyser) people(g *group, m *Measure) {
	t := a.table
	said := func(r *row) bool { return t.human(r) }
	judged := func(r *row) bool { return r.by != 0 && !t.human(r) }
	if !slices.ContainsFunc(g.rows, func(r row) bool { return said(&r) }) || !slices.ContainsFunc(g.rows, func(r row) bool { return judged(&r) }) {
		return
	}
	for _, s := range m.Subjects {
		id := t.subjects.ids[s.Name]
		if m.Pairwise == nil {
			a.person(m, Human{Subject: s.Name}, t.unitsOf(g, id, said).values, t.unitsOf(g, id, judged).values)
		} else {
			a.person(m, Human{Subject: s.Name}, a.wins(g, said, id, 0).values, a.wins(g, judged, id, 0).values)
		}
	}
	if m.Pairwise == nil {
		return
	}
	for i, s := range m.Subjects {
		for _, other := range m.Subjects[i+1:] {
			x, y := t.subjects.ids[s.Name], t.subjects.ids[other.Name]
			a.person(m, Human{Subject: s.Name, Against: other.Name}, a.wins(g, said, x, y).values, a.wins(g, judged, x, y).values)
		}
	}
}

// person adds an estimate of what people would say, where they said anything
// about an item that judges saw.
func (a *analyser) person(m *Measure, h Human, said, judged []stats.Value) {
	both, un := stats.Match(said, judged)
	if len(both) == 0 {
		return
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
	p := stats.PPI(known, alone, stats.Options{Level: a.level})
	by := &Subject{values: judged}
	a.estimate(&m.Measure, by, m.Task, m.Name, h.Subject, h.Against, "by judges")
	h.Judged, h.Classical, h.Powered, h.Labelled = by.Value, a.within(m, p.Classical), a.within(m, p.Powered), len(both)
	m.Human = append(m.Human, h)
}

// within keeps an interval within the bounds of its measure.
func (*analyser) within(m *Measure, e stats.Estimate) stats.Estimate {
	if e.Why == "" && e.Open == "" && m.Low < m.High {
		e.Low, e.High = max(e.Low, m.Low), min(e.High, m.High)
	}
	return e
}
