package control

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/llm-city/gorod/core/event"
)

// Reconcile notes in the queue at path, where there is one, what a process that
// was killed carried out and did not come to note. No director may be using it.
func Reconcile(ctx context.Context, path string, past Past) error {
	if _, err := os.Stat(path); err != nil {
		return nil //nolint:nilerr // nobody asked anything of the run
	}
	q, err := Open(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(q.reconcile(ctx, past, math.MaxInt64), q.Close())
}

// reconcile finishes commands that the run holds already. A command that the run
// knows by another's number is of a queue that was begun anew: it is refused, and
// the numbers go on behind those that are taken. One that was carried out in the
// tick that comes next, or later, waits again: the run was put back to an older
// copy of it.
func (q *Queue) reconcile(ctx context.Context, past Past, next int64) error {
	if err := q.undo(ctx, next); err != nil {
		return err
	}
	open, err := q.open(ctx)
	if err != nil {
		return err
	}
	var f flight
	last := int64(0)
	for e, err := range past.Controls {
		var was event.Control
		if err == nil {
			err = json.Unmarshal(e.Data, &was)
		}
		if err != nil {
			return fmt.Errorf("read what was done from outside: %w", err)
		}
		last = max(last, was.ID)
		c, ok := open[was.ID]
		if !ok {
			continue
		}
		delete(open, was.ID)
		c.Tick = e.Tick
		f.add(c, was)
	}
	asked, err := f.answers(ctx, q, past, open)
	if err != nil {
		return err
	}
	if err := q.note(ctx, f); err != nil {
		return err
	}
	return q.goOnBehind(ctx, max(last, asked))
}

// undo lets commands wait again that changed a tick from next on, and answers be
// recorded again. The order is kept in which they were given. Of a run that begins
// anew beside an old queue it changes nothing.
func (q *Queue) undo(ctx context.Context, next int64) error {
	if next == 0 {
		return nil
	}
	return q.write(ctx, "write to", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE commands SET state = 'waiting', tick = -1, why = ''
			WHERE state <> 'waiting' AND tick >= ? AND kind IN ('effect', 'visit')`, next)
		if err == nil {
			_, err = tx.ExecContext(ctx, "UPDATE commands SET recorded = 0 WHERE recorded = 1 AND tick >= ?", next)
		}
		return err
	})
}

// open are the commands that are not settled: they wait, or the journal may not
// have the answers to them.
func (q *Queue) open(ctx context.Context) (map[int64]Command, error) {
	waiting, err := q.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	unrecorded, err := q.unrecorded(ctx)
	if err != nil {
		return nil, err
	}
	open := map[int64]Command{}
	for _, c := range append(waiting, unrecorded...) {
		open[c.ID] = c
	}
	return open, nil
}

// add adds what the journal says of a command.
func (f *flight) add(c Command, was event.Control) {
	switch {
	case was.Who != c.Who || was.At != c.At.UTC().Format(time.RFC3339Nano):
		c.State, c.Tick, c.Why = Refused, -1, "the queue was begun anew, and the run knows another command of this number: ask again"
	case c.State != Waiting:
		f.recorded = append(f.recorded, c)
		return
	default:
		c.State, c.Why = Done, was.Refused
		if c.Why != "" {
			c.State = Refused
		}
	}
	f.finished = append(f.finished, c)
}

// answers adds the commands whose answers the journal has, and finds the highest
// number that answers have where the queue has no command yet.
func (f *flight) answers(ctx context.Context, q *Queue, past Past, open map[int64]Command) (last int64, err error) {
	asked := map[string]Command{}
	for id, c := range open {
		if c.State != Waiting {
			asked[event.ControlID(id)] = c
		}
	}
	if any, err := q.query(ctx, "id > 0 LIMIT 1"); err != nil || len(asked) == 0 && len(any) > 0 {
		return 0, err
	}
	for a, err := range past.Answers {
		if err != nil {
			return 0, fmt.Errorf("read what was answered: %w", err)
		}
		if c, ok := asked[a.Survey]; ok {
			delete(asked, a.Survey)
			c.Tick = a.Tick
			f.recorded = append(f.recorded, c)
		}
		if n, ok := event.ControlNumber(a.Survey); ok {
			last = max(last, n)
		}
	}
	return last, nil
}

// goOnBehind lets commands that come have higher numbers.
func (q *Queue) goOnBehind(ctx context.Context, last int64) error {
	return q.write(ctx, "write to", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) SELECT 'commands', 0
			WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'commands')`)
		if err == nil {
			_, err = tx.ExecContext(ctx, "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'commands'", last)
		}
		return err
	})
}
