package journal

import (
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Roster gives the residents of a run small numbers, in their order.
type Roster struct {
	agents []sdk.Agent
	at     map[string]int
}

// NewRoster makes the roster of a run.
func NewRoster(agents []sdk.Agent) *Roster {
	r := &Roster{agents, make(map[string]int, len(agents))}
	for i, a := range agents {
		r.at[a.ID] = i
	}
	return r
}

// Len is how many residents there are.
func (r *Roster) Len() int { return len(r.agents) }

// Find is a resident's number, or -1.
func (r *Roster) Find(id string) int {
	if i, ok := r.at[id]; ok {
		return i
	}
	return -1
}

// ID is the id of resident i.
func (r *Roster) ID(i int) string { return r.agents[i].ID }

// Agent is resident i at the start of the run.
func (r *Roster) Agent(i int) *sdk.Agent { return &r.agents[i] }

// Groups are the names of the population's groups, sorted, and the index into
// them of each resident.
func (r *Roster) Groups() (names []string, of []int) {
	set := map[string]bool{}
	for i := range r.agents {
		set[r.agents[i].Group] = true
	}
	names = slices.Sorted(maps.Keys(set))
	for i := range r.agents {
		at, _ := slices.BinarySearch(names, r.agents[i].Group)
		of = append(of, at)
	}
	return names, of
}
