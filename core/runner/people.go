package runner

import (
	"context"
	"iter"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
)

// queuePoll is how often the queue of a run that pauses is looked at.
const queuePoll = 200 * time.Millisecond

// people is the director that carries out what people ask of the run, or in a
// replay what they asked.
func (r *run) people(ctx context.Context, s *session) (sim.Director, error) {
	if s.replay != nil {
		return &control.Replay{Study: r.study, Environment: r.place, Recorded: func(ctx context.Context, tick int64) iter.Seq2[event.Event, error] {
			return s.replay.Events(ctx, journal.Filter{From: tick, To: tick + 1, Kinds: []event.Kind{event.KindControl}})
		}}, nil
	}
	desk, err := r.desk()
	if err != nil {
		return nil, err
	}
	r.control = control.New(control.Options{
		Study: r.study, Environment: r.place, Desk: &guestDesk{desk, r.services}, Path: r.queuePath(), Past: pastOf(ctx, s.journal), Stop: r.opts.Stop, Log: r.log,
		Wait: func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(queuePoll):
				return nil
			}
		},
	})
	return r.control, nil
}

// guestDesk asks residents for people from outside, whose questions never end
// the run.
type guestDesk struct {
	*probe.Desk
	services *services
}

// Inquire implements control.Desk. A tick begins: nobody else asks models.
func (d *guestDesk) Inquire(ctx context.Context, t env.Tick, w *sim.World, q probe.Inquiry) ([]event.Answer, error) {
	d.services.guests.Store(true)
	defer d.services.guests.Store(false)
	return d.Desk.Inquire(ctx, t, w, q)
}

func (r *run) queuePath() string { return filepath.Join(r.planned.Dir, ControlFile) }

// pastOf is what a journal holds of what came from outside.
func pastOf(ctx context.Context, book *journal.Journal) control.Past {
	return control.Past{
		Controls: book.Events(ctx, journal.Filter{Kinds: []event.Kind{event.KindControl}}), Answers: book.Answers(ctx),
	}
}

func (r *run) committed(ctx context.Context, tick int64) {
	r.control.Committed(ctx, tick)
	if r.bridge != nil {
		r.bridge.Committed()
	}
}

// letGo lets go of the queue of a run that has ended.
func (r *run) letGo(ctx context.Context) {
	if r.control == nil {
		return
	}
	if err := r.control.Close(ctx); err != nil {
		r.log.Warn("the queue did not close well", "error", err)
	}
}

// reconcile notes in the queue of a run that is over what was carried out.
func (r *run) reconcile(ctx context.Context, book *journal.Journal) {
	if err := control.Reconcile(ctx, r.queuePath(), pastOf(ctx, book)); err != nil {
		r.log.Warn("what became of commands cannot be noted in the queue", "error", err)
	}
}
