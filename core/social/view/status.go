package view

import (
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Status is a post as a viewer sees it. It is not changed once it is given.
type Status struct {
	ID       int64  // Mastodon's
	Post     string // the run's; empty while it waits
	Visit    string // that made it
	Author   *Account
	Kind     string // of an item of the SDK
	Audience social.Audience
	Text     string
	Spans    []Span // of Text, in order
	Time     time.Time
	Group    string
	Tags     []string // folded, that of the group among them
	To       *Account // of a direct message
	Poll     *Poll
	Passed   *Status // boosted or quoted
	ReplyTo  *Reply

	Replies, Boosts, Favourites int
	Boosted, Favourited         bool // by the viewer
	// Waiting: the run has not carried it out yet.
	Waiting bool
}

// Reply says what is answered.
type Reply struct{ ID, Account int64 }

// Poll is what a post asks.
type Poll struct {
	Options []Option
	Voters  int
	Voted   bool // the viewer did, or may not
	Own     []int
}

// Option of a poll.
type Option struct {
	Title string
	Votes int
}

func (s *state) status(viewer int32, p *post) *Status { return s.render(viewer, viewer, p) }

// neutral is a post as nobody in particular sees it, but for what it answers:
// whoever may see it may see that.
func (s *state) neutral(p *post) *Status { return s.render(nobody, p.author, p) }

// render is a post with what the viewer did to it; what it refers to is seen by
// the eyes.
func (s *state) render(viewer, eyes int32, p *post) *Status {
	out := &Status{
		ID: p.id, Post: p.ID, Visit: p.Visit, Author: s.account(p.author), Kind: p.Kind, Audience: p.Audience, Text: p.Text, Time: p.Time,
		Group: p.Group, Tags: p.tags, Replies: len(p.replies), Boosts: len(p.boosters), Favourites: len(p.favourites), Waiting: p.waiting,
		Boosted: has(p.boosters, viewer), Favourited: has(p.favourites, viewer),
	}
	if strings.ContainsAny(p.Text, "@#") {
		out.Spans = s.spans(p.Text)
	}
	if p.to != nobody {
		out.To = s.account(p.to)
	}
	if len(p.Options) > 0 {
		out.Poll = p.poll(viewer)
	}
	switch {
	case !s.sees(eyes, p.parent):
	case p.Kind == sdk.ItemReply:
		out.ReplyTo = &Reply{p.parent.id, s.people.all[p.parent.author].number}
	case p.Kind == sdk.ItemBoost, p.parent.Kind != sdk.ItemQuote:
		out.Passed = s.render(viewer, eyes, p.parent)
	}
	return out
}

func (s *state) spans(body string) (spans []Span) {
	for _, r := range s.referred(body) {
		span := Span{From: r.from, To: r.to, Tag: r.tag}
		if r.who != nobody {
			span.Account = s.account(r.who)
		}
		spans = append(spans, span)
	}
	return spans
}

func (p *post) poll(viewer int32) *Poll {
	poll := &Poll{Voters: len(p.ballots), Voted: viewer == p.author && viewer != nobody}
	for _, title := range p.Options {
		poll.Options = append(poll.Options, Option{Title: title})
	}
	for _, b := range p.ballots {
		poll.Options[b.option].Votes++
	}
	if option, voted := p.voted(viewer); voted {
		poll.Voted, poll.Own = true, []int{option}
	}
	return poll
}

// Status is a post by its Mastodon id, as a viewer may see it; social.ErrNoPost
// where it may not.
func (v *View) Status(viewer string, id int64) (*Status, error) {
	defer v.read()()
	me := v.s.people.find(viewer)
	p, err := v.s.allowed(me, id)
	if err != nil {
		return nil, err
	}
	return v.s.status(me, p), nil
}

// Made is the post that a visit made, by the id of the visit.
func (v *View) Made(viewer, visit string) (*Status, error) {
	defer v.read()()
	me := v.s.people.find(viewer)
	p := v.s.byKey[visit]
	if !v.s.sees(me, p) {
		return nil, social.ErrNoPost
	}
	return v.s.status(me, p), nil
}

// Reacted says who favourited (kind sdk.ItemFavourite) or boosted (sdk.ItemBoost)
// a post that the viewer may see, as Followers does.
func (v *View) Reacted(viewer, kind string, id, after int64, limit int) ([]*Account, error) {
	defer v.read()()
	p, err := v.s.allowed(v.s.people.find(viewer), id)
	if err != nil {
		return nil, err
	}
	who := p.favourites
	if kind == sdk.ItemBoost {
		who = p.boosters
	}
	return v.s.accounts(v.s.people.from(who, after, limit)), nil
}

// maxThread is how many posts of a conversation are given on either side.
const maxThread = 1000

// Context is the conversation around a post: what it answers, oldest first, and
// what answers it, as a tree read from the top.
func (v *View) Context(viewer string, id int64) (before, after []*Status, err error) {
	defer v.read()()
	me := v.s.people.find(viewer)
	p, err := v.s.allowed(me, id)
	if err != nil {
		return nil, nil, err
	}
	for up := p; up.Kind == sdk.ItemReply && v.s.sees(me, up.parent) && len(before) < maxThread; up = up.parent {
		before = append(before, v.s.status(me, up.parent))
	}
	slices.Reverse(before)
	for stack := reversed(p.replies); len(stack) > 0 && len(after) < maxThread; {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.s.sees(me, top) {
			after = append(after, v.s.status(me, top))
			stack = append(stack, reversed(top.replies)...)
		}
	}
	return before, after, nil
}

func reversed(list []*post) []*post {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// BoostOf is the post by which a viewer boosted another; social.ErrNoPost where
// there is none.
func (v *View) BoostOf(viewer string, id int64) (*Status, error) {
	defer v.read()()
	me := v.s.people.find(viewer)
	p, err := v.s.allowed(me, id)
	if err != nil || me == nobody || !has(p.boosters, me) {
		return nil, social.ErrNoPost
	}
	mine := v.s.people.all[me].posts
	for i := len(mine) - 1; i >= 0; i-- {
		if mine[i].Kind == sdk.ItemBoost && mine[i].parent == p {
			return v.s.status(me, mine[i]), nil
		}
	}
	return nil, social.ErrNoPost
}

// Mentions are whom a text names.
func (v *View) Mentions(text string) (named []*Account) {
	defer v.read()()
	for _, r := range v.s.referred(text) {
		if r.who != nobody {
			named = append(named, v.s.account(r.who))
		}
	}
	return named
}
