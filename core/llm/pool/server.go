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

	probe   llm.Lister           // tells cheaply whether the server answers; nil where it cannot
	flights map[*waiter]struct{} // calls at the server now

	failures int        // in a row
	epoch    int        // counts pauses: what began before the last one tells nothing new
	until    time.Time  // paused up to then; zero when it is well
	since    time.Time  // when the first of the pauses in a row began
	err      *llm.Error // why it was paused
	checking bool       // it is asked whether it answers
	answers  bool       // it did, after the pause
	told     bool       // that it is drained
}

// room reports whether the server takes a request now. After a pause it must
// answer a check, and is then asked one request at a time until one succeeds.
func (s *server) room(now time.Time) bool {
	if s.until.IsZero() {
		return s.inFlight < s.slots
	}
	return s.inFlight == 0 && !now.Before(s.until) && (s.probe == nil || s.answers)
}

// due reports whether it is time to check a server whose pause is over.
func (s *server) due(now time.Time) bool {
	return s.probe != nil && !s.until.IsZero() && !now.Before(s.until) && !s.checking && !s.answers
}

// up reports whether the server is well, or about to show that it is.
func (s *server) up(now time.Time) bool { return s.until.IsZero() || s.room(now) }

// down reports whether the server is in a pause.
func (s *server) down(now time.Time) bool { return !s.until.IsZero() && now.Before(s.until) }

// succeeded notes an answer and reports whether the server has come back with
// it.
func (s *server) succeeded(epoch int) bool {
	if epoch != s.epoch {
		return false
	}
	back := !s.until.IsZero()
	s.failures, s.until, s.err = 0, time.Time{}, nil
	return back
}

// failed notes a failure that may pass and reports whether the server is paused
// because of it.
func (s *server) failed(epoch int, e *llm.Error, now time.Time, random func() float64) bool {
	if epoch != s.epoch {
		return false
	}
	back := !s.until.IsZero()
	plain := e.Kind == llm.Unavailable || e.Kind == llm.RateLimited || e.Kind == llm.ModelMissing || e.After > 0
	if !plain && s.failures+1 < strikes && !back {
		s.failures++
		s.err = e
		return false
	}
	s.pause(e, now, random)
	return true
}

// pause leaves the server alone for a while, longer with every failure in a row.
func (s *server) pause(e *llm.Error, now time.Time, random func() float64) {
	if s.until.IsZero() {
		s.since = now
	}
	s.failures++
	s.err, s.answers = e, false
	s.epoch++
	s.until = now.Add(max(e.After, backoff(s.failures, random)))
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
