package fakeserver

import (
	"slices"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// Takeout is one that a client began.
type Takeout struct {
	ID       int64
	Finished bool
	Success  bool // as the client said when it finished it
}

// Takeouts are those that were begun.
func (s *Server) Takeouts() []Takeout {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.takeouts)
}

// Expire ends the takeouts that are open, as Telegram does after a while.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.takeouts {
		s.takeouts[i].ID = -max(s.takeouts[i].ID, -s.takeouts[i].ID)
	}
}

func (s *Server) isOpen(id int64) bool {
	return slices.ContainsFunc(s.takeouts, func(t Takeout) bool { return t.ID == id && !t.Finished })
}

func (s *Server) begin(c *call) (bin.Encoder, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := int64(1000 + len(s.takeouts))
	s.takeouts = append(s.takeouts, Takeout{ID: id})
	return &tg.AccountTakeout{ID: id}, nil
}

// finish must come wrapped in the takeout that it ends.
func (s *Server) finish(c *call) (bin.Encoder, error) {
	var r tg.AccountFinishTakeoutSessionRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range s.takeouts {
		if t.ID == c.takeout {
			s.takeouts[i].Finished, s.takeouts[i].Success = true, r.Success
			return &tg.BoolTrue{}, nil
		}
	}
	return nil, tgerr.New(403, "TAKEOUT_REQUIRED")
}
