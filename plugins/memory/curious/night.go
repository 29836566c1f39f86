package curious

import (
	"context"
	"time"
)

// sleep replays memories at the first tick of a simulated night. A night begins
// at config.Night by the observation's own clock; however many of them a tick
// leaps over, there is one replay.
func (s *step) sleep(ctx context.Context) error {
	now, ok := instant(&s.seen.Observation)
	if !ok || s.config.Priority == byNothing {
		return nil
	}
	night := now.Add(-s.config.night).Format(time.DateOnly)
	if night <= s.mind.cursor.Night {
		return nil
	}
	s.mind.mu.Lock()
	s.mind.cursor.Night = night
	s.mind.mu.Unlock()
	chosen := s.mind.foremost(s.config.Replays)
	if len(chosen) == 0 {
		return nil
	}
	return s.replay(ctx, chosen, now)
}
