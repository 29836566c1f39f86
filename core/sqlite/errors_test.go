package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/llm-city/gorod/core/sqlite"
)

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	options := sqlite.Options{Schema: schema, Version: 2, Application: 7}
	cases := map[string]struct {
		make func(t *testing.T, path string)
		kind sqlite.Kind
		says string
	}{
		"a text file": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("это не база данных\n", 100)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, sqlite.Corrupt, "restore it"},
		"a newer format": {func(t *testing.T, path string) {
			open(t, path, sqlite.Options{Version: 3, Application: 7})
		}, sqlite.Newer, "format 3, this gorod knows formats up to 2"},
		"another application": {func(t *testing.T, path string) {
			open(t, path, sqlite.Options{Version: 2, Application: 8})
		}, sqlite.Foreign, "check the path"},
		"a database without a version": {func(t *testing.T, path string) {
			exec(t, open(t, path, sqlite.Options{}), "PRAGMA user_version = 0")
		}, sqlite.Foreign, "check the path"},
		"a folder": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}, sqlite.Other, "not a regular file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "x.db")
			c.make(t, path)
			for _, readOnly := range []bool{false, true} {
				options := options
				options.ReadOnly = readOnly
				_, err := sqlite.Open(t.Context(), path, options)
				e, ok := errors.AsType[*sqlite.Error](err)
				if !ok || e.Kind != c.kind {
					t.Fatalf("read-only %v: got %v, want kind %q", readOnly, err, c.kind)
				}
				if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
					t.Errorf("%q does not say %q and the path", err, c.says)
				}
			}
		})
	}
}

func TestAnOlderFormatIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, path, sqlite.Options{}).Close()
	db := open(t, path, sqlite.Options{Version: 2, Schema: schema + "; CREATE TABLE IF NOT EXISTS u (k INTEGER) STRICT"})
	exec(t, db, "INSERT INTO u VALUES (1)")
	var version int
	if err := db.QueryRowContext(t.Context(), "PRAGMA user_version").Scan(&version); err != nil || version != 2 {
		t.Errorf("user_version %d (%v), want 2", version, err)
	}
}

func TestASchemaThatFailsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: schema + "; NOT SQL"}); err == nil {
		t.Fatal("a broken schema was accepted")
	}
	if n := count(t, open(t, path, sqlite.Options{})); n != 0 {
		t.Errorf("%d rows, want an empty database", n)
	}
}

func TestALockedDatabaseIsNamedSo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	holder, waiter := open(t, path, sqlite.Options{}), open(t, path, sqlite.Options{})
	tx, err := holder.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	exec(t, waiter, "PRAGMA busy_timeout = 20")
	_, err = waiter.ExecContext(t.Context(), "INSERT INTO t (v) VALUES ('x')")
	if !sqlite.IsLocked(err) || sqlite.IsFull(err) || sqlite.IsCorrupt(err) {
		t.Errorf("not locked: %v", err)
	}
}

func TestADatabaseWithoutRoomIsFullAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	exec(t, db, "INSERT INTO t (v) VALUES ('x')")
	exec(t, db, "PRAGMA max_page_count = 1")
	_, err := db.ExecContext(t.Context(), "INSERT INTO t (v) VALUES (?)", strings.Repeat("x", 1<<16))
	if !sqlite.IsFull(err) {
		t.Fatalf("not full: %v", err)
	}
	err = sqlite.Explain("commit", "x.db", err)
	if !sqlite.IsFull(err) || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("does not say what to do: %v", err)
	}
	exec(t, db, "PRAGMA max_page_count = 1000000")
	exec(t, db, "INSERT INTO t (v) VALUES ('y')")
	if n := count(t, db); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestADamagedPageIsCorrupt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, sqlite.Options{})
	for range 100 {
		exec(t, db, "INSERT INTO t (v) VALUES (?)", strings.Repeat("x", 1000))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(data); i++ {
		data[i] = 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var v string
	err = open(t, path, sqlite.Options{ReadOnly: true}).QueryRowContext(t.Context(), "SELECT max(v) FROM t").Scan(&v)
	if !sqlite.IsCorrupt(err) {
		t.Errorf("not corrupt: %v", err)
	}
}

func TestErrorsOfTheSystemAreClassified(t *testing.T) {
	t.Parallel()
	for _, errno := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EFBIG} {
		if err := fmt.Errorf("write: %w", &os.PathError{Op: "write", Path: "x", Err: errno}); !sqlite.IsFull(err) {
			t.Errorf("%v is not full", err)
		}
	}
	for _, err := range []error{nil, context.Canceled, errors.New("x")} {
		if sqlite.IsFull(err) || sqlite.IsCorrupt(err) || sqlite.IsLocked(err) {
			t.Errorf("%v has a kind", err)
		}
	}
	if err := sqlite.Explain("open", "x", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}
