// Package journal keeps a run in one SQLite file, run.db: the log of its events
// and the state at its last tick. A tick is committed whole or not at all, and
// what was committed survives a killed process, a full disk and a power cut.
//
// The tables and columns are documented in the schema, which the file itself
// carries: sqlite3 run.db .schema.
package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/llm-city/gorod/core/sqlite"
)

// What Create and Open refuse.
var (
	ErrExists = errors.New("a run is there already: resume it or choose another folder")
	ErrNoRun  = errors.New("the file holds no run: the run ended before it began, start it anew")
)

// Journal is an open run.db. One process writes a run at a time; any number may
// read it meanwhile. Methods may be called from several goroutines; readers see
// whole ticks only and do not wait for a commit.
type Journal struct {
	path    string
	meta    Meta
	writer  *sql.DB // nil when read-only
	reader  *sql.DB
	inserts inserts
}

// Create starts the journal of a new run. The folder of path must exist. It
// gives ErrExists where path holds a run.
func Create(ctx context.Context, path string, meta Meta) (*Journal, error) {
	j, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := j.init(ctx, meta); err != nil {
		return nil, errors.Join(sqlite.Explain("create", path, err), j.Close())
	}
	return j, nil
}

// Open opens the journal of a run to go on with it. It gives an error that is
// fs.ErrNotExist where there is no file, and ErrNoRun where Create was killed
// before it had written anything; Create works on such a file.
func Open(ctx context.Context, path string) (*Journal, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, sqlite.Explain("open", path, err)
	}
	j, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	return j.load(ctx)
}

// OpenReadOnly opens the journal of a run that may be running. Its errors are
// those of Open.
func OpenReadOnly(ctx context.Context, path string) (*Journal, error) {
	j := &Journal{path: path}
	err := j.openReader(ctx)
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Kind == sqlite.Empty {
		return nil, fmt.Errorf("open %s: %w", path, ErrNoRun)
	}
	if err != nil {
		return nil, err
	}
	return j.load(ctx)
}

func options(readOnly bool) sqlite.Options {
	return sqlite.Options{Schema: schema, Version: Format, Application: application, ReadOnly: readOnly}
}

func openWriter(ctx context.Context, path string) (*Journal, error) {
	db, err := sqlite.Open(ctx, path, options(false))
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, writer: db}
	if err := j.inserts.prepare(ctx, db); err != nil {
		return nil, errors.Join(sqlite.Explain("open", path, err), j.Close())
	}
	if err := j.openReader(ctx); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

func (j *Journal) openReader(ctx context.Context) (err error) {
	j.reader, err = sqlite.Open(ctx, j.path, options(true))
	return err
}

func (j *Journal) load(ctx context.Context) (*Journal, error) {
	meta, err := readMeta(ctx, j.reader)
	if err != nil {
		return nil, errors.Join(sqlite.Explain("open", j.path, err), j.Close())
	}
	j.meta = meta
	return j, nil
}

// Close closes the file. The last writer to close leaves everything in run.db
// and nothing beside it.
func (j *Journal) Close() error {
	var errs []error
	for _, db := range []*sql.DB{j.reader, j.writer} { // the writer last: it tidies up
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", j.path, err)
	}
	return nil
}
