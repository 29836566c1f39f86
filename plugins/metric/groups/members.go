package groups

import (
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// maxGroups is how many groups of the network are followed.
const maxGroups = 1024

// members follows who belongs to the groups of the network. The journal does
// not say who did from the start: that shows when they write in the group, or
// leave it.
type members struct {
	names  []string // of the population's groups
	of     []int    // that of each resident
	groups map[string]*membership
	churn  stat.Mean // over groups and windows
}

type membership struct {
	before, now   map[int]bool // residents, when the window began and now
	joins, leaves int
}

func newMembers(roster *journal.Roster) *members {
	m := &members{groups: map[string]*membership{}}
	m.names, m.of = roster.Groups()
	return m
}

func (m *members) action(at journal.At, a *journal.Action) {
	if a.Group == "" {
		return
	}
	g, ok := m.groups[a.Group]
	if !ok {
		if len(m.groups) >= maxGroups {
			return
		}
		g = &membership{before: map[int]bool{}, now: map[int]bool{}}
		m.groups[a.Group] = g
	}
	switch {
	case a.Kind == "create_group" || a.Kind == "join_group":
		g.now[at.Agent] = true
		g.joins++
	case a.Kind == "leave_group":
		if !g.now[at.Agent] {
			g.before[at.Agent] = true
		}
		delete(g.now, at.Agent)
		g.leaves++
	case a.Text != "" && !g.now[at.Agent]:
		g.now[at.Agent], g.before[at.Agent] = true, true
	}
}

// turnover is 1 - |A∩B|/|A∪B|; NaN where both are empty.
func (g *membership) turnover() float64 {
	both := 0
	for who := range g.now {
		if g.before[who] {
			both++
		}
	}
	return 1 - stat.Ratio(both, len(g.now)+len(g.before)-both)
}

// close ends a window.
func (m *members) close(sheet *score.Sheet, last int64) {
	var all stat.Mean
	for _, name := range slices.Sorted(maps.Keys(m.groups)) {
		g := m.groups[name]
		n := len(g.now) + len(g.before)
		if n == 0 {
			continue
		}
		x := g.turnover()
		sheet.Add(sdk.Score{Metric: "group_churn", Group: score.Name(name), Tick: last, Value: x, N: n})
		all.Add(x)
		m.churn.Add(x)
		g.before = maps.Clone(g.now)
	}
	sheet.At("group_churn", "", last, all.Value(), all.N)
}

func (m *members) score(sheet *score.Sheet) {
	sheet.Run("group_churn", m.churn.Value(), m.churn.N)
	joins, leaves := 0, 0
	for _, name := range slices.Sorted(maps.Keys(m.groups)) {
		g, shown := m.groups[name], score.Name(name)
		joins, leaves = joins+g.joins, leaves+g.leaves
		sheet.Group("group_joins", shown, float64(g.joins), g.joins)
		sheet.Group("group_leaves", shown, float64(g.leaves), g.leaves)
		sheet.Group("group_size", shown, float64(len(g.now)), len(g.now))
		m.scoreComposition(sheet, shown, g)
	}
	if len(m.groups) > 0 {
		sheet.Run("group_joins", float64(joins), joins)
		sheet.Run("group_leaves", float64(leaves), leaves)
	}
}

func (m *members) scoreComposition(sheet *score.Sheet, name string, g *membership) {
	if len(g.now) == 0 {
		return
	}
	counts := make([]float64, len(m.names))
	for who := range g.now {
		counts[m.of[who]]++
	}
	for i, population := range m.names {
		sheet.Add(sdk.Score{Metric: "group_composition", Group: name, Item: population, Tick: sdk.NoTick,
			Value: counts[i] / float64(len(g.now)), N: len(g.now)})
	}
	sheet.Group("group_diversity", name, 1-stat.Simpson(counts), len(g.now))
}
