package host

import (
	"iter"
	"sync/atomic"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// watch sees whether a process gets on with its calls, and how much memory it
// holds. One that waits for the host gets on: models may take as long as they
// like.
type watch struct {
	limit     atomic.Int64 // nanoseconds
	calls     atomic.Int64 // under way
	callbacks atomic.Int64 // under way
	moves     atomic.Int64 // so many times something began or ended
	hung      atomic.Bool
	memory    atomic.Int64 // bytes that it may hold; 0 means no bound
	bloated   atomic.Int64 // bytes that it held when it was killed for it
}

func (w *watch) allow(limit time.Duration) { w.limit.Store(int64(limit)) }

func (w *watch) enter() { w.moves.Add(1); w.calls.Add(1) }

func (w *watch) leave() { w.moves.Add(1); w.calls.Add(-1) }

// records tells the watch of every record that is read for the plugin.
func (w *watch) records(records iter.Seq2[sdk.Record, error]) iter.Seq2[sdk.Record, error] {
	return func(yield func(sdk.Record, error) bool) {
		for r, err := range records {
			w.moves.Add(1)
			if !yield(r, err) {
				return
			}
		}
	}
}

// run kills a process that makes no move for as long as the limit, or holds more
// memory than it may. It counts
// its own steps and not the clock: a host that was stopped for a while must not
// take that for the plugin's silence.
func (w *watch) run(c *child) {
	last, still := int64(-1), time.Duration(0)
	for {
		limit := time.Duration(w.limit.Load())
		step := min(max(limit/20, 5*time.Millisecond), 200*time.Millisecond)
		select {
		case <-c.done:
			return
		case <-time.After(step):
		}
		if w.tooBig(c) {
			c.kill()
			return
		}
		if moves := w.moves.Load(); moves != last || w.calls.Load() == 0 || w.callbacks.Load() > 0 {
			last, still = moves, 0
			continue
		}
		if still += step; limit > 0 && still >= limit {
			w.hung.Store(true)
			c.kill()
			return
		}
	}
}

// tooBig reports whether a process holds more than it may, as one that leaks
// comes to.
func (w *watch) tooBig(c *child) bool {
	limit := w.memory.Load()
	if limit <= 0 {
		return false
	}
	held := heldMemory(c.PID())
	if held <= limit {
		return false
	}
	w.bloated.Store(held)
	return true
}
