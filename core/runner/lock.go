package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrBusy says that another process is at work in a folder: on its study or its evaluation.
var ErrBusy = errors.New("another gorod is at work in this folder")

const lockFile = ".lock"

// Lock keeps every other gorod out of a study's run directory, but for tasks of
// a cluster, which lock their own run.
func Lock(dir string) (unlock func() error, err error) { return lock(dir) }

// lockRun locks one run.
func lockRun(p Planned) (unlock func() error, err error) {
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the run's folder: %w", err)
	}
	return lock(p.Dir)
}

// waitForRun locks a run as soon as nobody else has it, or gives up when stop
// says so: a node that a cluster has lost may go on with a run for a while.
func waitForRun(ctx context.Context, p Planned, stop func() bool) (unlock func() error, err error) {
	for {
		unlock, err := lockRun(p)
		if !errors.Is(err, ErrBusy) {
			return unlock, err
		}
		if stop != nil && stop() {
			return nil, ErrStopped
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lockPoll):
		}
	}
}

// lockPoll is how often a run that somebody else has is tried again.
const lockPoll = 500 * time.Millisecond

// lock keeps a second process out of a run directory. The system lets go of it
// when the process ends, however it ends.
func lock(dir string) (unlock func() error, err error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the run directory: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w: wait for it, or stop it first", dir, ErrBusy)
		}
		return nil, fmt.Errorf("lock the run directory: %w", err)
	}
	return file.Close, nil
}
