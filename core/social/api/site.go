package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/hosts"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
)

// lookAgain is how often a site looks whether its run has begun.
const lookAgain = time.Second

// SiteOptions are what a site is made of. Dir, Version, Now and Log are required;
// the others are those of Options.
type SiteOptions struct {
	Dir      string // the run's folder; it exists
	Base     string
	Version  string
	Now      func() time.Time
	Log      *slog.Logger
	Requests int
	Window   time.Duration
	Streams  int
	Hosts    hosts.Hosts
}

// Site is the network of one run with all that it takes to serve it: its view,
// its queue and the store of its visitors, both of which are made beside the
// run.
type Site struct {
	opts    SiteOptions
	queue   *control.Queue
	door    *door.Store
	handler atomic.Pointer[http.Handler] // says so before the run begins
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// OpenSite opens the site of a run, which may not have begun, and follows the run
// until Close or the end of the context.
func OpenSite(ctx context.Context, o SiteOptions) (*Site, error) {
	s := &Site{opts: o}
	waits := Options{Base: o.Base, Hosts: o.Hosts}.filled()
	before := waits.guarded(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "the run has not begun", http.StatusServiceUnavailable)
	}))
	s.handler.Store(&before)
	var err error
	if s.queue, err = control.Open(ctx, filepath.Join(o.Dir, control.File)); err != nil {
		return nil, fmt.Errorf("open the network of a run: %w", err)
	}
	if s.door, err = door.Open(ctx, filepath.Join(o.Dir, door.File), o.Now); err != nil {
		return nil, errors.Join(fmt.Errorf("open the network of a run: %w", err), s.queue.Close())
	}
	v, err := s.open(ctx)
	if err != nil {
		return nil, errors.Join(err, s.queue.Close(), s.door.Close())
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.done.Go(func() { s.follow(ctx, v) })
	return s, nil
}

// open is the view of the run and begins to serve it; nil where the run has not
// begun.
func (s *Site) open(ctx context.Context) (*view.View, error) {
	v, err := view.Open(ctx, view.Options{Dir: s.opts.Dir, Queue: s.queue, Log: s.opts.Log})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, journal.ErrNoRun) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the network of a run: %w", err)
	}
	o := s.opts
	handler := New(Options{
		View: v, Queue: s.queue, Door: s.door, Base: o.Base, Version: o.Version, Now: o.Now, Log: o.Log,
		Requests: o.Requests, Window: o.Window, Streams: o.Streams, Hosts: o.Hosts,
	})
	s.handler.Store(&handler)
	return v, nil
}

// follow follows the run from its beginning on.
func (s *Site) follow(ctx context.Context, v *view.View) {
	wait := time.NewTicker(lookAgain)
	defer wait.Stop()
	for v == nil {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		var err error
		if v, err = s.open(ctx); err != nil && ctx.Err() == nil {
			s.opts.Log.Warn("the network of a run cannot be shown yet", "run", s.opts.Dir, "error", err)
		}
	}
	v.Follow(ctx)
	if err := v.Close(); err != nil {
		s.opts.Log.Warn("the view of a run did not close well", "run", s.opts.Dir, "error", err)
	}
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*s.handler.Load()).ServeHTTP(w, r) }

// Close ends the following and closes the files. No request is under way any
// more.
func (s *Site) Close() error {
	s.stop()
	s.done.Wait()
	return errors.Join(s.queue.Close(), s.door.Close())
}
