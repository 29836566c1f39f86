package view

import (
	"slices"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Page asks for a part of a list, the newest first: items with ids below Max and
// above Since, or with Min those next above it. Zero is no bound.
type Page struct {
	Max, Since, Min int64
	Limit           int
}

// Kind of a timeline.
type Kind string

// Kinds of timeline.
const (
	Home    Kind = "home"    // of a viewer: own posts, those of whom it follows
	Public  Kind = "public"  // posts for everybody that answer nobody
	Tag     Kind = "tag"     // posts with a hashtag, or of the group that it stands for
	ByOne   Kind = "account" // of one account
	Thanked Kind = "thanked" // favourited by the viewer
)

// Timeline is a list of posts.
type Timeline struct {
	Kind    Kind
	Tag     string // of Tag; of ByOne those with it alone, if there is one
	Account int64
	// Any, All and None are further hashtags: of Any one is enough, instead of Tag;
	// All must be there, None must not.
	Any, All, None []string
	// Local leaves out what visitors from other servers posted, Remote all else.
	Local, Remote bool
	// NoReplies and NoBoosts leave them out.
	NoReplies, NoBoosts bool
}

// Timeline reads a timeline as a viewer sees it.
func (v *View) Timeline(viewer string, t Timeline, page Page) ([]*Status, error) {
	defer v.read()()
	me := v.s.people.find(viewer)
	list := v.s.posts
	if t.Kind == ByOne {
		at, ok := v.s.people.byNumber[t.Account]
		if !ok {
			return nil, social.ErrNoAgent
		}
		list = v.s.people.all[at].posts
	}
	t = t.folded()
	if t.Kind == Tag && len(t.Any) == 0 {
		list = v.s.tags[t.Tag]
	}
	found := choose(list, page, func(p *post) bool { return v.s.shows(me, t, p) })
	return v.s.statuses(me, found), nil
}

// folded is a timeline with its hashtags as they are compared.
func (t Timeline) folded() Timeline {
	t.Tag = tagOf(t.Tag)
	for _, list := range []*[]string{&t.Any, &t.All, &t.None} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i] = tagOf((*list)[i])
		}
	}
	return t
}

// tagged reports whether a post has the hashtags of a timeline.
func (t Timeline) tagged(p *post) bool {
	has := func(tag string) bool { return tag != "" && slices.Contains(p.tags, tag) }
	lacks := func(tag string) bool { return !has(tag) }
	return (has(t.Tag) || slices.ContainsFunc(t.Any, has)) && !slices.ContainsFunc(t.All, lacks) && !slices.ContainsFunc(t.None, has)
}

// TagOf is a name or a hashtag as tags are compared: Соседи по дому is
// соседиподому.
func TagOf(name string) string { return tagOf(name) }

func (s *state) statuses(viewer int32, posts []*post) []*Status {
	out := make([]*Status, len(posts))
	for i, p := range posts {
		out[i] = s.status(viewer, p)
	}
	return out
}

// choose takes a page of the posts that keep wants out of a list by id.
func choose(list []*post, page Page, keep func(*post) bool) []*post {
	from, to := 0, len(list)
	if page.Max > 0 {
		to, _ = place(list, page.Max)
	}
	if above := max(page.Since, page.Min); above > 0 {
		at, found := place(list, above)
		if from = at; found {
			from++
		}
	}
	var out []*post
	if page.Min > 0 {
		for i := from; i < to && len(out) < page.Limit; i++ {
			if keep(list[i]) {
				out = append(out, list[i])
			}
		}
		slices.Reverse(out)
		return out
	}
	for i := to - 1; i >= from && len(out) < page.Limit; i-- {
		if keep(list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

// shows reports whether a timeline shows a post.
func (s *state) shows(viewer int32, t Timeline, p *post) bool {
	remote := s.people.all[p.author].remote()
	switch {
	case t.Local && remote, t.Remote && !remote, t.NoBoosts && p.Kind == sdk.ItemBoost:
		return false
	case t.NoReplies && p.Kind == sdk.ItemReply && (p.parent == nil || p.parent.author != p.author):
		return false
	}
	return s.listed(viewer, t, p) && s.sees(viewer, p)
}

func (s *state) listed(viewer int32, t Timeline, p *post) bool {
	switch t.Kind {
	case Home:
		return viewer != nobody && s.atHome(viewer, p)
	case Public:
		return p.Audience == social.Public && p.Kind != sdk.ItemBoost && p.Kind != sdk.ItemReply
	case Tag:
		return p.Audience != social.Direct && t.tagged(p)
	case ByOne:
		// What one wrote in private is in one's own list, as at Mastodon: a client that
		// was cut off looks there whether a message was taken.
		private := p.Audience == social.Direct && viewer != p.author
		return s.people.all[p.author].number == t.Account && !private && (t.Tag == "" || t.tagged(p))
	case Thanked:
		return has(p.favourites, viewer)
	default:
		return false
	}
}

// atHome reports whether a home timeline shows a post: an own one, one of
// somebody followed or of a group; of answers only those to somebody whom the
// viewer follows too.
func (s *state) atHome(viewer int32, p *post) bool {
	if p.Audience == social.Direct {
		return false
	}
	me := s.people.all[viewer]
	known := func(who int32) bool { return who == viewer || has(me.follows, who) }
	if p.Kind == sdk.ItemReply {
		return known(p.author) && (p.author == viewer || p.parent != nil && known(p.parent.author))
	}
	if known(p.author) {
		return true
	}
	group := s.groups.find(p.Group)
	return p.Group != "" && group != nobody && has(me.groups, group)
}
