package entry

import (
	"sync"
	"time"
)

const (
	window     = 5 * time.Minute
	mostTries  = 5  // wrong ones of one address in the window
	mostOfAll  = 50 // of all addresses
	mostPlaces = 4096
)

// tries counts wrong attempts. Beyond a bound nobody is let in for a while, from
// an address or at all: a token of 256 bits needs no bound to be safe, but what
// is tried costs the server.
type tries struct {
	mu  sync.Mutex
	by  map[string]*count
	all count
}

type count struct {
	n     int
	since time.Time
}

func newTries() tries { return tries{by: map[string]*count{}} }

func (c *count) full(most int, now time.Time) bool {
	if now.Sub(c.since) >= window {
		c.n = 0
	}
	return c.n >= most
}

func (c *count) add(now time.Time) {
	if c.n == 0 {
		c.since = now
	}
	c.n++
}

func (t *tries) may(from string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all.full(mostOfAll, now) {
		return false
	}
	c := t.by[from]
	return c == nil || !c.full(mostTries, now)
}

func (t *tries) wrong(from string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.add(now)
	c := t.by[from]
	if c == nil {
		if len(t.by) >= mostPlaces {
			t.forget(now)
		}
		c = &count{}
		t.by[from] = c
	}
	c.add(now)
}

// forget drops addresses whose time is over, and all where none is.
func (t *tries) forget(now time.Time) {
	for from, c := range t.by {
		if now.Sub(c.since) >= window {
			delete(t.by, from)
		}
	}
	if len(t.by) >= mostPlaces {
		clear(t.by)
	}
}
