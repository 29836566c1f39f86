package control

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
)

// Past is what a run that goes on holds of what came from outside.
type Past struct {
	// Controls are its events of kind control, in order.
	Controls iter.Seq2[event.Event, error]
	// Answers are those that it keeps, to surveys as well.
	Answers iter.Seq2[event.Answer, error]
}

// Desk asks residents: a *probe.Desk whose errors do not end the run.
type Desk interface {
	Inquire(ctx context.Context, t env.Tick, w *sim.World, q probe.Inquiry) ([]event.Answer, error)
	Memories(w *sim.World, q probe.Inquiry, answers []event.Answer) ([]probe.Memory, error)
}

// Options are what a Director is made of.
type Options struct {
	Study       *spec.Study
	Environment env.Environment
	Desk        Desk
	Path        string // of the queue, which may not be there yet
	Past        Past
	// Stop is asked while the run pauses; true ends it there. It may be nil.
	Stop func() bool
	// Wait returns when the queue of a run that pauses is to be looked at again.
	Wait func(ctx context.Context) error
	Log  *slog.Logger
}

// Director carries out what waits in a run's queue, at the start of every tick:
// what changes the run in the order of arrival, each an event; what concerns its
// pace and what residents are asked at once, also while the run pauses.
//
// A command is finished in the queue when the tick that it is part of is
// committed: Committed must be called then. Trouble with the queue never ends the
// run.
type Director struct {
	Options
	queue  *Queue // nil while there is none
	closed bool   // it cannot be used
	begun  bool

	pauseAt  int64
	version  int64          // of the queue when it was looked at last
	seen     map[int64]bool // commands that are finished, or part of a tick
	answered []Command      // whose answers are not part of a tick yet

	mu      sync.Mutex
	flights map[int64]flight // by tick, not committed
	owed    flight           // committed, and not yet noted in the queue
}

// flight is what is to be noted in the queue.
type flight struct {
	finished []Command
	recorded []Command // whose answers the journal has
}

var _ sim.Director = (*Director)(nil)

// New makes the director of a run.
func New(o Options) *Director {
	return &Director{Options: o, pauseAt: Never, seen: map[int64]bool{}, flights: map[int64]flight{}}
}

// Direct implements sim.Director.
func (d *Director) Direct(ctx context.Context, t env.Tick, w *sim.World) (sim.Direction, error) {
	if err := d.begin(ctx); err != nil {
		return sim.Direction{}, err
	}
	commands, err := d.gather(ctx, t, w)
	if err != nil {
		return sim.Direction{}, err
	}
	commands = append(commands, d.answered...)
	if len(commands) == 0 {
		return sim.Direction{}, nil
	}
	d.answered = nil
	slices.SortFunc(commands, func(a, b Command) int { return cmp.Compare(a.ID, b.ID) })
	now := &moment{stage{d.Study, d.Environment, t, intervene.NewTurn(w, d.Environment)}, d, w}
	var landing flight
	for _, c := range commands {
		if err := now.carryOut(ctx, c, &landing); err != nil {
			return sim.Direction{}, fmt.Errorf("command %d: %w", c.ID, err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.flights[t.Number] = landing
	return now.turn.Out, nil
}

// begin gives a platform that was restored its settings back.
func (d *Director) begin(ctx context.Context) error {
	if d.begun {
		return nil
	}
	d.begun = true
	for e, err := range d.Past.Controls {
		if err == nil {
			err = intervene.GiveBack(ctx, d.Environment, e)
		}
		if err != nil {
			return fmt.Errorf("read what was done from outside: %w", err)
		}
	}
	return nil
}

// gather takes what waits. It comes back when the run may go on.
func (d *Director) gather(ctx context.Context, t env.Tick, w *sim.World) ([]Command, error) {
	var found []Command
	for pausing := false; ; {
		more, err := d.look(ctx, t, w)
		found = append(found, more...)
		switch {
		case err != nil:
			return nil, err
		case t.Number < d.pauseAt:
			return found, nil
		case d.Stop != nil && d.Stop():
			return nil, sim.ErrStop
		}
		if !pausing {
			pausing = true
			d.Log.Info("the run pauses", "tick", t.Number)
		}
		if err := d.Wait(ctx); err != nil {
			return nil, err
		}
	}
}

// look looks into the queue, once. It answers and obeys at once, and returns
// what is to be carried out with the tick.
func (d *Director) look(ctx context.Context, t env.Tick, w *sim.World) (found []Command, err error) {
	for _, c := range d.waiting(ctx) {
		if d.seen[c.ID] {
			continue
		}
		switch {
		case c.Order.Effect != nil || c.Order.Visit != nil:
			found = append(found, c)
		case c.Order.Ask != nil:
			err = d.answer(ctx, t, w, c)
		default:
			d.pauseAt = pauseAt(c.Order, t.Number)
			c.State, c.Tick = Done, t.Number
			d.note(ctx, c)
			d.Log.Info("the run is told "+c.Order.Kind(), "tick", t.Number, "by", c.Who, "command", c.ID)
		}
		d.seen[c.ID] = true
		if c.Order.Stop {
			err = sim.ErrStop
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// waiting are the commands that wait, where any changed since the last time.
func (d *Director) waiting(ctx context.Context) []Command {
	if !d.open(ctx) {
		return nil
	}
	version, err := d.queue.Version(ctx)
	if err == nil && version == d.version {
		return nil
	}
	var all []Command
	if err == nil {
		all, err = d.queue.Waiting(ctx)
	}
	if err != nil {
		d.warn(ctx, "the queue cannot be read", err)
		return nil
	}
	d.version = version
	return all
}
