package view

import (
	"cmp"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// expect shows a visit that waits as if the run had carried it out. What it
// cannot be is for the run to refuse. Doing it twice changes nothing.
func (s *state) expect(c control.Command) {
	if c.Order.Visit == nil || s.taken[c.ID] {
		return
	}
	v := *c.Order.Visit
	who := s.people.enters(v.Visitor)
	target := s.byKey[v.Target]
	if target != nil && target.Kind == sdk.ItemBoost {
		target = target.parent
	}
	to := s.people.find(v.To)
	switch {
	case v.Kind == sdk.ItemPost, v.Kind == sdk.ItemReply, v.Kind == sdk.ItemDirect, v.Kind == sdk.ItemBoost:
		s.expectPost(v, who, target)
	case v.Kind == "follow" && to != nobody:
		s.people.follow(who, to)
	case v.Kind == "unfollow" && to != nobody:
		s.people.unfollow(who, to)
	case target != nil:
		target.react(v, who)
	}
}

// react favourites a post, takes that back, or votes in it.
func (p *post) react(v social.Visit, who int32) {
	switch v.Kind {
	case sdk.ItemFavourite:
		p.favourites = with(p.favourites, who)
	case "unfavourite":
		p.favourites = without(p.favourites, who)
	case sdk.ItemVote:
		p.vote(who, v.Option)
	}
}

// expectPost shows a post that a visit will make.
func (s *state) expectPost(v social.Visit, who int32, target *post) {
	id, ok := visitNumber(v.ID)
	if !ok || s.byKey[v.ID] != nil || v.Kind != sdk.ItemPost && v.Kind != sdk.ItemDirect && target == nil {
		return
	}
	if v.Kind == sdk.ItemBoost && has(target.boosters, who) {
		return // once is enough
	}
	me := s.people.all[who].id
	p := &post{id: id, waiting: true, Post: social.Post{
		Kind: v.Kind, Audience: v.Audience, Author: me, Text: v.Text, Options: v.Options, Visit: v.ID, To: v.To,
		Tick: s.tick + 1, Time: s.meta.Clock.At(s.tick + 1),
	}}
	s.address(p, target)
	if s.enter(p, nil) {
		s.arrived(p)
	}
}

// address works out whom a post that waits is for, as the network does.
func (s *state) address(p, target *post) {
	switch p.Kind {
	case sdk.ItemDirect:
		p.Audience = social.Direct
	case sdk.ItemBoost:
		p.Audience, p.Parent, p.Text = social.Public, target.key(), ""
	case sdk.ItemReply:
		p.Parent = target.key()
		p.Audience, p.Wall, p.Group = target.Audience, target.Wall, target.Group
		if other := target.other(s.people.find(p.Author)); p.Audience == social.Direct && other != nobody {
			p.To = s.people.all[other].id
		}
	default:
		p.Audience = cmp.Or(p.Audience, social.Public)
		if p.Audience == social.Followers {
			p.Wall = p.Author
		}
	}
}

// key is what the run calls a post: its id, or the visit that makes it.
func (p *post) key() string { return cmp.Or(p.ID, p.Visit) }

// arrived tells the readers of streams.
func (s *state) arrived(p *post) {
	if s.news.live {
		s.news.add(arrival{post: p, neutral: &neutral{}})
	}
}

// undo takes back what was shown of a visit that the run refused, but for what
// rows say.
func (s *state) undo(v *social.Visit) {
	if p := s.byKey[v.ID]; p != nil && p.waiting {
		s.posts = remove(s.posts, p)
		s.drop(p)
		s.news.add(arrival{post: p, refused: true})
	}
}
