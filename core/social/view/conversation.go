package view

import (
	"slices"

	"github.com/llm-city/gorod/core/social"
)

// Conversation is what two people wrote each other in private.
type Conversation struct {
	ID   int64 // the other's account
	With *Account
	Last *Status
}

// Conversations are those of a visitor; the page is by the ids of their last
// posts.
func (v *View) Conversations(viewer string, page Page) []*Conversation {
	defer v.read()()
	me := v.s.people.find(viewer)
	if me == nobody {
		return nil
	}
	seen := map[int32]bool{}
	newest := choose(v.s.people.all[me].directs, Page{Limit: len(v.s.people.all[me].directs)}, func(p *post) bool {
		other := p.other(me)
		if seen[other] || other == nobody || !v.s.sees(me, p) {
			return false
		}
		seen[other] = true
		return true
	})
	slices.Reverse(newest)
	var out []*Conversation
	for _, p := range choose(newest, page, func(*post) bool { return true }) {
		out = append(out, v.s.conversation(me, p))
	}
	return out
}

// other is the one at the other end of a direct message.
func (p *post) other(me int32) int32 {
	if p.author == me {
		return p.to
	}
	return p.author
}

func (s *state) conversation(viewer int32, p *post) *Conversation {
	other := s.account(p.other(viewer))
	return &Conversation{ID: other.ID, With: other, Last: s.status(viewer, p)}
}

// Conversation is the one of a visitor with an account.
func (v *View) Conversation(viewer string, with int64) (*Conversation, error) {
	defer v.read()()
	me := v.s.people.find(viewer)
	other, known := v.s.people.byNumber[with]
	if me == nobody || !known {
		return nil, social.ErrNoAgent
	}
	last := choose(v.s.people.all[me].directs, Page{Limit: 1}, func(p *post) bool { return p.other(me) == other && v.s.sees(me, p) })
	if len(last) == 0 {
		return nil, social.ErrNoPost
	}
	return v.s.conversation(me, last[0]), nil
}
