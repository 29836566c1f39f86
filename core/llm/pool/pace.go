package pool

import "time"

// Slow servers. What a request takes varies with its length; what many take does
// not vary so much.
const (
	settled   = 8           // answers before a seat is compared with others
	unsettled = -1          // the first answer of a server waits until the model is loaded
	slowBy    = 4           // times as long as the fastest: slow
	wellBy    = 2           // less than that: well again
	slowLeast = time.Second // longer than the fastest, to be slow
	weight    = 1.0 / 4     // of an answer in the pace
)

// pace is how fast a seat answers. Its fields are guarded by the pool's mutex.
type pace struct {
	answers int           // since the server came; unsettled before the first
	mean    time.Duration // of an answer, the latest counting most
	slow    bool          // it answers far slower than another server of the model
}

// timed notes how long an answer took, and compares the model's seats.
func (p *Pool) timed(s *seat, took time.Duration) {
	s.answers++
	switch s.answers {
	case 0:
		return
	case 1:
		s.mean = took
	default:
		s.mean += time.Duration(weight * float64(took-s.mean))
	}
	best := s.model.fastest()
	for _, other := range s.model.seats {
		if other.answers < settled {
			continue
		}
		was := other.slow
		if was {
			other.slow = other.mean >= wellBy*best && other.mean-best >= slowLeast
		} else {
			other.slow = other.mean > slowBy*best && other.mean-best > slowLeast
		}
		if other.slow != was {
			p.paceChanged(other, best)
		}
	}
}

// fastest is the mean of the seat that answers fastest.
func (m *model) fastest() (best time.Duration) {
	for _, s := range m.seats {
		if s.answers >= settled && (best == 0 || s.mean < best) {
			best = s.mean
		}
	}
	return best
}

func (p *Pool) paceChanged(s *seat, best time.Duration) {
	c := Change{Endpoint: s.server.name, State: Well, Why: "it answers as fast as others again"}
	if s.slow {
		c.State = Slow
		c.Why = "an answer takes " + s.mean.Round(100*time.Millisecond).String() + ", at another server of the model " + best.Round(100*time.Millisecond).String()
	}
	p.log.Warn("a model server's pace has changed", "endpoint", c.Endpoint, "state", c.State, "why", c.Why)
	p.changed(c)
}

// forgetPace starts anew with a server that is left alone.
func (p *Pool) forgetPace(s *server) {
	for _, m := range p.models {
		for _, seat := range m.seats {
			if seat.server == s {
				seat.pace = pace{answers: unsettled}
			}
		}
	}
}
