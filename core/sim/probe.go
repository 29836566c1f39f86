package sim

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
)

// Probe asks about a run without touching it: surveys, propositions. It is
// asked after the actions of every tick; what it finds is stored with the tick
// and is no part of the run's digest.
type Probe interface {
	Probe(ctx context.Context, t env.Tick, w *World) (event.Findings, error)
}

// probe gathers what all probes find.
func (e *Engine) probe(ctx context.Context, t env.Tick, w *World) (event.Findings, error) {
	var all event.Findings
	for _, p := range e.opts.Probes {
		found, err := p.Probe(ctx, t, w)
		if err != nil {
			return all, fmt.Errorf("probe: %w", err)
		}
		all = all.And(found)
	}
	return all, nil
}
