package env

import (
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Governed is an environment that a mayor decides about. Its methods are called
// by one goroutine at a time, before Turns.
type Governed interface {
	// Govern is what the mayor sees; false where no decision is due at the tick.
	Govern(tick Tick) (sdk.MayorRequest, bool)
	// Decree carries out a decision. A *Refusal says why it makes no sense, in
	// words for the mayor; any other error means that the environment failed.
	Decree(tick Tick, action sdk.Action) (Decreed, error)
	// Newcomers are the residents who came since the start, in order, also those
	// whom Restore found.
	Newcomers() []spec.Resident
}

// Decreed is what a decision did.
type Decreed struct {
	Detail    string          // what it brought, in words for the mayor
	Events    []event.Event   // of the tick: coins that moved
	Newcomers []spec.Resident // who came by it
}
