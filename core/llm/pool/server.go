package pool

import (
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// Health of servers.
const (
	firstPause = time.Second      // after the first failure; doubles with each further one
	longPause  = 30 * time.Second // at most, unless the server asks for more
	strikes    = 3                // failures in a row of a server that answers, before it is left alone
)

// server is a machine with slots. Its fields are guarded by the pool's mutex.
type server struct {
	name     string
	slots    int
	inFlight int

	failures int       // in a row
	epoch    int       // counts pauses: what began before the last one tells nothing new
	until    time.Time // paused up to then; zero when it is well
	err      error     // why it was paused
}

// room reports whether the server takes a request now. After a pause it is
// asked one request at a time until one succeeds.
func (s *server) room(now time.Time) bool {
	if s.until.IsZero() {
		return s.inFlight < s.slots
	}
	return s.inFlight == 0 && !now.Before(s.until)
}

// down reports whether the server is in a pause.
func (s *server) down(now time.Time) bool { return !s.until.IsZero() && now.Before(s.until) }

func (s *server) succeeded(epoch int) {
	if epoch == s.epoch {
		s.failures, s.until, s.err = 0, time.Time{}, nil
	}
}

// failed notes a failure that may pass and reports whether the server is paused
// because of it.
func (s *server) failed(epoch int, e *llm.Error, now time.Time, random func() float64) bool {
	if epoch != s.epoch {
		return false
	}
	s.failures++
	s.err = e
	probe := !s.until.IsZero()
	if e.Kind != llm.Unavailable && e.After == 0 && e.Kind != llm.RateLimited && s.failures < strikes && !probe {
		return false
	}
	s.epoch++
	s.until = now.Add(max(e.After, backoff(s.failures, random)))
	return true
}

// backoff is how long to leave a server alone after n failures: a span that
// doubles, of which a random half keeps those who wait apart.
func backoff(n int, random func() float64) time.Duration {
	span := longPause
	if n <= 5 {
		span = min(longPause, firstPause<<(n-1))
	}
	return span/2 + time.Duration(random()*float64(span)/2)
}
