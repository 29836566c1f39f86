package pool

import (
	"container/list"
	"context"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// model is an entry with its queue. Its fields are guarded by the pool's mutex.
type model struct {
	Model
	seats []*seat
	queue list.List        // of *waiter: the most urgent first, then in order of arrival
	homes map[string]*seat // of agents
	stats Stats
}

// seat is a model at a server.
type seat struct {
	server   *server
	model    *model
	provider llm.Provider
	inFlight int
	homed    int // agents whose home it is
	pace
}

// free reports whether the seat takes a request now: a slow one takes one at a
// time, which shows when it is well again.
func (s *seat) free(now time.Time) bool {
	most := s.model.Parallel
	if s.slow {
		most = 1
	}
	return s.inFlight < most && s.server.room(now)
}

// waiter is one call until it is answered.
type waiter struct {
	seq    uint64 // order of arrival; a further try keeps it
	urgent int    // the most goes first
	agent  string
	model  string // as the servers call it
	tries  int    // that failed
	last   *seat
	errs   map[*seat]*llm.Error    // the last failure at each
	passed int                     // calls that came later and went first
	off    context.CancelCauseFunc // calls the try off
	ready  chan grant
	place  *list.Element // nil while not queued
}

// grant is a seat, or no seat when the call has no tries left.
type grant struct {
	seat  *seat
	epoch int // of the server as the request begins
}

func (w *waiter) failed(s *seat, e *llm.Error) {
	w.tries++
	w.last = s
	if w.errs == nil {
		w.errs = map[*seat]*llm.Error{}
	}
	w.errs[s] = e
}

// before reports whether a call goes before another.
func (w *waiter) before(other *waiter) bool {
	if w.urgent != other.urgent {
		return w.urgent > other.urgent
	}
	return w.seq < other.seq
}

// enqueue puts a call behind those that go before it.
func (m *model) enqueue(w *waiter) {
	after := m.queue.Back()
	for after != nil && w.before(after.Value.(*waiter)) {
		after = after.Prev()
	}
	if after == nil {
		w.place = m.queue.PushFront(w)
	} else {
		w.place = m.queue.InsertAfter(w, after)
	}
}

func (m *model) dequeue(w *waiter) {
	m.queue.Remove(w.place)
	w.place = nil
}

// next is the call that goes first and the seat that it gets, or nil. That is
// the head of the queue, unless its prompt's prefix is held by a server that is
// busy while another call suits the free one: the head lets as many pass as the
// model has slots, and then goes anywhere.
func (m *model) next(now time.Time) (*waiter, *seat) {
	front := m.queue.Front()
	if front == nil || !m.anyFree(now) {
		return nil, nil
	}
	head, window := front.Value.(*waiter), m.Parallel*len(m.seats)
	n := 0
	for e := front; e != nil && n < window && head.passed < window; e, n = e.Next(), n+1 {
		w := e.Value.(*waiter)
		if s := m.pick(w, now); m.suits(w, s, now) {
			return w, s
		}
	}
	return head, m.pick(head, now)
}

func (m *model) anyFree(now time.Time) bool {
	for _, s := range m.seats {
		if s.free(now) {
			return true
		}
	}
	return false
}

// suits reports whether a seat holds the agent's prefix, or no server that is
// up does.
func (m *model) suits(w *waiter, s *seat, now time.Time) bool {
	home := m.homes[w.agent]
	return home == nil || home == s || home.slow || !home.server.up(now)
}

// pick is the best free seat for a call: its agent's home, else the least
// loaded; where the last try failed comes last. There must be a free one.
func (m *model) pick(w *waiter, now time.Time) *seat {
	if home := m.homes[w.agent]; home != nil && home != w.last && !home.slow && home.free(now) {
		return home
	}
	var best *seat
	for _, s := range m.seats {
		if s.free(now) && (best == nil || best == w.last || s != w.last && s.less(best)) {
			best = s
		}
	}
	return best
}

// less orders seats by the load of their servers, then by agents at home there;
// slow ones come last.
func (s *seat) less(other *seat) bool {
	if s.slow != other.slow {
		return other.slow
	}
	a, b := s.server.inFlight*other.server.slots, other.server.inFlight*s.server.slots
	return a < b || a == b && s.homed < other.homed
}

// moveIn makes a seat an agent's home. A slow one is nobody's.
func (m *model) moveIn(agent string, s *seat) {
	home := m.homes[agent]
	if agent == "" || home == s || s.slow {
		return
	}
	if home != nil {
		home.homed--
	}
	s.homed++
	m.homes[agent] = s
}

// allDown reports whether every server of the model is in a pause that lasts
// beyond a moment.
func (m *model) allDown(at time.Time) bool {
	for _, s := range m.seats {
		if !s.server.down(at) {
			return false
		}
	}
	return true
}

// untried reports whether a server is up that a call has not failed at.
func (m *model) untried(w *waiter, now time.Time) bool {
	for _, s := range m.seats {
		if w.errs[s] == nil && s.server.up(now) {
			return true
		}
	}
	return false
}
