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
// once, and its methods may be called from several goroutines. Where somebody
// puts another file in place of the queue's, or takes it away, the queue goes on
// with the file that is there: what is added is never added to one that nobody
// can see.
type Queue struct {
	path     string
	readOnly bool
	pinned   bool // stays with its file, whatever becomes of the path

	mu     sync.Mutex
	writer *sql.DB // nil when read-only
	reader *sql.DB // nil where there is no file yet
	file   fs.FileInfo
	gone   []*sql.DB // of files that were replaced; others may be reading still
}

// Open opens the queue at path, which is created (mode 0600) when it does not
// exist. The folder must exist.
func Open(ctx context.Context, path string) (*Queue, error) { return open(ctx, &Queue{path: path}) }

func open(ctx context.Context, q *Queue) (*Queue, error) {
	if _, err := q.writing(ctx); err != nil {
		return nil, errors.Join(err, q.Close())
	}
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
	q := &Queue{path: path, readOnly: true}
	_, err := q.read(ctx)
	return q, err
}

// read is the reader's side, nil while there is no file.
func (q *Queue) read(ctx context.Context) (*sql.DB, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.moved() {
		q.leave()
	}
	if q.reader != nil {
		return q.reader, nil
	}
	file, err := os.Stat(q.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := sqlite.Open(ctx, q.path, options(true))
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Kind == sqlite.Empty {
		return nil, nil // its maker has not begun
	}
	if err != nil {
		return nil, err
	}
	q.reader, q.file = db, file
	return db, nil
}

// writing is the writer's side. It makes a file anew that was taken away.
func (q *Queue) writing(ctx context.Context) (*sql.DB, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, err := os.Stat(q.path); q.moved() || !q.pinned && errors.Is(err, fs.ErrNotExist) {
		q.leave()
	}
	if q.writer != nil {
		return q.writer, nil
	}
	db, err := openWriter(ctx, q.path)
	if err != nil {
		return nil, err
	}
	if q.file, err = os.Stat(q.path); err != nil {
		return nil, errors.Join(sqlite.Explain("open", q.path, err), db.Close())
	}
	q.writer = db
	return db, nil
}

// moved reports whether another file is in the place of the one that is open,
// and the queue is to go on with it.
func (q *Queue) moved() bool { return !q.pinned && q.file != nil && replaced(q.path, q.file) }

func replaced(path string, file fs.FileInfo) bool {
	now, err := os.Stat(path)
	return err == nil && !os.SameFile(now, file)
}

// leave lets go of a file; what is read of it just now is read to its end.
func (q *Queue) leave() {
	for _, db := range []*sql.DB{q.reader, q.writer} {
		if db != nil {
			q.gone = append(q.gone, db)
		}
	}
	q.reader, q.writer, q.file = nil, nil, nil
}

// Close closes the file.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	var errs []error
	for _, db := range append(q.gone, q.reader, q.writer) {
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
	if q.readOnly {
		return fmt.Errorf("%s %s: it is open for reading only", op, filepath.Base(q.path))
	}
	db, err := q.writing(ctx)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Explain(op, q.path, err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // a full disk makes SQLite roll back by itself
		return sqlite.Explain(op, q.path, err)
	}
	return sqlite.Explain(op, q.path, tx.Commit())
}
