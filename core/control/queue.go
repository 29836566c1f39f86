package control

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

// What Get and Add refuse.
var (
	ErrNoCommand = errors.New("no such command")
	ErrFull      = errors.New("too many visits wait for the run")
)

// maxWaiting bounds how many commands may wait before visits are refused. What
// an operator orders is always taken.
const maxWaiting = 10_000

// Queue holds what people asked of one run. Several processes may use it at
// once, and its methods may be called from several goroutines.
type Queue struct {
	path   string
	writer *sql.DB // nil when read-only

	mu     sync.Mutex
	reader *sql.DB // nil where there is no file yet
}

// Open opens the queue at path, which is created (mode 0600) when it does not
// exist. The folder must exist.
func Open(ctx context.Context, path string) (*Queue, error) {
	writer, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	q := &Queue{path: path, writer: writer}
	if _, err := q.read(ctx); err != nil {
		return nil, errors.Join(err, q.Close())
	}
	return q, nil
}

// openWriter tries again where another process makes the file just now: SQLite
// does not wait for it.
func openWriter(ctx context.Context, path string) (db *sql.DB, err error) {
	for range 50 {
		db, err = sqlite.Open(ctx, path, options(false))
		if !sqlite.IsLocked(err) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return db, err
}

func options(readOnly bool) sqlite.Options {
	return sqlite.Options{Schema: schema, Version: format, Application: application, ReadOnly: readOnly}
}

// OpenReadOnly opens a queue for reading. A run of which nobody asked anything
// has no file: it is looked for again whenever something is read, and until it
// is there the queue has no commands.
func OpenReadOnly(ctx context.Context, path string) (*Queue, error) {
	q := &Queue{path: path}
	_, err := q.read(ctx)
	return q, err
}

// read is the reader's side, nil while there is no file.
func (q *Queue) read(ctx context.Context) (*sql.DB, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.reader != nil {
		return q.reader, nil
	}
	if _, err := os.Stat(q.path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := sqlite.Open(ctx, q.path, options(true))
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Kind == sqlite.Empty {
		return nil, nil // its maker has not begun
	}
	if err != nil {
		return nil, err
	}
	q.reader = db
	return db, nil
}

// Close closes the file.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	var errs []error
	for _, db := range []*sql.DB{q.reader, q.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", q.path, err)
	}
	return nil
}

// Add puts an order into the queue. An order that nobody could carry out gives a
// *BadOrder. A key that is known already gives the command that has it, whatever
// the order says; an empty key is none. ErrFull refuses a visit while very many
// commands wait.
func (q *Queue) Add(ctx context.Context, who, key string, at time.Time, order Order) (c Command, err error) {
	if err := first(checkText("who asks", who, maxName), checkLength("the key", key, maxName), order.Check()); err != nil {
		return c, err
	}
	data, err := json.Marshal(order.filled())
	if err != nil {
		return c, bad("%v", err)
	}
	err = q.write(ctx, "add to", func(tx *sql.Tx) error {
		c, err = scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM commands WHERE key = nullif(?, '')", key).Scan)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if order.Visit != nil {
			if err := hasRoom(ctx, tx); err != nil {
				return err
			}
		}
		row := tx.QueryRowContext(ctx, `INSERT INTO commands (at, who, key, kind, "order", state)
			VALUES (?, ?, nullif(?, ''), ?, ?, 'waiting') RETURNING `+columns, at.UTC().Format(time.RFC3339Nano), who, key, order.Kind(), string(data))
		c, err = scan(row.Scan)
		return err
	})
	return c, err
}

func hasRoom(ctx context.Context, tx *sql.Tx) error {
	var waiting int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM commands WHERE state = 'waiting'").Scan(&waiting)
	if err == nil && waiting >= maxWaiting {
		return ErrFull
	}
	return err
}

// Finish says what became of a command that waits; of one that does not it
// changes nothing.
func (q *Queue) Finish(ctx context.Context, id int64, state State, tick int64, reply []Remark, why string) error {
	return q.note(ctx, flight{finished: []Command{{ID: id, State: state, Tick: tick, Reply: reply, Why: why}}})
}

// note notes at once what became of commands.
func (q *Queue) note(ctx context.Context, f flight) error {
	return q.write(ctx, "write to", func(tx *sql.Tx) error {
		for _, c := range f.finished {
			if err := finish(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, c := range f.recorded {
			if _, err := tx.ExecContext(ctx, "UPDATE commands SET recorded = 1, tick = ? WHERE id = ?", c.Tick, c.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func finish(ctx context.Context, tx *sql.Tx, c Command) error {
	reply, err := list(c.Reply)
	if err != nil {
		return err
	}
	answers, err := list(c.Answers)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE commands SET state = ?, tick = ?, reply = ?, answers = ?, why = ? WHERE id = ? AND state = 'waiting'",
		string(c.State), c.Tick, reply, answers, c.Why, c.ID)
	return err
}

func list[T any](items []T) (string, error) {
	if len(items) == 0 {
		return "", nil
	}
	data, err := json.Marshal(items)
	return string(data), err
}

func (q *Queue) write(ctx context.Context, op string, do func(*sql.Tx) error) error {
	if q.writer == nil {
		return fmt.Errorf("%s %s: it is open for reading only", op, filepath.Base(q.path))
	}
	tx, err := q.writer.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Explain(op, q.path, err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // a full disk makes SQLite roll back by itself
		return sqlite.Explain(op, q.path, err)
	}
	return sqlite.Explain(op, q.path, tx.Commit())
}
