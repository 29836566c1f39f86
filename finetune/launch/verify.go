package launch

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/registry"
)

// CorruptError says that a file is not what the cluster wrote.
type CorruptError struct {
	ID   string // of the job
	Path string // of the file here
	Why  string
	// Removed: it was a copy, which is fetched anew at the next try.
	Removed bool
}

// Error names the file and says what to do.
func (e *CorruptError) Error() string {
	do := "merge it again: gorod finetune resume " + e.ID + " --from " + Merge
	if e.Removed {
		do = "the copy was removed: try again, which fetches it anew; if it is the same then, " + do
	}
	return fmt.Sprintf("%s is corrupt: %s; %s", e.Path, e.Why, do)
}

// verify compares the files of a task with what the registry knows of them. What
// it does not know of is taken as it is.
func (l *Launcher) verify(ctx context.Context, j *registry.Job, t *registry.Task) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	run := path.Join(taskFolder(j, t.Index), "run") + "/"
	for _, a := range j.Artifacts {
		if a.Task != t.Index || !strings.HasPrefix(a.Path, run) || a.SHA256 == "" {
			continue
		}
		group.Go(func() error {
			at := filepath.Join(l.Local, folder(j.Name, j.ID), filepath.FromSlash(a.Path))
			why, err := differs(ctx, at, a)
			if err != nil || why == "" {
				return err
			}
			corrupt := &CorruptError{ID: j.ID, Path: at, Why: why}
			if !l.here(j) {
				corrupt.Removed = os.Remove(at) == nil
			}
			return corrupt
		})
	}
	return group.Wait()
}

// differs says how a file is not what it was; empty where it is.
func differs(ctx context.Context, at string, a registry.Artifact) (string, error) {
	info, err := os.Stat(at)
	if os.IsNotExist(err) {
		return "it is missing", nil
	}
	if err != nil {
		return "", err
	}
	if info.Size() != a.Size {
		return fmt.Sprintf("it has %d bytes and had %d when it was written", info.Size(), a.Size), nil
	}
	got, err := cluster.Disk{}.Hash(ctx, filepath.ToSlash(at))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", at, err)
	}
	if got != a.SHA256 {
		return fmt.Sprintf("its SHA-256 is %.12s… and was %.12s… when it was written", got, a.SHA256), nil
	}
	return "", nil
}
