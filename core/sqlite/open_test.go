package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/core/sqlite"
)

const schema = `CREATE TABLE IF NOT EXISTS t (k INTEGER PRIMARY KEY, v TEXT NOT NULL) STRICT`

func open(t *testing.T, path string, opts sqlite.Options) *sql.DB {
	t.Helper()
	if opts.Schema == "" {
		opts.Schema = schema
	}
	db, err := sqlite.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM t").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPathsWithAnyCharactersWork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "a b", "что?mode=memory", "100%20", "#&=;", "город/ё", `back\slash`, "'quote\"", "-dash"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name, name+".db")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			db := open(t, path, sqlite.Options{})
			exec(t, db, "INSERT INTO t (v) VALUES ('x')")
			if n := count(t, open(t, path, sqlite.Options{ReadOnly: true})); n != 1 {
				t.Errorf("a reader finds %d rows, want 1", n)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatalf("the file is not where the path says: %v", err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, want 0600", info.Mode().Perm())
			}
		})
	}
}

func TestWriterIsDurableAndAlone(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "user_version": "1"} {
		var got string
		if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q (%v), want %q", pragma, got, err, want)
		}
	}
	if n := db.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections may write, want 1", n)
	}
}

func TestReadersSeeCommittedRowsWhileAWriterIsAtWork(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, sqlite.Options{})
	exec(t, db, "INSERT INTO t (v) VALUES ('x')")
	reader := open(t, path, sqlite.Options{ReadOnly: true})
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), "INSERT INTO t (v) VALUES ('y')"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, reader); n != 1 {
		t.Errorf("before the commit a reader sees %d rows, want 1", n)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, reader); n != 2 {
		t.Errorf("after the commit a reader sees %d rows, want 2", n)
	}
}

func TestReadOnlyDoesNotWriteOrCreate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: schema, ReadOnly: true})
	if e, ok := errors.AsType[*sqlite.Error](err); !ok || e.Kind != sqlite.Missing || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening what is not there: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("opening for reading made the file")
	}
	open(t, path, sqlite.Options{})
	reader := open(t, path, sqlite.Options{ReadOnly: true})
	if _, err := reader.ExecContext(t.Context(), "INSERT INTO t (v) VALUES ('x')"); err == nil {
		t.Error("a reader could write")
	}
}

func TestReadingWorksWhereNothingCanBeMadeBesideTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, sqlite.Options{})
	exec(t, db, "INSERT INTO t (v) VALUES ('x')")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	// A folder in the place of the -shm file, since the superuser can write
	// into a folder that is read-only.
	if err := os.Mkdir(path+"-shm", 0o755); err != nil {
		t.Fatal(err)
	}
	if n := count(t, open(t, path, sqlite.Options{ReadOnly: true})); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func FuzzFileNamesAreTakenLiterally(f *testing.F) {
	for _, name := range []string{"a", "a?mode=memory", "%00", "ё#x", ":memory:", "file:x", "a;b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if filepath.Dir(path) != dir {
			return // another folder
		}
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: schema})
		if err != nil {
			return // a name that the file system refuses
		}
		defer db.Close()
		exec(t, db, "INSERT INTO t (v) VALUES ('x')")
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q is not there, or empty (%v)", name, err)
		}
	})
}
