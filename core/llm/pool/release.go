package pool

import (
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// verdict is what becomes of a call after a try.
type verdict int

const (
	over  verdict = iota // answered, or refused for good
	retry                // worth another try
	spent                // worth one, but none is left
)

// release ends a try at a seat: it notes what the try tells of the server and
// gives the seat to the next. With retry comes how long to wait before it.
func (p *Pool) release(w *waiter, g grant, took time.Duration, err error) (verdict, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.dispatch()
	p.vacate(w, g.seat)
	m, now := g.seat.model, time.Now()
	m.stats.Service += took
	var e *llm.Error
	switch {
	case err == nil:
		m.stats.Calls++
		m.stats.Latency.add(took)
		p.answered(g)
		p.timed(g.seat, took)
	case errors.As(err, &e) && (e.Kind.Retryable() || m.mayHaveIt(w, g.seat, e)):
		m.stats.Failures++
		w.failed(g.seat, e)
		p.blame(g, e)
		if w.tries > m.Retries && !m.untried(w, now) || m.allDown(now.Add(longestAfter)) {
			return spent, 0
		}
		return retry, p.pauseOf(m, w)
	case errors.As(err, &e):
		p.answered(g) // it answered: the fault is in the request
	}
	return over, 0
}

// mayHaveIt reports whether the model that a server says it does not have may be
// at another one of the entry: a server that came back may have lost it.
func (m *model) mayHaveIt(w *waiter, at *seat, e *llm.Error) bool {
	if e.Kind != llm.ModelMissing {
		return false
	}
	for _, s := range m.seats {
		if last := w.errs[s]; s != at && (last == nil || last.Kind != llm.ModelMissing) {
			return true
		}
	}
	return false
}

// answered notes that a server answered.
func (p *Pool) answered(g grant) {
	s := g.seat.server
	if !s.succeeded(g.epoch) {
		return
	}
	away := time.Since(s.since)
	p.log.Info("a model server is back", "endpoint", s.name, "away", away.Round(time.Millisecond))
	if s.told {
		s.told = false
		p.changed(Change{Endpoint: s.name, State: Well, Why: fmt.Sprintf("it answers again after %s", away.Round(100*time.Millisecond))})
	}
}

// pauseOf is how long a call keeps away: not at all where another server can
// take it, or where the pause of its server holds it back anyway.
func (p *Pool) pauseOf(m *model, w *waiter) time.Duration {
	now := time.Now()
	for _, s := range m.seats {
		if s != w.last && !s.server.down(now) {
			return 0
		}
	}
	if w.last.server.down(now) {
		return 0
	}
	return backoff(w.tries, p.random)
}

// blame notes a failure. When no server of a model is left, it stands for a try
// of everyone who waits for one: they need not each find out.
func (p *Pool) blame(g grant, e *llm.Error) {
	now, s := time.Now(), g.seat.server
	if !s.failed(g.epoch, e, now, p.random) {
		if g.epoch == s.epoch {
			p.check(s, failedCall)
		}
		return
	}
	p.left(s, e)
}

// left tells of a server that is left alone, and those who wait for it.
func (p *Pool) left(s *server, e *llm.Error) {
	now := time.Now()
	p.forgetPace(s)
	if s.state() == Drained && !s.told {
		s.told = true
		p.changed(Change{Endpoint: s.name, State: Drained, Why: e.Error()})
	}
	p.log.Warn("a model server is left alone for a while", "endpoint", s.name, "pause", s.until.Sub(now).Round(time.Millisecond),
		"failures", s.failures, "error", e)
	for _, m := range p.models {
		if m.allDown(now) {
			m.strike(s, e)
		}
	}
}

func (m *model) strike(s *server, e *llm.Error) {
	at := m.seatAt(s)
	if at == nil {
		return
	}
	for item := m.queue.Front(); item != nil; {
		w := item.Value.(*waiter)
		item = item.Next()
		if w.failed(at, e); w.tries > m.Retries {
			m.dequeue(w)
			w.ready <- grant{}
		}
	}
}

func (m *model) seatAt(s *server) *seat {
	for _, seat := range m.seats {
		if seat.server == s {
			return seat
		}
	}
	return nil
}
