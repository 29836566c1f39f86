package pool

import (
	"context"
	"errors"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// Checks of servers: a request that costs the server nothing says whether it is
// there, so that no call of an agent has to find out.
const (
	checkTime = 12 * time.Second // longer than it takes to find that nobody takes a connection
	longCall  = 30 * time.Second // after which, and again after as long, the server of a call is checked
)

// suspicion is why a server is checked that is not left alone.
type suspicion int

const (
	failedCall suspicion = iota // a call failed that tells little by itself
	lateCall                    // a call takes long, as it may
)

// checkDue checks servers whose pause is over.
func (p *Pool) checkDue(now time.Time) {
	for _, s := range p.order {
		if s.due(now) {
			p.check(s, failedCall)
		}
	}
}

// check asks a server whether it answers, unless it is being asked.
func (p *Pool) check(s *server, why suspicion) {
	if s.probe == nil || s.checking {
		return
	}
	s.checking = true
	epoch := s.epoch
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), checkTime)
		defer cancel()
		_, err := s.probe.Models(ctx)
		p.mu.Lock()
		defer p.mu.Unlock()
		s.checking = false
		if epoch == s.epoch {
			p.checked(s, err, why)
		}
		p.dispatch()
	}()
}

// checked notes what a check found. Any answer will do: some servers list no
// models.
func (p *Pool) checked(s *server, err error, why suspicion) {
	var e *llm.Error
	if err == nil || !errors.As(err, &e) || !e.Kind.Retryable() {
		s.answers = !s.until.IsZero()
		return
	}
	if why == lateCall && e.Kind != llm.Unavailable {
		return // it may be busy with that very call
	}
	again := s.state() == Drained
	s.pause(e, time.Now(), p.random)
	p.left(s, e)
	if again { // twice in a row: what hangs there will not be answered
		for w := range s.flights {
			w.off(e)
		}
	}
}

// watch has the server of a call checked from time to time until stop is called.
func (p *Pool) watch(g grant) (stop func()) {
	s := g.seat.server
	if s.probe == nil {
		return func() {}
	}
	over := make(chan struct{})
	timer := time.NewTicker(longCall)
	go func() {
		defer timer.Stop()
		for {
			select {
			case <-over:
				return
			case <-timer.C:
				p.mu.Lock()
				if s.until.IsZero() {
					p.check(s, lateCall)
				}
				p.mu.Unlock()
			}
		}
	}()
	return func() { close(over) }
}
