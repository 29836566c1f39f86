package spec

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Residents are the agents of a run, in population order. Residents of the same
// persona share it, but for its name.
func (s *Study) Residents() []Resident {
	total := 0
	for _, g := range s.Population {
		total += g.size()
	}
	width := max(4, len(strconv.Itoa(total)))
	out := make([]Resident, 0, total)
	for _, g := range s.Population {
		for j := range g.size() {
			persona := &g.Inline[j%len(g.Inline)]
			if again := j / len(g.Inline); again > 0 {
				named := *persona
				named.Name = fmt.Sprintf("%s %d", persona.Name, again+1)
				persona = &named
			}
			r := Resident{ID: fmt.Sprintf("a%0*d", width, len(out)+1), Persona: persona, Goals: goalsOf(persona, g), Group: g.Name, Model: g.Model}
			if r.Model == "" {
				r.Model = s.Agents.Model
			}
			out = append(out, r)
		}
	}
	return out
}

// goalsOf are a persona's own goals, then those of its group that it does not
// have yet.
func goalsOf(p *sdk.Persona, g Group) []string {
	if len(p.Goals) == 0 {
		return g.Goals
	}
	goals := slices.Clone(p.Goals)
	for _, goal := range g.Goals {
		if !slices.Contains(goals, goal) {
			goals = append(goals, goal)
		}
	}
	return goals
}

func (g Group) size() int {
	if len(g.Inline) == 0 {
		return 0
	}
	if g.Count == 0 {
		return len(g.Inline)
	}
	return g.Count
}
