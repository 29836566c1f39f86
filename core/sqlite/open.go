// Package sqlite opens gorod's databases: the journal and the cassette. It
// decides what every one of them has in common — durability, locking, format
// numbers — and gives SQLite's errors kinds and words. It is the only package
// that knows the driver.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	driver "modernc.org/sqlite"
)

// readers is how many connections a read-only database may open.
const readers = 4

// Options say how Open opens a database.
type Options struct {
	// Schema is idempotent DDL (CREATE … IF NOT EXISTS), run when the file is
	// opened for writing.
	Schema string
	// Version is the format that Schema makes, from 1; it is kept in the file's
	// user_version. 0 means 1.
	Version int
	// Application says what kind of database it is; it is kept in the file's
	// application_id, and a file of another application is refused. 0 is not
	// checked.
	Application int32
	// ReadOnly opens an existing file without changing it. Several connections
	// may read at once, each seeing what was committed when its query began.
	ReadOnly bool
}

// Open opens the database at path, which may hold any characters; without
// ReadOnly it is created (mode 0600) when it does not exist. The writer is one
// connection in WAL mode with synchronous=FULL: a transaction that was
// committed survives a power cut, and readers do not wait for it. Transactions
// take the write lock when they begin.
//
// A file of a newer format gives a *VersionError, a database that is not
// gorod's an error of kind Foreign, and a file that holds nothing yet, opened
// ReadOnly, one of kind Empty.
func Open(ctx context.Context, path string, opts Options) (*sql.DB, error) {
	opts.Version = max(opts.Version, 1)
	db, err := open(ctx, path, opts)
	if err != nil {
		return nil, Explain("open", path, err)
	}
	return db, nil
}

func open(ctx context.Context, path string, opts Options) (*sql.DB, error) {
	if err := ensureFile(path, opts.ReadOnly); err != nil {
		return nil, err
	}
	db, err := connect(ctx, path, opts.ReadOnly, "")
	if opts.ReadOnly && isCode(err, cantOpen) && !hasWAL(path) {
		// Reading a WAL database makes a -shm file beside it. In a folder that
		// cannot be written, a database with no -wal is complete as it is.
		db, err = connect(ctx, path, true, "&immutable=1")
	}
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, db, opts); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// ensureFile gives a useful error for what is not a file, and creates the file
// with its mode, which SQLite passes on to the -wal and -shm files.
func ensureFile(path string, readOnly bool) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("not a regular file: %w", fs.ErrInvalid)
	case readOnly || err == nil:
		return err
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func hasWAL(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// connect opens the pool and its first connection.
func connect(ctx context.Context, path string, readOnly bool, extra string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := "file://" + (&url.URL{Path: abs}).EscapedPath()
	name += "?_dqs=0&_error_rc=1&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	if readOnly {
		name += "&mode=ro" + extra
	} else {
		name += "&mode=rw&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	connector, err := driver.NewConnector(name)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	if readOnly {
		db.SetMaxOpenConns(readers)
	}
	var one int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&one); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
