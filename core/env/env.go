// Package env says what a place where residents live must do. Packages below it
// are the places: a social network, a room.
package env

import (
	"context"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Tick is the moment at which an environment is asked.
type Tick struct {
	Number int64 // from 0
	Time   time.Time
	// Rand makes the random stream that (run seed, agent, tick, purpose, index)
	// names; the same names give the same stream.
	Rand func(agent, purpose string, index int) *rand.Rand
}

// Turn is one agent's part in a tick. An agent that does not act still
// perceives: those who listen in a room.
type Turn struct {
	Agent string
	Acts  bool
}

// Environment is a place. Restore, Tell, Turns, Apply, Changes and Done are
// called by one goroutine at a time; Observe and Actions are called for many
// agents at once, for each agent by one goroutine, and between Turns and the
// first Apply of the tick, so that everybody sees the world as it stood at the
// tick's start.
type Environment interface {
	// Restore loads the rows that a run committed, in (kind, id) order. Without
	// it the environment starts fresh, as the study says.
	Restore(rows iter.Seq2[event.Row, error]) error
	// Tell gives agents an event of the study; it is in their next Observation.
	Tell(tick Tick, told event.Told, agents []string)
	// Turns says who of the awake takes part, in agent order.
	Turns(ctx context.Context, tick Tick, awake []string) ([]Turn, error)
	// Observe builds what an agent sees, and the events that record what it was
	// shown.
	Observe(ctx context.Context, tick Tick, agent string) (sdk.Observation, []event.Event, error)
	// Actions says what an agent may do now.
	Actions(agent string) []sdk.ActionSpec
	// Apply carries out an action. A *Refusal says that the action makes no
	// sense here; any other error means that the environment failed.
	Apply(ctx context.Context, tick Tick, agent string, action sdk.Action) (Result, error)
	// Changes returns the rows changed since the last call, in the order of
	// their first change.
	Changes() []event.Row
	// Done reports that nothing will happen any more: everybody left the room.
	Done() bool
}

// Result is what an action did.
type Result struct {
	Event event.Action // without its sentiment
	// Detail is told to the agent as the action's outcome: what a search found.
	Detail string
	// Plan is set where the action changed the agent's own plan.
	Plan *sdk.Plan
}

// Refusal says why an action was not carried out, in words for the agent.
type Refusal struct{ Why string }

// Error implements error.
func (r *Refusal) Error() string { return r.Why }
