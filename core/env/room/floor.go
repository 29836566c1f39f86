package room

import (
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/people"
)

// floor is whose turn it is, and was.
type floor struct {
	turns   int // given so far
	last    int // place of the one before, or people.Nobody
	guest   int // the last who was not the host
	speaker int // whose turn it is in this tick
	spoke   bool
	unsaved bool
}

func newFloor() floor {
	return floor{last: people.Nobody, guest: people.Nobody, speaker: people.Nobody}
}

// give gives the floor for a tick; to people.Nobody where all sleep.
func (f *floor) give(speaker int) { f.speaker, f.spoke = speaker, false }

// settle ends the turn.
func (f *floor) settle(host int) {
	f.turns++
	if f.last = f.speaker; f.speaker != host {
		f.guest = f.speaker
	}
	f.speaker, f.unsaved = people.Nobody, true
}

// next is who speaks: the opener first, the host every other turn, else whom
// the order of the room names. Nobody speaks twice in a row while others can.
func (e *Environment) next(tick env.Tick, present []int) int {
	others := slices.DeleteFunc(slices.Clone(present), func(i int) bool { return i == e.floor.last })
	switch {
	case len(present) == 0:
		return people.Nobody
	case len(others) == 0:
		return present[0]
	case e.floor.turns == 0 && slices.Contains(others, e.opener):
		return e.opener
	case slices.Contains(others, e.host):
		return e.host
	}
	return e.choose(e, tick, others)
}
