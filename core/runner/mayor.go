package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/plugins/sdk"
)

// slotMayor holds the records of the mayor.
const slotMayor = "mayor"

// mayor is the director of a town: it asks the mayor plugin when a decision is
// due, and carries it out.
type mayor struct {
	place  env.Governed
	decide func() sdk.Mayor // asked when the run has begun
}

var _ sim.Director = (*mayor)(nil)

// Direct implements sim.Director. A reply that stayed bad is a decision that
// was refused: the town goes on without.
func (m *mayor) Direct(ctx context.Context, t env.Tick, _ *sim.World) (sim.Direction, error) {
	var out sim.Direction
	req, due := m.place.Govern(t)
	if !due {
		return out, nil
	}
	decision, err := m.decide().Decide(ctx, req)
	if domain, ok := errors.AsType[*sdk.Error](err); ok && domain.Kind == sdk.ErrModel {
		out.Events = append(out.Events, event.New(t.Number, sdk.MayorAgent, event.KindDecree, event.Decree{Detail: domain.Error()}))
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("the mayor decides: %w", err)
	}
	decree := event.Decree{Action: decision.Action, OK: true, Thought: decision.Thought}
	done, err := m.place.Decree(t, decision.Action)
	if refusal, ok := errors.AsType[*env.Refusal](err); ok {
		decree.OK, decree.Detail = false, refusal.Why
	} else if err != nil {
		return out, fmt.Errorf("carry out the mayor's decision: %w", err)
	} else {
		decree.Detail = done.Detail
	}
	out.Events = append([]event.Event{event.New(t.Number, sdk.MayorAgent, event.KindDecree, decree)}, done.Events...)
	out.Newcomers = done.Newcomers
	if len(decision.Changes) > 0 {
		out.Records = []event.PluginChanges{{Plugin: slotMayor, Changes: decision.Changes}}
	}
	return out, nil
}
