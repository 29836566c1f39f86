package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sqlite"
)

// TickError says that a commit is not the one that comes next: the run was
// resumed at the wrong tick, or another process writes it too.
type TickError struct{ Got, Want int64 }

// Error implements error.
func (e *TickError) Error() string {
	return fmt.Sprintf("tick %d comes next, not %d: is another process running this run?", e.Want, e.Got)
}

// Commit stores a tick in one transaction, whole or not at all; when it returns
// nil, the tick is on the disk. c.Tick must follow the last one. Nothing of c is
// kept. Errors are of type *sqlite.Error; after one of kind sqlite.Full the
// journal is as it was, and the commit may be tried again once there is room.
//
// A context that has ended is refused; one that ends meanwhile does not stop
// the commit.
func (j *Journal) Commit(ctx context.Context, c event.Commit) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := j.write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sql.Tx) error {
		return j.inserts.commit(ctx, tx, c)
	})
	if err != nil {
		return sqlite.Explain("commit to", j.path, fmt.Errorf("tick %d: %w", c.Tick, err))
	}
	return nil
}

// write runs do in a transaction.
func (j *Journal) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if j.writer == nil {
		return errors.New("the journal is open for reading only")
	}
	tx, err := j.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(ctx, tx); err != nil {
		// A full disk makes SQLite roll back by itself, so that this may fail.
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func (s *inserts) commit(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	var next int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(tick), -1) + 1 FROM ticks").Scan(&next); err != nil {
		return err
	}
	if c.Tick != next {
		return &TickError{c.Tick, next}
	}
	for _, put := range []func(context.Context, *sql.Tx, event.Commit) error{
		s.putEvents, s.putAgents, putNewcomers, s.putRecords, s.putRows, putFindings, putIncidents, putUsage,
	} {
		if err := put(ctx, tx, c); err != nil {
			return err
		}
	}
	_, err := tx.StmtContext(ctx, s.addTick).ExecContext(ctx, c.Tick, c.Time, c.Steps, len(c.Events), c.Done, c.Digest)
	return err
}

func (s *inserts) putEvents(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	b := newBatch(ctx, tx, s.events)
	for i, e := range c.Events {
		if e.Tick != c.Tick || e.Seq != i {
			return fmt.Errorf("event %d of the tick says that it is %d.%d", i, e.Tick, e.Seq)
		}
		if err := b.add(ctx, e.Tick, e.Seq, e.Agent, string(e.Kind), string(e.Data)); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

func (s *inserts) putAgents(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	b := newBatch(ctx, tx, s.agents)
	for _, a := range c.Agents {
		state, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("agent %s: %w", a.ID, err)
		}
		if err := b.add(ctx, a.ID, c.Tick, string(state)); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

func (s *inserts) putRecords(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	b := newBatch(ctx, tx, s.records)
	remove := tx.StmtContext(ctx, s.deleteRecord)
	for _, p := range c.Records {
		for _, r := range p.Changes {
			var err error
			if r.Delete {
				err = b.flush(ctx) // it may hold what is removed
				if err == nil {
					_, err = remove.ExecContext(ctx, p.Plugin, r.Agent, r.Key)
				}
			} else {
				err = b.add(ctx, p.Plugin, r.Agent, r.Key, r.Kind, string(r.JSON), c.Tick)
			}
			if err != nil {
				return err
			}
		}
	}
	return b.flush(ctx)
}

func (s *inserts) putRows(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	b := newBatch(ctx, tx, s.rows)
	remove := tx.StmtContext(ctx, s.deleteRow)
	for _, r := range c.Rows {
		var err error
		if r.JSON == nil {
			err = b.flush(ctx)
			if err == nil {
				_, err = remove.ExecContext(ctx, r.Kind, r.ID)
			}
		} else {
			err = b.add(ctx, r.Kind, r.ID, string(r.JSON), c.Tick)
		}
		if err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

func putNewcomers(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	for _, r := range c.Newcomers {
		_, err := tx.ExecContext(ctx, `INSERT INTO residents (position, id, name, "group", model, persona)
			VALUES ((SELECT count(*) FROM residents), ?, ?, ?, ?, ?)`, r.ID, r.Name, r.Group, r.Model, string(r.Persona))
		if err != nil {
			return fmt.Errorf("resident %s: %w", r.ID, err)
		}
	}
	return nil
}

func putIncidents(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	for _, i := range c.Incidents {
		_, err := tx.ExecContext(ctx, "INSERT INTO incidents (tick, kind, source, detail) VALUES (?, ?, ?, ?)",
			i.Tick, i.Kind, i.Source, i.Detail)
		if err != nil {
			return err
		}
	}
	return nil
}
