package spec

import (
	"fmt"
	"slices"
)

// Audience says whom something concerns: everybody, a group of the population,
// or residents by name.
type Audience struct {
	To     string   `json:"to,omitempty" yaml:"to,omitempty" enum:"all" doc:"everybody (the default)"`
	Group  string   `json:"group,omitempty" yaml:"group,omitempty" doc:"or a group of the population; newcomers are those whom a town's mayor recruits"`
	Agents []string `json:"agents,omitempty" yaml:"agents,omitempty" doc:"or names of residents"`
}

// Has reports whether a resident belongs to the audience.
func (a Audience) Has(r Resident) bool {
	switch {
	case a.Group != "":
		return r.Group == a.Group
	case len(a.Agents) > 0:
		return slices.Contains(a.Agents, r.Persona.Name)
	default:
		return true
	}
}

// say says in words that everybody is meant, so that a study written out again
// keeps an audience that was left empty.
func (a *Audience) say() {
	if a.To == "" && a.Group == "" && len(a.Agents) == 0 {
		a.To = "all"
	}
}

func (c *checker) audience(path string, a Audience) {
	given := 0
	for _, is := range []bool{a.To != "", a.Group != "", len(a.Agents) > 0} {
		if is {
			given++
		}
	}
	if given > 1 {
		c.problem(c.at(path), "whom does it concern?", "give one of to, group and agents", "remove the others")
	}
	if a.Agents != nil && len(a.Agents) == 0 {
		c.problem(c.at(path+".agents"), "an empty list of residents", "it would concern everybody", "remove it, or name residents")
	}
	c.group(path+".group", a.Group)
	for j, name := range a.Agents {
		c.resident(fmt.Sprintf("%s.agents[%d]", path, j), name)
	}
}

// Newcomers is the group of residents whom a town's mayor recruited.
const Newcomers = "newcomers"

// group checks the name of a group of the population, or of a governed town's
// newcomers; empty names none.
func (c *checker) group(path, name string) {
	var known []string
	for _, g := range c.study.Population {
		known = append(known, g.Name)
	}
	if town := c.study.Environment.Town; town != nil && town.Mayor.Plugin.Plugin != "" {
		known = append(known, Newcomers)
	}
	if name != "" && !slices.Contains(known, name) {
		c.problem(c.at(path), fmt.Sprintf("no group %q", name), "the population has no such group", closest(name, known))
	}
}
