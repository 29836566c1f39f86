package room

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
)

// order chooses who speaks among those who may, given by place, ascending; there
// is at least one.
type order func(e *Environment, tick env.Tick, may []int) int

func newOrder(name string) (order, error) {
	switch name {
	case "round-robin", "":
		return roundRobin, nil
	case "random":
		return random, nil
	case "relevance":
		return byRelevance, nil
	}
	return nil, fmt.Errorf("no order of turns is called %q: round-robin, random and relevance are", name)
}

// roundRobin is the next in population order after the last guest.
func roundRobin(e *Environment, _ env.Tick, may []int) int {
	for _, i := range may {
		if i > e.floor.guest {
			return i
		}
	}
	return may[0]
}

// random draws.
func random(_ *Environment, tick env.Tick, may []int) int {
	return may[tick.Rand("", "speaker", 0).IntN(len(may))]
}

// byRelevance is whom the last message concerns most; of equals who spoke
// least, then the first.
func byRelevance(e *Environment, _ env.Tick, may []int) int {
	return slices.MinFunc(may, func(a, b int) int {
		s, t := &e.seats[a], &e.seats[b]
		return cmp.Or(cmp.Compare(e.relevance(t), e.relevance(s)), cmp.Compare(s.spoken, t.spoken), cmp.Compare(a, b))
	})
}

// addressed is the relevance of a message that is meant for a participant: more
// than any number of shared words gives.
const addressed = 1000

// relevance of the last message to a participant: whether it is addressed, else
// how many words it shares with what the participant's persona is about.
func (e *Environment) relevance(s *seat) int {
	if len(e.messages) == 0 {
		return 0
	}
	m := &e.messages[len(e.messages)-1]
	if m.addresses(s) {
		return addressed
	}
	return m.shared(s.interests)
}
