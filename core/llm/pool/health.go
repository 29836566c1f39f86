package pool

import "github.com/llm-city/gorod/core/llm"

// State is how an endpoint is used.
type State string

// The states.
const (
	Well    State = "well"    // it takes calls
	Slow    State = "slow"    // it takes one at a time, far slower than another: no agent stays there
	Waiting State = "waiting" // it asked to be left alone for a while
	Drained State = "drained" // it takes none until it answers checks
)

// Health is how an endpoint stands.
type Health struct {
	Endpoint string `json:"endpoint"`
	State    State  `json:"state"`
	InFlight int    `json:"in_flight"` // calls there now
	Slots    int    `json:"slots"`
	Failures int    `json:"failures,omitempty"` // in a row
	Why      string `json:"why,omitempty"`      // the last of them
}

// Change is an endpoint that is drained, is back, has become slow, or well.
type Change struct {
	Endpoint string
	State    State
	Why      string
}

// Health of all endpoints, in the order given.
func (p *Pool) Health() []Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Health, len(p.order))
	for i, s := range p.order {
		out[i] = Health{Endpoint: s.name, State: s.state(), InFlight: s.inFlight, Slots: s.slots, Failures: s.failures}
		if out[i].State == Well && p.isSlow(s) {
			out[i].State = Slow
		}
		if s.err != nil {
			out[i].Why = s.err.Error()
		}
	}
	return out
}

func (p *Pool) isSlow(s *server) bool {
	for _, m := range p.models {
		if at := m.seatAt(s); at != nil && at.slow {
			return true
		}
	}
	return false
}

// state is the server's, but for its pace.
func (s *server) state() State {
	switch {
	case s.until.IsZero():
		return Well
	case s.err.Kind == llm.RateLimited:
		return Waiting
	default:
		return Drained
	}
}
