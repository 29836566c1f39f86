package journal_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/sqlite"
)

func usage(t *testing.T, j *journal.Journal, from int64) (all []journal.TickUsage) {
	t.Helper()
	for u, err := range j.Usage(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, u)
	}
	return all
}

func TestUsageIsKeptByTick(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	first, second := event.Usage{Calls: 5, Hits: 1, Errors: 2, Peak: 3}, event.Usage{Calls: 7}
	commit(t, j, event.Commit{Usage: first})
	commit(t, j, event.Commit{Tick: 1, Usage: second})
	if d := cmp.Diff([]journal.TickUsage{{Tick: 0, Usage: first}, {Tick: 1, Usage: second}}, usage(t, j, 0)); d != "" {
		t.Error(d)
	}
	if later := usage(t, j, 1); len(later) != 1 || later[0].Tick != 1 {
		t.Errorf("%+v", later)
	}
	if sum, err := j.Used(t.Context()); err != nil || sum != (event.Usage{Calls: 12, Hits: 1, Errors: 2, Peak: 3}) {
		t.Errorf("in all %+v, %v", sum, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	old(t, path)
	reader, err := journal.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if sum, err := reader.Used(t.Context()); err != nil || sum != (event.Usage{}) {
		t.Errorf("a run of an older gorod used %+v, %v", sum, err)
	}
	if none := usage(t, reader, 0); none != nil {
		t.Errorf("a run of an older gorod has %+v", none)
	}
}

// old takes away what a journal did not have before.
func old(t *testing.T, path string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: journal.Format})
	if err != nil {
		t.Fatal(err)
	}
	defer func(db *sql.DB) { _ = db.Close() }(db)
	if _, err := db.ExecContext(t.Context(), "DROP TABLE usage"); err != nil {
		t.Fatal(err)
	}
}
