// Package view is a read model of a run for other processes than the one that
// runs it: people, posts, threads, timelines and conversations, as a visitor of
// the residents' network may see them. It reads the run's journal, follows it
// tick by tick, and shows visits that wait in the run's queue as if they were
// done.
package view

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/journal"
)

// DefaultKeep is how many posts a view holds, the newest.
const DefaultKeep = 100_000

// pace is how often a view looks whether the run went on.
const pace = 200 * time.Millisecond

// Queue is what waits for the run.
type Queue interface {
	// Waiting are the commands that wait, by id.
	Waiting(ctx context.Context) ([]control.Command, error)
}

var _ Queue = (*control.Queue)(nil)

// Options are what a view is made of.
type Options struct {
	Dir   string // the run's folder
	Queue Queue  // nil: nobody visits
	Keep  int    // posts in memory; 0 means DefaultKeep
	Log   *slog.Logger
	// Beat makes the ticker by which Follow looks at the run; nil is one of 200 ms.
	Beat func() (beat <-chan time.Time, stop func())
}

// View is a run as it stands. Methods may be called from many goroutines.
type View struct {
	opts    Options
	journal *journal.Journal

	following sync.Mutex // one goroutine takes a step at a time
	mu        sync.RWMutex
	s         *state
	status    journal.Status
}

// Open reads the run in a folder. Its errors are those of journal.OpenReadOnly.
func Open(ctx context.Context, opts Options) (*View, error) {
	if opts.Keep <= 0 {
		opts.Keep = DefaultKeep
	}
	if opts.Beat == nil {
		opts.Beat = func() (<-chan time.Time, func()) {
			t := time.NewTicker(pace)
			return t.C, t.Stop
		}
	}
	book, err := journal.OpenReadOnly(ctx, filepath.Join(opts.Dir, "run.db"))
	if err != nil {
		return nil, err
	}
	v := &View{opts: opts, journal: book}
	if err := v.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("view %s: %w", opts.Dir, err), book.Close())
	}
	return v, nil
}

func (v *View) open(ctx context.Context) error {
	snap, err := v.journal.Snapshot(ctx)
	if err != nil {
		return err
	}
	v.s, err = load(ctx, snap, v.journal.Meta(), v.opts.Keep)
	if err = errors.Join(err, snap.Close()); err != nil {
		return err
	}
	return v.Sync(ctx)
}

// Close closes the run's files. Follow must have returned.
func (v *View) Close() error { return v.journal.Close() }

// Follow keeps the view up to date until the context ends. What cannot be read
// now is tried again.
func (v *View) Follow(ctx context.Context) {
	beat, stop := v.opts.Beat()
	defer stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat:
		}
		err := v.Sync(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			v.opts.Log.Warn("the view of a run cannot follow it for now", "run", v.opts.Dir, "error", err)
		}
		failing = err != nil
	}
}

// Sync takes in what happened since the last time.
func (v *View) Sync(ctx context.Context) error {
	v.following.Lock()
	defer v.following.Unlock()
	// The queue is read first: what is taken from it meanwhile is in the step.
	var waiting []control.Command
	if v.opts.Queue != nil {
		var err error
		if waiting, err = v.opts.Queue.Waiting(ctx); err != nil {
			return fmt.Errorf("read the queue: %w", err)
		}
	}
	status, _, err := v.journal.Status(ctx)
	if err != nil {
		return err
	}
	next, err := v.next(ctx)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.status = status
	if next != nil {
		if err := v.s.advance(next, v.breathe); err != nil {
			return err
		}
	}
	for _, c := range waiting {
		v.s.expect(c)
	}
	v.s.news.wake()
	return nil
}

// breathe lets readers and visitors have the state for a moment.
func (v *View) breathe() {
	v.mu.Unlock()
	v.mu.Lock()
}

// next is the step to take. It is read without a lock, since no other goroutine
// takes steps.
func (v *View) next(ctx context.Context) (*step, error) {
	snap, err := v.journal.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	v.mu.RLock()
	was := v.s.seen()
	v.mu.RUnlock()
	next, err := steps(ctx, snap, was, v.named)
	if err = errors.Join(err, snap.Close()); next == nil || err != nil {
		return nil, err
	}
	defer v.read()()
	next.refer(v.s)
	return next, nil
}

// named is the run's id of the post that a key finds, or the key.
func (v *View) named(key string) string {
	defer v.read()()
	if p := v.s.byKey[key]; p != nil && p.ID != "" {
		return p.ID
	}
	return key
}

// Expect shows a visit that was put into the queue just now.
func (v *View) Expect(c control.Command) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.s.expect(c)
	v.s.news.wake()
}

// read locks the state for a reader and returns how to unlock it.
func (v *View) read() func() {
	v.mu.RLock()
	return v.mu.RUnlock
}

// Run says what is viewed and how it stands.
type Run struct {
	journal.Meta
	Tick     int64 // last committed; -1: none
	Status   journal.Status
	Posts    int // kept
	Visitors int
}

// Run is the run as it stands.
func (v *View) Run() Run {
	defer v.read()()
	return Run{Meta: v.s.meta, Tick: v.s.tick, Status: v.status, Posts: len(v.s.posts), Visitors: v.s.people.visitors}
}
