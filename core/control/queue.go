package control

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

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
