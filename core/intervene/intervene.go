// Package intervene lets a study change a run: it looks at the conditions of
// interventions before every tick and carries out the effects of those that are
// met.
package intervene

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Measure measures a run so far with a metric plugin.
type Measure func(ctx context.Context, c spec.MetricCondition, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error)

// Options are what a Director is made of.
type Options struct {
	Study   *spec.Study
	Judge   *probe.Judge
	Measure Measure
	// Run is what metrics are told of the run, but for its ticks and agents.
	Run         sdk.Run
	Environment env.Environment
	Log         *slog.Logger
}

// Director carries out the interventions of a study.
type Director struct {
	Options
	all   []*intervention
	ready bool
}

var _ sim.Director = (*Director)(nil)

// New makes the director of a study.
func New(o Options) *Director {
	d := &Director{Options: o}
	for i := range o.Study.Interventions {
		d.all = append(d.all, &intervention{Intervention: &o.Study.Interventions[i], last: -1})
	}
	return d
}

// intervention is one with what became of it so far.
type intervention struct {
	*spec.Intervention
	times  int   // that it acted
	last   int64 // tick in which it did, -1 if never
	counts tally // of a query
}

// Direct implements sim.Director.
func (d *Director) Direct(ctx context.Context, t env.Tick, w *sim.World) (sim.Direction, error) {
	if err := d.catchUp(ctx, t, w); err != nil {
		return sim.Direction{}, err
	}
	now := NewTurn(w, d.Environment)
	for _, v := range d.all {
		why, err := d.met(ctx, t, w, v)
		if err != nil {
			return now.Out, fmt.Errorf("intervention %s: %w", v.ID, err)
		}
		if why == "" {
			continue
		}
		v.times, v.last = v.times+1, t.Number
		if err := v.act(ctx, t, now, why); err != nil {
			return now.Out, fmt.Errorf("intervention %s: %w", v.ID, err)
		}
	}
	return now.Out, nil
}

// catchUp reads in a run that goes on what interventions did before.
func (d *Director) catchUp(ctx context.Context, t env.Tick, w *sim.World) error {
	if d.ready {
		return nil
	}
	d.ready = true
	if t.Number == 0 {
		return nil
	}
	for e, err := range w.Events(ctx, 0) {
		if err == nil {
			err = d.again(ctx, e)
		}
		if err != nil {
			return fmt.Errorf("read past interventions: %w", err)
		}
	}
	return nil
}

// again takes note of what an intervention did, and gives the platform its
// settings back, which are no part of its state. Those that people changed from
// outside come in between.
func (d *Director) again(ctx context.Context, e event.Event) error {
	if e.Kind == event.KindControl {
		return GiveBack(ctx, d.Environment, e)
	}
	if e.Kind != event.KindIntervention {
		return nil
	}
	var past event.Intervention
	if err := json.Unmarshal(e.Data, &past); err != nil {
		return err
	}
	for _, v := range d.all {
		if v.ID != past.ID {
			continue
		}
		v.times, v.last = v.times+1, e.Tick
		for _, effect := range v.Do {
			if effect.Feed == nil {
				continue
			}
			if err := adjust(ctx, d.Environment, env.Adjustment{Feed: effect.Feed}); err != nil {
				return err
			}
		}
	}
	return nil
}

// GiveBack gives a restored platform the settings back that a past event of kind
// control changed.
func GiveBack(ctx context.Context, place env.Environment, e event.Event) error {
	var past event.Control
	if err := json.Unmarshal(e.Data, &past); err != nil {
		return err
	}
	var order struct {
		Effect spec.Effect `json:"effect"`
	}
	if err := json.Unmarshal(past.Order, &order); err != nil {
		return fmt.Errorf("command %d: %w", past.ID, err)
	}
	if order.Effect.Feed == nil || past.Refused != "" {
		return nil
	}
	return adjust(ctx, place, env.Adjustment{Feed: order.Effect.Feed})
}

// met says why an intervention acts now; empty: it does not.
func (d *Director) met(ctx context.Context, t env.Tick, w *sim.World, v *intervention) (string, error) {
	rest := int64(v.Cooldown / d.Study.Clock.Step)
	switch {
	case v.Times > 0 && v.times >= v.Times, t.Number%int64(v.Check) != 0, v.last >= 0 && t.Number-v.last < rest:
		return "", nil
	}
	when := v.When
	switch {
	case when.At != nil:
		return yes(!t.Time.Before(*when.At), "the time has come"), nil
	case when.Tick != nil:
		return yes(t.Number >= *when.Tick, "the tick has come"), nil
	case when.Every > 0:
		return yes(t.Number%int64(when.Every/d.Study.Clock.Step) == 0, "it is time again"), nil
	case when.Query != nil:
		return d.counted(ctx, t, w, v)
	case when.Metric != nil:
		return d.measured(ctx, t, w, *when.Metric)
	default:
		return d.judged(ctx, t, w, v.ID, *when.Proposition)
	}
}

func yes(is bool, why string) string {
	if is {
		return why
	}
	return ""
}
