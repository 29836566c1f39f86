// Package city reads a run for the panel: it follows the journal tick by tick
// and keeps what pages ask for again and again, so that a page costs no more in
// the thousandth tick than in the first. Everything in it can be read anew from
// the journal at any time.
package city

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
)

// Paths are the files of a run. They need not be there yet.
type Paths struct {
	Journal  string // run.db
	Cassette string // llm.db
}

// ErrNotBegun says that a run has no journal yet.
var ErrNotBegun = errors.New("the run has not begun")

// City is a run that is watched. Its methods may be called from several
// goroutines.
type City struct {
	paths Paths

	opening sync.Mutex // of the files, and of one Sync at a time
	journal *journal.Journal
	calls   *cassette.Cassette

	mu   sync.RWMutex
	past past
}

// New is a city that reads nothing yet.
func New(paths Paths) *City { return &City{paths: paths, past: newPast()} }

// Close lets go of the run's files.
func (c *City) Close() error {
	c.opening.Lock()
	defer c.opening.Unlock()
	var errs []error
	if c.journal != nil {
		errs = append(errs, c.journal.Close())
	}
	if c.calls != nil {
		errs = append(errs, c.calls.Close())
	}
	c.journal, c.calls = nil, nil
	return errors.Join(errs...)
}

// open opens what is there. The cassette may come later than the journal, or
// never.
func (c *City) open(ctx context.Context) (err error) {
	if c.journal == nil {
		c.journal, err = journal.OpenReadOnly(ctx, c.paths.Journal)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, journal.ErrNoRun) {
			return fmt.Errorf("%w: %w", ErrNotBegun, err)
		}
		if err != nil {
			return err
		}
	}
	if c.calls == nil {
		// A run without a cassette is as good to watch; one that is damaged shows
		// no calls, and everything else.
		if calls, err := cassette.Open(ctx, c.paths.Cassette, cassette.Replay); err == nil {
			c.calls = calls
		}
	}
	return nil
}

// State is how the run stands.
type State struct {
	Meta       journal.Meta
	Status     journal.Status
	Message    string
	Checkpoint journal.Checkpoint // Tick is -1 before the first
	Calls      int64              // of models, recorded
	Usage      event.Usage
}

// State asks the journal how the run stands now.
func (c *City) State(ctx context.Context) (s State, err error) {
	j, err := c.Journal(ctx)
	if err != nil {
		return s, err
	}
	s.Meta = j.Meta()
	if s.Status, s.Message, err = j.Status(ctx); err != nil {
		return s, err
	}
	begun := false
	if s.Checkpoint, begun, err = j.Last(ctx); err == nil && !begun {
		s.Checkpoint.Tick = -1
	}
	if calls := c.cassette(); err == nil && calls != nil {
		s.Calls, err = calls.Written(ctx)
	}
	if err == nil {
		s.Usage, err = j.Used(ctx)
	}
	return s, err
}

func (c *City) cassette() *cassette.Cassette {
	c.opening.Lock()
	defer c.opening.Unlock()
	return c.calls
}

// Journal is the run's journal, open for reading.
func (c *City) Journal(ctx context.Context) (*journal.Journal, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	return c.journal, nil
}

// Calls are the last calls of a resident's mind up to a tick, the newest first.
func (c *City) Calls(ctx context.Context, agent string, until int64, limit int) ([]cassette.Call, error) {
	calls := c.cassette()
	if calls == nil {
		return nil, nil
	}
	return calls.LastCalls(ctx, agent, until, limit)
}

// Read reads on to the last committed tick, and lets do look at the run as it
// stood after a tick; a negative tick, or one that is not there yet, is the
// last. What do is given is good until it returns.
func (c *City) Read(ctx context.Context, tick int64, do func(*View) error) error {
	if err := c.sync(ctx); err != nil {
		return err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	last := int64(len(c.past.ticks)) - 1
	if tick < 0 || tick > last {
		tick = last
	}
	return do(&View{past: &c.past, Tick: tick, Last: last, end: c.past.before(tick + 1)})
}

func (c *City) sync(ctx context.Context) error {
	c.opening.Lock()
	defer c.opening.Unlock()
	if err := c.open(ctx); err != nil {
		return err
	}
	for {
		next, err := c.news(ctx)
		if err != nil || next == nil {
			return err
		}
		c.mu.Lock()
		err = c.past.take(next)
		c.mu.Unlock()
		if err != nil || !next.more {
			return err
		}
	}
}
