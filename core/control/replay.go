package control

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
)

// Replay carries out in a run that is replayed what was carried out in it.
type Replay struct {
	Study       *spec.Study
	Environment env.Environment
	// Recorded are the events of kind control of a tick, in order.
	Recorded func(ctx context.Context, tick int64) iter.Seq2[event.Event, error]
}

var _ sim.Director = (*Replay)(nil)

// Direct implements sim.Director. What an order did is worked out anew, but for
// what residents answered: nobody is asked.
func (r *Replay) Direct(ctx context.Context, t env.Tick, w *sim.World) (sim.Direction, error) {
	var now *stage
	for e, err := range r.Recorded(ctx, t.Number) {
		if err != nil {
			return sim.Direction{}, fmt.Errorf("read what was done from outside: %w", err)
		}
		if now == nil {
			now = &stage{study: r.Study, place: r.Environment, tick: t, turn: intervene.NewTurn(w, r.Environment)}
		}
		if err := now.again(ctx, e); err != nil {
			return sim.Direction{}, fmt.Errorf("replay what was done from outside: %w", err)
		}
	}
	if now == nil {
		return sim.Direction{}, nil
	}
	return now.turn.Out, nil
}

func (s *stage) again(ctx context.Context, e event.Event) error {
	var was event.Control
	if err := json.Unmarshal(e.Data, &was); err != nil {
		return err
	}
	var order Order
	if err := json.Unmarshal(was.Order, &order); err != nil {
		return fmt.Errorf("command %d: %w", was.ID, err)
	}
	done := event.Control{ID: was.ID, Who: was.Who, At: was.At, Order: was.Order}
	switch {
	case order.Ask != nil:
		for _, told := range was.Effects {
			done.Effects = append(done.Effects, s.remember(event.ControlID(was.ID), told))
		}
	case order.Effect == nil && order.Visit == nil:
		return fmt.Errorf("command %d is none that changes a run", was.ID)
	default:
		if err := s.perform(ctx, &done, order); err != nil {
			return fmt.Errorf("command %d: %w", was.ID, err)
		}
	}
	s.log(done)
	return nil
}
