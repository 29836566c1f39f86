package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/runner"
)

// fetchDir is where a run is brought before it takes the place of what is here.
const fetchDir = ".fetch"

// fetchEnded brings runs here that have ended and are not here yet.
func (b *Batch) fetchEnded(ctx context.Context, going map[string]cluster.Status) error {
	for _, p := range b.runs {
		if _, ok := going[p.Key()]; !ok {
			if err := b.fetch(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// fetch brings a run here that nobody computes any more. It takes the place of
// what is here as a whole: a database and its log belong together.
func (b *Batch) fetch(ctx context.Context, p runner.Planned) error {
	sub, _ := b.state.last(p.Key())
	if b.state.Shared || sub == nil || sub.Job == "" || slices.Contains(sub.Fetched, p.Key()) {
		return nil
	}
	to := filepath.Join(b.Runner.Dir, fetchDir)
	at := filepath.Join(to, filepath.FromSlash(p.Key()))
	if err := dropLogs(at); err != nil {
		return err
	}
	_, err := b.Cluster.Fetch(ctx, b.state.Dir, []string{p.Key()}, to)
	if cluster.IsKind(err, cluster.NotFound) {
		return nil // it was never begun
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", p.Key(), err)
	}
	if err := replace(at, p.Dir); err != nil {
		return fmt.Errorf("fetch %s: %w", p.Key(), err)
	}
	sub.Fetched = append(sub.Fetched, p.Key())
	if err := b.save(); err != nil {
		return err
	}
	return os.RemoveAll(to)
}

// dropLogs removes the logs of databases that a cut fetch has left: they may
// belong to an older state, and SQLite would take them for the newest.
func dropLogs(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "-wal") || strings.HasSuffix(e.Name(), "-shm") {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// replace puts a folder in the place of another.
func replace(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	old := from + ".old"
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(to, old); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.Rename(from, to)
}

// logTail is how much of a task's output is looked through for an error.
const logTail = 16 << 10

// lastWords are what a task printed last: gorod's own error, which is empty where
// it told none, and the last line that no machine is to read.
func (b *Batch) lastWords(ctx context.Context, h cluster.Handle, task int) (said, last string) {
	var out bytes.Buffer
	if err := b.Cluster.Logs(ctx, &out, cluster.Log{Handle: h, Task: task, Tail: logTail}); err != nil {
		return "", ""
	}
	for line := range strings.Lines(strings.ToValidUTF8(out.String(), "?")) {
		var e struct{ Event, Error string }
		switch line = strings.TrimSpace(line); {
		case line == "":
		case !strings.HasPrefix(line, "{"):
			last = line
		case json.Unmarshal([]byte(line), &e) == nil && e.Event == "error":
			said = e.Error
		}
	}
	return said, last
}
