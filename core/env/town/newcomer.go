package town

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/spec"
)

// Newcomers implements env.Governed.
func (e *Environment) Newcomers() []spec.Resident { return slices.Clone(e.population[e.founders:]) }

// direct lets the directory of people know everybody.
func (e *Environment) direct() { e.people = people.New(e.population) }

// nextID is the id of the next newcomer: they are numbered on after the
// residents of the study.
func (e *Environment) nextID() string {
	for n := len(e.population) + 1; ; n++ {
		if id := fmt.Sprintf("a%0*d", e.idWidth(), n); e.people.Index(id) < 0 {
			return id
		}
	}
}

func (e *Environment) idWidth() int {
	if e.founders == 0 {
		return 4
	}
	return max(1, len(e.population[0].ID)-1)
}
