//go:build unix

package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/sqlite"
)

// The limit on file sizes holds for a whole process, hence the child.
func TestAFullDiskKeepsWhatIsCommittedAndCanBeGotOver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	cmd, lines := child(t, "fill", path)
	for lines.Scan() {
		t.Log(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if last := checkFile(t, path); last < 4 {
		t.Errorf("the last tick is %d", last)
	}
}

// fillDisk commits until no file may grow, checks what is left then, and goes
// on once they may.
func fillDisk(ctx context.Context, path string) error {
	j, err := journal.Create(ctx, path, meta())
	if err != nil {
		return err
	}
	tick, err := commitUntilFull(ctx, j, 300<<10)
	if err != nil {
		return err
	}
	last, err := checkWhole(ctx, j)
	if err != nil || last != tick-1 {
		return fmt.Errorf("on the full disk the journal ends at %d, not %d: %w", last, tick-1, err)
	}
	if err := limitFiles(1 << 40); err != nil {
		return err
	}
	for range 3 {
		if err := j.Commit(ctx, stamped(tick)); err != nil {
			return fmt.Errorf("with room again: %w", err)
		}
		tick++
	}
	return j.Close()
}

// commitUntilFull gives the tick that found no room.
func commitUntilFull(ctx context.Context, j *journal.Journal, size uint64) (int64, error) {
	if err := limitFiles(size); err != nil {
		return 0, err
	}
	for tick := range int64(1000) {
		err := j.Commit(ctx, stamped(tick))
		if err == nil {
			continue
		}
		if e, ok := errors.AsType[*sqlite.Error](err); !ok || !sqlite.IsFull(err) || !strings.Contains(e.Error(), "free some space") {
			return 0, fmt.Errorf("the error does not say that there is no room and what to do: %w", err)
		}
		fmt.Fprintln(os.Stdout, err)
		return tick, nil
	}
	return 0, errors.New("the disk did not fill up")
}

func limitFiles(size uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = min(size, limit.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
