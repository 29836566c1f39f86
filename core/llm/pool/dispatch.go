package pool

import (
	"context"
	"fmt"
	"time"
)

// acquire waits for a seat. It fails when the context ends, and with the errors
// of the tries when none is left.
func (p *Pool) acquire(ctx context.Context, m *model, w *waiter) (grant, error) {
	p.mu.Lock()
	if w.seq == 0 {
		p.seq++
		w.seq = p.seq
	}
	m.enqueue(w)
	p.dispatch()
	p.mu.Unlock()
	select {
	case g := <-w.ready:
		if g.seat == nil {
			return g, p.gaveUp(m, w)
		}
		return g, nil
	case <-ctx.Done():
		p.leave(m, w)
		return grant{}, fmt.Errorf("wait for %s: %w", m.Name, context.Cause(ctx))
	}
}

// leave takes a call out of the queue, or gives back the seat that it got just
// now.
func (p *Pool) leave(m *model, w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.place != nil {
		m.dequeue(w)
		return
	}
	if g := <-w.ready; g.seat != nil {
		p.vacate(w, g.seat)
		p.dispatch()
	}
}

// dispatch gives free seats to those who wait: of several models at one server,
// to the most urgent call, then to the one that came first.
func (p *Pool) dispatch() {
	now := time.Now()
	p.checkDue(now)
	for {
		var first *waiter
		var to *seat
		for _, m := range p.models {
			if w, s := m.next(now); w != nil && (first == nil || w.before(first)) {
				first, to = w, s
			}
		}
		if first == nil {
			break
		}
		p.seat(first, to)
	}
	p.wakeUp(now)
}

func (p *Pool) seat(w *waiter, s *seat) {
	m := s.model
	if head := m.queue.Front().Value.(*waiter); head != w {
		head.passed++
	}
	m.dequeue(w)
	m.moveIn(w.agent, s)
	s.inFlight++
	s.server.inFlight++
	s.server.flights[w] = struct{}{}
	w.ready <- grant{s, s.server.epoch}
}

func (p *Pool) vacate(w *waiter, s *seat) {
	s.inFlight--
	s.server.inFlight--
	delete(s.server.flights, w)
}

// wakeUp dispatches again when the first pause ends that a queued call waits
// for, or one that hangs at the server.
func (p *Pool) wakeUp(now time.Time) {
	var at time.Time
	for _, m := range p.models {
		for _, s := range m.seats {
			if m.queue.Len() == 0 && (s.inFlight == 0 || s.server.probe == nil) {
				continue
			}
			if s.server.down(now) && (at.IsZero() || s.server.until.Before(at)) {
				at = s.server.until
			}
		}
	}
	if at.IsZero() || at.Equal(p.wakeAt) && now.Before(at) {
		return
	}
	p.wakeAt = at
	if p.wake != nil {
		p.wake.Stop()
	}
	p.wake = time.AfterFunc(at.Sub(now), func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.wakeAt = time.Time{}
		p.dispatch()
	})
}
