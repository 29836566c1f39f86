package journal_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/sqlite"
)

func TestAKilledWriterLosesNothingAndTearsNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	random := rand.New(rand.NewPCG(1, 2))
	before := int64(-1)
	for range 15 {
		cmd, lines := child(t, "write", path)
		acknowledged := before
		for range 1 + random.IntN(8) {
			if !lines.Scan() {
				t.Fatalf("the child ended by itself: %v", cmd.Wait())
			}
			acknowledged, _ = strconv.ParseInt(lines.Text(), 10, 64)
		}
		<-time.After(time.Duration(random.IntN(6000)) * time.Microsecond) // any moment of a commit
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it printed before it died
			acknowledged, _ = strconv.ParseInt(lines.Text(), 10, 64)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child was not killed")
		}
		before = checkFile(t, path)
		if before < acknowledged {
			t.Fatalf("tick %d was committed, the journal ends at %d", acknowledged, before)
		}
	}
	t.Logf("%d ticks", before+1)
}

// checkFile checks a journal of stamped ticks, and the file itself, and gives
// the last tick.
func checkFile(t *testing.T, path string) int64 {
	t.Helper()
	j, err := journal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	last, err := checkWhole(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: journal.Format, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %q (%v)", verdict, err)
	}
	return last
}

// A power cut may leave any part of the write-ahead log.
func TestATruncatedLogLosesWholeTicksOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	const ticks = 6
	for tick := range int64(ticks) {
		if err := j.Commit(t.Context(), stamped(tick)); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	for i := range int64(24) {
		size := info.Size() * i / 23
		damaged := filepath.Join(t.TempDir(), "run.db")
		copyFile(t, path, damaged, 1<<40)
		copyFile(t, path+"-wal", damaged+"-wal", size)
		k, err := journal.Open(t.Context(), damaged)
		if errors.Is(err, journal.ErrNoRun) { // not even its beginning is left
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		k.Close()
		seen[checkFile(t, damaged)] = true
	}
	if !seen[ticks-1] || len(seen) < 4 {
		t.Errorf("last ticks %v: want the whole log and several shorter ones", seen)
	}
}

func copyFile(t *testing.T, from, to string, size int64) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, io.LimitReader(in, size)); err != nil {
		t.Fatal(err)
	}
}

func TestTwoProcessesCannotRunOneRun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	first := create(t, path)
	second, err := journal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	commit(t, first, event.Commit{Tick: 0})
	if err := second.Commit(t.Context(), event.Commit{Tick: 0, Digest: []byte{1}}); err == nil {
		t.Error("both committed tick 0")
	}
}

func TestALockedJournalSaysWhoHoldsItUp(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	if err := j.SetBusyTimeout(t.Context(), 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	other, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: journal.Format})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Commit(t.Context(), event.Commit{Tick: 0, Digest: []byte{1}}); !sqlite.IsLocked(err) {
		t.Errorf("not locked: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	commit(t, j, event.Commit{Tick: 0})
}
