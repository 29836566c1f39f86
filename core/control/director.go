package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"slices"
	"sync"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/core/sqlite"
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

// open opens the queue as soon as it is there, and settles what an earlier
// process did not come to note in it.
func (d *Director) open(ctx context.Context) bool {
	if d.queue != nil || d.closed {
		return d.queue != nil
	}
	if _, err := os.Stat(d.Path); err != nil {
		return false
	}
	q, err := Open(ctx, d.Path)
	if err == nil {
		if err = d.settle(ctx, q); err != nil {
			err = errors.Join(err, q.Close())
		}
	}
	if err != nil {
		d.closed = !sqlite.IsLocked(err) && ctx.Err() == nil
		d.warn(ctx, "nobody can act on the run: its queue cannot be used", err)
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = q
	return true
}

func (d *Director) settle(ctx context.Context, q *Queue) error {
	if err := q.reconcile(ctx, d.Past); err != nil {
		return err
	}
	pace, err := q.Pace(ctx)
	if err != nil {
		return err
	}
	d.pauseAt, d.version = pace.PauseAt, -1
	if pace.By.Order.Pause {
		d.Log.Warn("the run was told to pause before it was stopped, and pauses still: tell it to resume", "by", pace.By.Who, "command", pace.By.ID)
	}
	if d.answered, err = q.unrecorded(ctx); err != nil {
		return err
	}
	return nil
}

func (d *Director) warn(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		d.Log.Warn(what, "error", err)
	}
}

// note notes in the queue that a command is finished.
func (d *Director) note(ctx context.Context, c Command) {
	d.mu.Lock()
	d.owed.finished = append(d.owed.finished, c)
	d.mu.Unlock()
	d.pay(ctx)
}

// pay notes in the queue what was not noted yet. What fails is tried again with
// the next commit.
func (d *Director) pay(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.queue == nil || len(d.owed.finished)+len(d.owed.recorded) == 0 {
		return
	}
	err := d.queue.note(context.WithoutCancel(ctx), d.owed)
	if err != nil {
		d.Log.Warn("what became of commands cannot be noted in the queue", "error", err)
		return
	}
	d.owed = flight{}
}

// Committed notes that a tick is committed. It may be called from any goroutine.
func (d *Director) Committed(ctx context.Context, tick int64) {
	d.mu.Lock()
	landed, any := d.flights[tick]
	delete(d.flights, tick)
	d.owed.finished = append(d.owed.finished, landed.finished...)
	d.owed.recorded = append(d.owed.recorded, landed.recorded...)
	d.mu.Unlock()
	if any {
		d.pay(ctx)
	}
}

// Close closes the queue, after the last commit.
func (d *Director) Close(ctx context.Context) error {
	d.pay(ctx)
	if d.queue == nil {
		return nil
	}
	return d.queue.Close()
}
