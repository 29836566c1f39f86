package panel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

const (
	beat        = 400 * time.Millisecond // between two looks at a run
	quiet       = 15 * time.Second       // after which a line is sent that says nothing
	patience    = 10 * time.Second       // for a reader that does not take what is sent
	mostReaders = 1000                   // of all runs together
)

// pulse is what readers of a run are told when it changes.
type pulse struct {
	Tick     int64
	Status   journal.Status
	Commands int64 // version of the queue
}

// String is the pulse as streams and pages hold it: JSON.
func (p pulse) String() string {
	return fmt.Sprintf(`{"tick":%d,"status":%q,"commands":%d}`, p.Tick, p.Status, p.Commands)
}

// pulse looks at the run.
func (w *watched) pulse(ctx context.Context) (p pulse, err error) {
	state, err := w.city.State(ctx)
	if errors.Is(err, city.ErrNotBegun) {
		return pulse{Tick: -1}, nil
	}
	if err != nil {
		return p, err
	}
	p.Tick, p.Status = state.Checkpoint.Tick, state.Status
	queue, err := w.commands(ctx)
	if err == nil {
		p.Commands, err = queue.Version(ctx)
	}
	return p, err
}

// hub looks at a run while somebody reads its stream, once for all of them. Each
// reader has room for one pulse, and a newer one takes the place of an older:
// whoever is slow misses what is past, and holds up nobody.
type hub struct {
	now func(context.Context) (pulse, error)

	mu      sync.Mutex
	readers map[chan pulse]struct{}
	stop    context.CancelFunc
	last    pulse
	known   bool
}

// join begins to read. The context must outlive the reader.
func (h *hub) join() (pulses chan pulse, leave func()) {
	pulses = make(chan pulse, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.readers == nil {
		h.readers = map[chan pulse]struct{}{}
	}
	h.readers[pulses] = struct{}{}
	if h.known {
		pulses <- h.last
	}
	if len(h.readers) == 1 {
		ctx, stop := context.WithCancel(context.Background())
		h.stop = stop
		go h.follow(ctx)
	}
	return pulses, func() { h.leave(pulses) }
}

func (h *hub) leave(pulses chan pulse) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.readers, pulses)
	if len(h.readers) == 0 {
		h.stop()
		h.known = false
	}
}

func (h *hub) follow(ctx context.Context) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		if now, err := h.now(ctx); err == nil { // a journal that is busy is looked at again
			h.tell(ctx, now)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (h *hub) tell(ctx context.Context, now pulse) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil || h.known && h.last == now {
		return
	}
	h.last, h.known = now, true
	for pulses := range h.readers {
		select {
		case <-pulses: // an older one that was not taken
		default:
		}
		pulses <- now
	}
}

// readers counts those who read streams.
type readers struct {
	mu sync.Mutex
	n  int
}

func (r *readers) add(by int) (ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if by > 0 && r.n >= mostReaders {
		return false
	}
	r.n += by
	return true
}

// stream tells a reader of every change of a run (server-sent events).
func (p *Panel) stream(ctx context.Context, q *request) error {
	if !p.readers.add(1) {
		q.w.Header().Set("Retry-After", "30")
		return q.fail(http.StatusServiceUnavailable, "error.readers")
	}
	defer p.readers.add(-1)
	pulses, leave := q.run.hub.join()
	defer leave()
	q.w.Header().Set("Content-Type", "text/event-stream")
	q.w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(q.w)
	// A server's own limits are for pages; a reader of a stream stays.
	if err := out.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	alive := time.NewTicker(quiet)
	defer alive.Stop()
	text := "retry: 2000\n\n"
	for {
		if err := out.SetWriteDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return nil
		}
		if _, err := q.w.Write([]byte(text)); err != nil {
			return nil // who read is gone
		}
		if err := out.Flush(); err != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case now := <-pulses:
			text = "event: pulse\ndata: " + now.String() + "\n\n"
		case <-alive.C:
			text = ":\n\n"
		}
	}
}
