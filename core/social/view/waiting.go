package view

import (
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
	who := s.people.visitor(v.Visitor)
	target := s.byKey[v.Target]
	if target != nil && target.Kind == sdk.ItemBoost {
		target = target.parent
	}
	to := s.people.find(v.To)
	switch v.Kind {
	case sdk.ItemPost, sdk.ItemReply, sdk.ItemDirect, sdk.ItemBoost:
		s.expectPost(v, who, target)
	case sdk.ItemFavourite:
		if target != nil {
			target.favourites = with(target.favourites, who)
		}
	case "unfavourite":
		if target != nil {
			target.favourites = without(target.favourites, who)
		}
	case sdk.ItemVote:
		if target != nil {
			target.vote(who, v.Option)
		}
	case "follow":
		if to != nobody {
			s.people.follow(who, to)
		}
	case "unfollow":
		if to != nobody {
			s.people.unfollow(who, to)
		}
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
	switch v.Kind {
	case sdk.ItemDirect:
		p.Audience = social.Direct
	case sdk.ItemBoost:
		p.Audience, p.Parent, p.Text = social.Public, v.Target, ""
	case sdk.ItemReply:
		p.Parent = v.Target
		p.Audience, p.Wall, p.Group = target.Audience, target.Wall, target.Group
		if p.Audience == social.Direct {
			p.To = s.people.all[target.other(who)].id
		}
	default:
		if p.Audience == "" {
			p.Audience = social.Public
		}
		if p.Audience == social.Followers {
			p.Wall = me
		}
	}
	if s.enter(p) {
		s.arrived(p)
	}
}

// arrived tells the readers of streams.
func (s *state) arrived(p *post) {
	if s.news.live {
		s.news.add(arrival{post: p, status: s.neutral(p)})
	}
}

// undo takes back what was shown of a visit that the run refused, but for what
// rows say.
func (s *state) undo(v *social.Visit) {
	if p := s.byKey[v.ID]; p != nil && p.waiting {
		s.posts = remove(s.posts, p)
		s.drop(p)
		s.news.add(arrival{deleted: p.id})
	}
}
