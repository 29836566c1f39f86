package control

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
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
	queue  *Queue      // nil while there is none
	file   fs.FileInfo // that was opened last; where there is no queue, it cannot be used
	warned string      // of last
	begun  bool

	pauseAt  int64
	version  int64          // of the queue when it was looked at last
	seen     map[int64]bool // commands that are taken, and may wait still in the queue
	found    []Command      // to be part of the tick
	answered []Command      // whose answers are not part of a tick yet

	mu      sync.Mutex
	flights map[int64]flight // by tick, not committed
	owed    flight           // committed, and not yet noted in the queue
	noted   []int64          // commands that wait no more in the queue
	denied  string           // why nothing can be noted, as it was warned of last
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
	if err := d.gather(ctx, t, w); err != nil {
		return sim.Direction{}, err
	}
	commands := d.found
	d.found = nil
	if d.pay(ctx) { // else they might be asked and answered again
		commands, d.answered = append(commands, d.answered...), nil
	}
	if len(commands) == 0 {
		return sim.Direction{}, nil
	}
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
func (d *Director) gather(ctx context.Context, t env.Tick, w *sim.World) error {
	for pausing := false; ; {
		err := d.look(ctx, t, w)
		switch {
		case err != nil:
			return err
		case t.Number < d.pauseAt:
			return nil
		case d.Stop != nil && d.Stop():
			return sim.ErrStop
		}
		if !pausing {
			pausing = true
			d.Log.Info("the run pauses", "tick", t.Number)
		}
		if err := d.Wait(ctx); err != nil {
			return err
		}
	}
}

// look looks into the queue, once. It answers and obeys at once, and finds what
// is to be carried out with the tick.
func (d *Director) look(ctx context.Context, t env.Tick, w *sim.World) (err error) {
	for _, c := range d.waiting(ctx, t.Number) {
		if d.seen[c.ID] {
			continue
		}
		switch {
		case c.Order.Effect != nil || c.Order.Visit != nil:
			if len(d.found) >= maxTaken {
				continue // with a later tick
			}
			d.found = append(d.found, c)
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
			return err
		}
	}
	return nil
}

// maxTaken bounds how many commands are part of one tick. The others are part of
// those after it.
const maxTaken = 2000

// waiting are the commands that wait, where any changed since the last time.
func (d *Director) waiting(ctx context.Context, tick int64) []Command {
	if !d.open(ctx, tick) {
		return nil
	}
	d.pay(ctx)
	d.mu.Lock()
	for _, id := range d.noted { // before the queue is read: then it does not give them
		delete(d.seen, id)
	}
	d.noted = nil
	d.mu.Unlock()
	version, err := d.queue.Version(ctx)
	if err == nil && version == d.version {
		return nil
	}
	var all []Command
	if err == nil {
		all, err = d.queue.taken(ctx, maxTaken+len(d.seen))
	}
	if err != nil {
		d.warn(ctx, "the queue cannot be read", err)
		return nil
	}
	d.version = version
	return all
}
