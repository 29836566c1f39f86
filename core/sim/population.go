package sim

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/llm-city/gorod/core/agent"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// resident is the keeper of one agent: its state between ticks, and its
// situation in this one.
type resident struct {
	spec.Resident
	state     event.AgentState
	situation atomic.Pointer[sdk.PlanRequest]
	model     atomic.Pointer[string] // entry of models; plugins may ask at any time
	span      atomic.Pointer[Span]   // the phase it is in; nil where nobody traces
}

func newResident(r spec.Resident) *resident {
	a := &resident{Resident: r, state: event.AgentState{ID: r.ID, Goals: r.Goals, Mood: agent.Baseline(r.Persona)}}
	a.think(r.Model)
	return a
}

func (a *resident) think(model string) { a.model.Store(&model) }

// restore gives the resident the state that a run committed.
func (a *resident) restore(state event.AgentState) {
	a.state = state
	if state.Model != "" {
		a.think(state.Model)
	}
}

// population is all residents of a moment. It is not changed: when somebody
// comes, there is a new one, so that plugins may ask about residents at any
// time.
type population struct {
	agents []*resident
	index  map[string]int
}

// with is the population after newcomers have come.
func (p *population) with(newcomers []spec.Resident) (*population, error) {
	out := &population{agents: slices.Clone(p.agents), index: make(map[string]int, len(p.agents)+len(newcomers))}
	for id, i := range p.index {
		out.index[id] = i
	}
	for _, r := range newcomers {
		if _, taken := out.index[r.ID]; taken {
			return nil, fmt.Errorf("two residents share the id %s", r.ID)
		}
		out.index[r.ID] = len(out.agents)
		out.agents = append(out.agents, newResident(r))
	}
	return out, nil
}

func (p *population) find(id string) (*resident, bool) {
	i, ok := p.index[id]
	if !ok {
		return nil, false
	}
	return p.agents[i], true
}
