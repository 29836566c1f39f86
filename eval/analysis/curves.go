package analysis

import (
	"fmt"
	"slices"
)

// maxTurns are shown of a curve.
const maxTurns = 64

// curves are a measure by turn, where there are several turns.
func (a *analyser) curves(g *group, m *Measure) {
	use := a.table.judged(g)
	seen := map[int32]bool{}
	for i := range g.rows {
		if r := &g.rows[i]; r.turn > 0 && r.other == 0 {
			seen[r.turn] = true
		}
	}
	if len(seen) < 2 || len(seen) > maxTurns {
		return
	}
	var turns []int32
	for turn := range seen {
		turns = append(turns, turn)
	}
	slices.Sort(turns)
	for _, s := range m.Subjects {
		c := Curve{Subject: s.Name}
		for _, turn := range turns {
			u := a.table.unitsOf(g, a.table.subjects.ids[s.Name], func(r *row) bool { return r.turn == turn && use(r) })
			at := &Subject{values: u.values}
			a.estimate(&m.Measure, at, m.Task, m.Name, s.Name, fmt.Sprint("turn ", turn))
			if at.Value.Why == "" {
				c.Turns, c.Values = append(c.Turns, turn), append(c.Values, at.Value)
			}
		}
		if len(c.Turns) > 0 {
			m.Curves = append(m.Curves, c)
		}
	}
}
