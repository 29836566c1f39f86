package room

import (
	"math/bits"

	"github.com/llm-city/gorod/core/env/hearsay"
)

// Turns that boredom looks back on, and how many there must be before anybody
// is bored.
const (
	turnsFelt = 10
	patience  = 4
)

// seat is a participant's.
type seat struct {
	id        string
	place     int
	interests map[string]bool // stems of what its persona is about
	name      names

	left    bool
	told    []string // events of the study that it has yet to see
	knows   hearsay.Knowledge
	spoken  int    // turns in which it said something
	passed  uint32 // a bit a turn, the last in bit 0: it passed the participant by
	felt    int    // turns that passed holds
	unsaved bool
}

// feel notes whether a turn concerned the participant.
func (s *seat) feel(concerned bool) {
	s.passed <<= 1
	if !concerned {
		s.passed |= 1
	}
	s.passed &= 1<<turnsFelt - 1
	s.felt = min(s.felt+1, turnsFelt)
	s.unsaved = true
}

// bored reports whether so large a share of the last turns passed the
// participant by. A room does not know moods; it sees who takes part.
func (s *seat) bored(share float64) bool {
	return s.felt >= patience && float64(bits.OnesCount32(s.passed)) >= share*float64(s.felt)
}
