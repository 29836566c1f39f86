// Package registry remembers fine-tunings in one SQLite file: what was asked,
// where it runs, every state it was in, what it measured and what came of it.
// Several gorod processes may use it at once; what was written survives their
// being killed.
package registry

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

// Format of the tables, kept in the file's user_version.
const Format = 1

// application marks a registry: "grdf".
const application = 0x67726466

// Options of a registry; zero values are the machine's.
type Options struct {
	Now    func() time.Time
	Random io.Reader // of ids
}

// Registry is an open file. Methods may be called from several goroutines. Their
// errors are of core/sqlite, or those of this package.
type Registry struct {
	path   string
	db     *sql.DB
	now    func() time.Time
	random io.Reader
}

// Open opens the registry at path, and makes it and its folder where they are
// not there.
func Open(ctx context.Context, path string, o Options) (*Registry, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("open the registry: %w", err)
	}
	db, err := sqlite.Open(ctx, path, sqlite.Options{Schema: schema, Version: Format, Application: application})
	if err != nil {
		return nil, err
	}
	r := &Registry{path: path, db: db, now: o.Now, random: o.Random}
	if r.now == nil {
		r.now = time.Now
	}
	if r.random == nil {
		r.random = rand.Reader
	}
	return r, nil
}

// Close closes the file.
func (r *Registry) Close() error {
	if err := r.db.Close(); err != nil {
		return fmt.Errorf("close %s: %w", r.path, err)
	}
	return nil
}

// write runs a transaction: all of it is kept or nothing.
func (r *Registry) write(ctx context.Context, op string, do func(*sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Explain(op, r.path, err)
	}
	if err := do(tx); err != nil {
		return errors.Join(r.explain(op, err), tx.Rollback())
	}
	return sqlite.Explain(op, r.path, tx.Commit())
}

// explain leaves this package's own errors as they are.
func (r *Registry) explain(op string, err error) error {
	if errors.Is(err, ErrNotFound) || errors.As(err, new(*AmbiguousError)) {
		return err
	}
	return sqlite.Explain(op, r.path, err)
}

// touch tells those who watch a job that it changed.
func touch(ctx context.Context, tx *sql.Tx, id string) error {
	result, err := tx.ExecContext(ctx, "UPDATE jobs SET revision = revision + 1 WHERE id = ?", id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return notFound(id)
}

func milli(t time.Time) int64 { return t.UnixMilli() }

func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
