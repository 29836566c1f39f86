package host

import (
	"sync/atomic"
	"time"
)

// watch sees whether a process gets on with its calls. One that waits for the
// host does: models may take as long as they like.
type watch struct {
	born      time.Time
	limit     atomic.Int64 // nanoseconds
	calls     atomic.Int64
	callbacks atomic.Int64
	moved     atomic.Int64 // nanoseconds after born
	hung      atomic.Bool
}

func (w *watch) begin() { w.born = time.Now() }

func (w *watch) allow(limit time.Duration) { w.limit.Store(int64(limit)) }

func (w *watch) move() { w.moved.Store(int64(time.Since(w.born))) }

func (w *watch) enter() { w.move(); w.calls.Add(1) }

func (w *watch) leave() { w.move(); w.calls.Add(-1) }

func (w *watch) run(c *child) {
	for {
		limit := time.Duration(w.limit.Load())
		select {
		case <-c.done:
			return
		case <-time.After(min(max(limit/20, 5*time.Millisecond), 200*time.Millisecond)):
		}
		still := time.Since(w.born) - time.Duration(w.moved.Load())
		if limit = time.Duration(w.limit.Load()); limit > 0 && w.calls.Load() > 0 && w.callbacks.Load() == 0 && still > limit {
			w.hung.Store(true)
			c.kill()
			return
		}
	}
}
