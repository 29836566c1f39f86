package sim

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// draft is a commit whose events are not encoded yet.
type draft struct {
	event.Commit
	log  tickLog
	tick Span
}

// commit gathers what a tick changed, but for its events.
func (e *Engine) commit(t env.Tick, batches []*batch, by changed) event.Commit {
	c := event.Commit{
		Tick: t.Number, Time: t.Time.Format(time.RFC3339), Newcomers: by.newcomers, Records: by.records,
		Rows: e.opts.Environment.Changes(), Done: e.opts.Environment.Done() || by.end,
	}
	e.done = c.Done
	for _, a := range by.agents {
		c.Agents = append(c.Agents, a.state) // once more below, if it is awake: the last counts
	}
	for _, b := range batches {
		c.Records = append(c.Records, b.changes...)
		for _, s := range b.steps {
			c.Agents = append(c.Agents, s.state)
			s.situation.Store(nil)
		}
	}
	e.mu.Lock()
	c.Incidents, e.incidents = e.incidents, nil
	e.mu.Unlock()
	return c
}

// committed forgets the changes of a tick that the store now holds.
func (e *Engine) committed(tick int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.pending, tick)
}

// Records are a slot's records as the plugin must have them now: what is
// committed, with the changes of uncommitted ticks over it, in (agent, key)
// order. A restarted plugin is restored from them.
func (e *Engine) Records(ctx context.Context, slot string) iter.Seq2[sdk.Record, error] {
	return func(yield func(sdk.Record, error) bool) {
		changed := e.overlay(slot) // before the store is read: a change found twice does no harm
		keys := slices.SortedFunc(maps.Keys(changed), recordKey.compare)
		for r, err := range e.opts.Store.Records(ctx, slot) {
			if err != nil {
				yield(r, fmt.Errorf("read records of %s: %w", slot, err))
				return
			}
			k := recordKey{r.Agent, r.Key}
			for len(keys) > 0 && keys[0].compare(k) < 0 {
				if c := changed[keys[0]]; !c.Delete && !yield(c.Record, nil) {
					return
				}
				keys = keys[1:]
			}
			if len(keys) > 0 && keys[0] == k {
				c := changed[k]
				keys = keys[1:]
				if c.Delete {
					continue
				}
				r = c.Record
			}
			if !yield(r, nil) {
				return
			}
		}
		for _, k := range keys {
			if c := changed[k]; !c.Delete && !yield(c.Record, nil) {
				return
			}
		}
	}
}

type recordKey struct{ agent, key string }

func (k recordKey) compare(other recordKey) int {
	if c := strings.Compare(k.agent, other.agent); c != 0 {
		return c
	}
	return strings.Compare(k.key, other.key)
}

func (e *Engine) overlay(slot string) map[recordKey]sdk.RecordChange {
	e.mu.Lock()
	defer e.mu.Unlock()
	changed := map[recordKey]sdk.RecordChange{}
	for _, tick := range slices.Sorted(maps.Keys(e.pending)) {
		for _, p := range e.pending[tick] {
			if p.Plugin != slot {
				continue
			}
			for _, c := range p.Changes {
				changed[recordKey{c.Agent, c.Key}] = c
			}
		}
	}
	return changed
}

// committer encodes, digests and stores ticks in order, one behind the
// computation.
type committer struct {
	store    Store
	digest   *Digest // touched by the commit under way only
	done     func(tick int64)
	last     stored
	inFlight chan stored // holds the result of the commit under way
	busy     bool
}

// stored is a commit that ended: its tick and the digest after it, or why it
// failed.
type stored struct {
	tick int64
	sum  string
	err  error
}

func newCommitter(store Store, digest *Digest, done func(int64), tick int64) *committer {
	return &committer{
		store: store, digest: digest, done: done, last: stored{tick: tick, sum: digest.Sum()}, inFlight: make(chan stored, 1),
	}
}

// add starts a commit after the one under way has ended, and gives the error
// of that one.
func (c *committer) add(ctx context.Context, d draft) error {
	if err := c.wait(); err != nil {
		return err
	}
	c.busy = true
	go func() {
		// A tick that is computed is worth keeping, also when ctx has ended.
		span := d.tick.Begin(Part{Name: "commit", Tick: d.Tick})
		err := c.commit(context.WithoutCancel(ctx), d)
		span.End(err)
		if err != nil {
			err = fmt.Errorf("commit tick %d: %w", d.Tick, err)
		}
		c.inFlight <- stored{d.Tick, c.digest.Sum(), err}
	}()
	return nil
}

func (c *committer) commit(ctx context.Context, d draft) (err error) {
	d.Events = d.log.sealed()
	for _, e := range d.Events {
		if err := c.digest.Add(e); err != nil {
			return err
		}
	}
	if d.Digest, err = c.digest.State(); err != nil {
		return err
	}
	return c.store.Commit(ctx, d.Commit)
}

// wait waits for the commit under way.
func (c *committer) wait() error {
	if !c.busy {
		return nil
	}
	c.busy = false
	ended := <-c.inFlight
	if ended.err != nil {
		return ended.err
	}
	c.last = ended
	c.done(ended.tick)
	return nil
}
