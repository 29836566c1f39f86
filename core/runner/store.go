package runner

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/plugins/sdk"
)

// store commits a tick to the journal once the calls that it rests on are in
// the cassette: every committed tick can be replayed.
type store struct {
	journal   *journal.Journal
	cassette  *cassette.Cassette
	usage     *meter
	committed func(ctx context.Context, tick int64)
}

var _ sim.Store = (*store)(nil)

// Commit implements sim.Store.
func (s *store) Commit(ctx context.Context, c event.Commit) error {
	if err := s.cassette.Flush(ctx); err != nil {
		return fmt.Errorf("flush the cassette: %w", err)
	}
	c.Usage = s.usage.since()
	if err := s.journal.Commit(ctx, c); err != nil {
		return err
	}
	s.usage.settle(c.Usage)
	s.committed(ctx, c.Tick)
	return nil
}

// Records implements sim.Store.
func (s *store) Records(ctx context.Context, slot string) iter.Seq2[sdk.Record, error] {
	return s.journal.Records(ctx, slot)
}

// Events implements sim.Store.
func (s *store) Events(ctx context.Context, from int64) iter.Seq2[event.Event, error] {
	return s.journal.Events(ctx, journal.Filter{From: from})
}

// scratch holds the records of a replay in memory, and its events where the
// study's interventions look back at them; of the rest only the digest matters.
// Commits come one at a time, but a restarting plugin reads while one is under
// way: it then finds the older records, over which the engine lays the changes
// that are not committed.
type scratch struct {
	mu      sync.Mutex
	records map[string]map[[2]string]sdk.Record // by slot, then by agent and key
	keep    bool
	events  []event.Event
}

func newScratch(keepEvents bool) *scratch {
	return &scratch{records: map[string]map[[2]string]sdk.Record{}, keep: keepEvents}
}

// Commit implements sim.Store.
func (s *scratch) Commit(_ context.Context, c event.Commit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keep {
		s.events = append(s.events, c.Events...)
	}
	for _, p := range c.Records {
		slot := s.records[p.Plugin]
		if slot == nil {
			slot = map[[2]string]sdk.Record{}
			s.records[p.Plugin] = slot
		}
		for _, change := range p.Changes {
			key := [2]string{change.Agent, change.Key}
			if change.Delete {
				delete(slot, key)
			} else {
				slot[key] = change.Record
			}
		}
	}
	return nil
}

// Records implements sim.Store.
func (s *scratch) Records(_ context.Context, slot string) iter.Seq2[sdk.Record, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	sorted := slices.SortedFunc(maps.Values(s.records[slot]), func(a, b sdk.Record) int {
		return slices.Compare([]string{a.Agent, a.Key}, []string{b.Agent, b.Key})
	})
	return func(yield func(sdk.Record, error) bool) {
		for _, r := range sorted {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Events implements sim.Store.
func (s *scratch) Events(_ context.Context, from int64) iter.Seq2[event.Event, error] {
	s.mu.Lock()
	events := s.events
	s.mu.Unlock()
	return func(yield func(event.Event, error) bool) {
		for _, e := range events {
			if e.Tick >= from && !yield(e, nil) {
				return
			}
		}
	}
}
