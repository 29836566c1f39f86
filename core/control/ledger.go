package control

import (
	"context"
	"errors"
	"os"

	"github.com/llm-city/gorod/core/sqlite"
)

// open opens the queue as soon as it is there, and settles what an earlier
// process did not come to note in it. Where somebody has put another file in its
// place, it opens that one, once nothing is under way that the old one is to be
// told of.
func (d *Director) open(ctx context.Context, tick int64) bool {
	file, err := os.Stat(d.Path)
	if err != nil { // a file that was taken away can be read still
		return d.queue != nil
	}
	if d.file != nil && os.SameFile(file, d.file) && (d.queue != nil || file.ModTime().Equal(d.file.ModTime())) {
		return d.queue != nil
	}
	if d.queue != nil && !d.leave(ctx) {
		return true
	}
	d.file = file
	q, err := open(ctx, &Queue{path: d.Path, pinned: true})
	if err == nil {
		if err = d.settle(ctx, q, tick); err != nil {
			err = errors.Join(err, q.Close())
		}
	}
	if err != nil {
		if sqlite.IsLocked(err) || ctx.Err() != nil {
			d.file = nil // it is tried again
		}
		d.warn(ctx, "nobody can act on the run: its queue cannot be used", err)
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = q
	return true
}

// leave lets go of a queue in whose place is another file, with what it held and
// was no part of the run yet. It is false while a tick with commands of it is
// being committed.
func (d *Director) leave(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.flights) > 0 {
		return false
	}
	d.Log.Warn("the queue of the run was replaced: what waited in the old one is not carried out")
	if err := d.queue.Close(); err != nil {
		d.warn(ctx, "the old queue did not close well", err)
	}
	d.queue, d.owed, d.noted = nil, flight{}, nil
	d.seen, d.found, d.answered = map[int64]bool{}, nil, nil
	return true
}

func (d *Director) settle(ctx context.Context, q *Queue, tick int64) error {
	if err := q.reconcile(ctx, d.Past, tick); err != nil {
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
	d.answered, err = q.unrecorded(ctx)
	return err
}

// warn warns once of what stays wrong: a run that pauses looks often.
func (d *Director) warn(ctx context.Context, what string, err error) {
	if says := what + ": " + err.Error(); ctx.Err() == nil && says != d.warned {
		d.warned = says
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

// pay notes in the queue what was not noted yet, and reports whether all is. What
// fails is tried again when the queue is looked at next.
func (d *Director) pay(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.queue == nil || len(d.owed.finished)+len(d.owed.recorded) == 0 {
		return true
	}
	if err := d.queue.note(context.WithoutCancel(ctx), d.owed); err != nil {
		if says := err.Error(); says != d.denied {
			d.denied = says
			d.Log.Warn("what became of commands cannot be noted in the queue", "error", err)
		}
		return false
	}
	d.denied = ""
	for _, c := range d.owed.finished {
		d.noted = append(d.noted, c.ID)
	}
	d.owed = flight{}
	return true
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
