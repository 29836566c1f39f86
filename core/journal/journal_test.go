package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/sqlite"
)

func meta() journal.Meta {
	return journal.Meta{
		Gorod: "1.2.3", Study: "квартал", Cell: "planner=justplan", Seed: math.MaxUint64, RunID: "r1", StudyDigest: "abc", Language: "ru",
		Clock:   journal.Clock{Start: time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("", 3*3600)), Step: time.Hour, Ticks: 24},
		Created: time.Date(2026, 5, 1, 12, 0, 0, 123, time.UTC),
		Residents: []journal.Resident{
			{ID: "a0001", Name: "Анна", Group: "соседи", Model: "small", Persona: json.RawMessage(`{"name":"Анна"}`)},
			{ID: "a0002", Name: "Пётр", Model: "small", Persona: json.RawMessage(`{"name":"Пётр"}`)},
		},
	}
}

func create(t testing.TB, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Create(t.Context(), path, meta())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func newJournal(t testing.TB) *journal.Journal {
	t.Helper()
	return create(t, filepath.Join(t.TempDir(), "run.db"))
}

func commit(t testing.TB, j *journal.Journal, c event.Commit) {
	t.Helper()
	for i := range c.Events {
		c.Events[i].Tick, c.Events[i].Seq = c.Tick, i
	}
	if c.Digest == nil {
		c.Digest = []byte{1}
	}
	if err := j.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func collect[T any](t testing.TB, seq func(func(T, error) bool)) (all []T) {
	t.Helper()
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func TestMetaSurvivesReopening(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	if err := create(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	want := meta()
	want.Format = journal.Format
	for name, open := range openers() {
		j, err := open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		if diff := cmp.Diff(want, j.Meta()); diff != "" {
			t.Errorf("%s: meta differs (-want +got)\n%s", name, diff)
		}
	}
}

func TestCreateRefusesARun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	create(t, path)
	if _, err := journal.Create(t.Context(), path, meta()); !errors.Is(err, journal.ErrExists) {
		t.Errorf("got %v, want ErrExists", err)
	}
}

func TestOpenTellsAMissingRunFromOneThatNeverBegan(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	for name, open := range openers() {
		if _, err := open(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want fs.ErrNotExist", name, err)
		}
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil { // what a kill leaves
		t.Fatal(err)
	}
	for _, name := range []string{"OpenReadOnly", "Open"} { // the second makes the tables
		if _, err := openers()[name](t.Context(), path); !errors.Is(err, journal.ErrNoRun) {
			t.Errorf("%s: got %v, want ErrNoRun", name, err)
		}
	}
	if _, err := journal.OpenReadOnly(t.Context(), path); !errors.Is(err, journal.ErrNoRun) {
		t.Errorf("with tables: got %v, want ErrNoRun", err)
	}
	create(t, path)
}

func TestStatusIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	if status, _, err := j.Status(t.Context()); status != journal.Running || err != nil {
		t.Errorf("a new run is %q (%v)", status, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := j.SetStatus(stopped, journal.Budget, "2000 вызовов"); err != nil {
		t.Fatal(err)
	}
	reader, err := journal.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if status, message, err := reader.Status(t.Context()); status != journal.Budget || message != "2000 вызовов" || err != nil {
		t.Errorf("status %q %q (%v)", status, message, err)
	}
	if err := reader.SetStatus(t.Context(), journal.Done, ""); err == nil {
		t.Error("a reader could write")
	}
}

func TestCloseLeavesOneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	commit(t, j, event.Commit{Tick: 0})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := filepath.Glob(path + "*"); len(files) != 1 || err != nil {
		t.Errorf("files %q (%v), want run.db alone", files, err)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, newer, other := filepath.Join(dir, "text.db"), filepath.Join(dir, "newer.db"), filepath.Join(dir, "other.db")
	if err := os.WriteFile(text, make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, version := range map[string]int{newer: journal.Format + 1, other: 1} {
		application := int32(0x6772646a)
		if path == other {
			application++
		}
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: version, Application: application})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	for path, kind := range map[string]sqlite.Kind{text: sqlite.Corrupt, newer: sqlite.Newer, other: sqlite.Foreign} {
		for name, open := range openers() {
			_, err := open(t.Context(), path)
			if e, ok := errors.AsType[*sqlite.Error](err); !ok || e.Kind != kind {
				t.Errorf("%s: %v, want kind %q", name, err, kind)
			}
		}
	}
}
