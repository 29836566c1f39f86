package control

import (
	"context"
	"errors"
	"os"

	"github.com/llm-city/gorod/core/sqlite"
)

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
