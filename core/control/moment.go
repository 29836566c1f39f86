package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// moment is the start of a tick, at which commands are carried out. Each sees
// what those before it did.
type moment struct {
	stage
	*Director
	world *sim.World
}

// stage is where commands are carried out: what depends on the study and the run
// alone, so that a replay does the same.
type stage struct {
	study *spec.Study
	place env.Environment
	tick  env.Tick
	turn  *intervene.Turn
}

// carryOut makes a command part of the tick.
func (m *moment) carryOut(ctx context.Context, c Command, landing *flight) error {
	c.Tick = m.tick.Number
	if c.Order.Ask != nil {
		landing.recorded = append(landing.recorded, c)
		return m.keep(c)
	}
	done, err := recorded(c)
	if err != nil {
		return err
	}
	if err := m.perform(ctx, &done, c.Order); err != nil {
		return err
	}
	m.log(done)
	c.State, c.Why = Done, done.Refused
	if c.Why != "" {
		c.State = Refused
	}
	landing.finished = append(landing.finished, c)
	return nil
}

// recorded is a command as the journal keeps it.
func recorded(c Command) (event.Control, error) {
	order, err := json.Marshal(c.Order)
	if err != nil {
		return event.Control{}, fmt.Errorf("write down the order: %w", err)
	}
	return event.Control{ID: c.ID, Who: c.Who, At: c.At.UTC().Format(time.RFC3339Nano), Order: order}, nil
}

func (s *stage) log(done event.Control) {
	s.turn.Out.Events = append(s.turn.Out.Events, event.New(s.tick.Number, "", event.KindControl, done))
}

// perform does what an order changes in the run.
func (s *stage) perform(ctx context.Context, done *event.Control, o Order) (err error) {
	if o.Visit != nil {
		err = s.visit(ctx, done, *o.Visit)
	} else {
		err = s.effect(ctx, done, *o.Effect)
	}
	if refusal, ok := errors.AsType[*env.Refusal](err); ok {
		done.Refused, err = refusal.Why, nil
	}
	return err
}

func refuse(format string, args ...any) error { return &env.Refusal{Why: fmt.Sprintf(format, args...)} }

func (s *stage) visit(ctx context.Context, done *event.Control, v social.Visit) error {
	place, ok := s.place.(env.Visited)
	if !ok {
		return refuse("this run has no network that people could visit")
	}
	result, err := place.Visit(ctx, s.tick, v)
	if err != nil {
		return err
	}
	done.Action = &result.Event
	return nil
}

func (s *stage) effect(ctx context.Context, done *event.Control, e spec.Effect) error {
	id := event.ControlID(done.ID)
	if err := s.possible(e, id); err != nil {
		return err
	}
	effect, err := s.turn.Do(ctx, e, id)
	if errors.Is(err, intervene.ErrNotAdjustable) {
		return refuse("%v", err)
	}
	if err != nil {
		return err
	}
	done.Effects = []event.Effect{effect}
	return nil
}
