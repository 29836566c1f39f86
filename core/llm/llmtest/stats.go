package llmtest

import (
	"context"
	"math"
	"time"
)

// Stats is what a server saw.
type Stats struct {
	Requests int           // for replies and embeddings
	Peak     int           // requests at once, those that waited included
	Service  time.Duration // sum of the time that slots were busy
	First    time.Time     // when the first request came
	Last     time.Time     // when the last answer left
}

// Stats is what the server saw until now.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Busy is the sum of the time that slots worked on answers.
func (s *Server) Busy() time.Duration { return s.Stats().Service }

// Wall is the time between the first request and the last answer. Utilisation
// is Busy ÷ (slots × Wall).
func (s *Server) Wall() time.Duration {
	stats := s.Stats()
	return stats.Last.Sub(stats.First)
}

// Requests are those for replies and embeddings, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// keptRequests bounds what Requests returns.
const keptRequests = 10_000

// arrive notes a request and draws how long its answer takes.
func (s *Server) arrive(r Request) (n int, takes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n = s.stats.Requests
	s.stats.Requests++
	if n == 0 {
		s.stats.First = time.Now()
	}
	if len(s.requests) < keptRequests {
		s.requests = append(s.requests, r)
	}
	s.inFlight++
	s.stats.Peak = max(s.stats.Peak, s.inFlight)
	if s.opts.Mean <= 0 {
		return n, 0
	}
	mu := math.Log(float64(s.opts.Mean)) - s.opts.Sigma*s.opts.Sigma/2
	return n, time.Duration(math.Exp(mu + s.opts.Sigma*s.rand.NormFloat64()))
}

func (s *Server) depart(busy time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
	s.stats.Service += busy
	s.stats.Last = time.Now()
}

// work holds a slot for as long as an answer takes.
func (s *Server) work(ctx context.Context, takes time.Duration) (busy time.Duration, err error) {
	select {
	case s.slot <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	began := time.Now()
	defer func() { <-s.slot; busy = time.Since(began) }()
	if takes <= 0 {
		return 0, nil
	}
	timer := time.NewTimer(takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
