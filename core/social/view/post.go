package view

import (
	"cmp"
	"slices"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// post is a post with what belongs to it.
type post struct {
	id     int64 // Mastodon's
	author int32
	to     int32
	wall   int32
	parent *post // answered, quoted or boosted; nil where it is not kept
	social.Post

	replies    []*post
	favourites []int32 // by whom, ascending
	boosters   []int32
	ballots    []ballot
	found
	waiting bool // made by a visit that no tick has carried out yet
	gone    bool // forgotten or refused
}

// ballot is somebody's vote.
type ballot struct {
	who    int32
	option int
}

func (p *post) voted(who int32) (option int, ok bool) {
	for _, b := range p.ballots {
		if b.who == who {
			return b.option, true
		}
	}
	return 0, false
}

// vote counts a vote, once.
func (p *post) vote(who int32, option int) {
	if _, done := p.voted(who); !done && option >= 0 && option < len(p.Options) {
		p.ballots = append(p.ballots, ballot{who, option})
	}
}

// insert puts a post into a list that is ordered by id.
func insert(list []*post, p *post) []*post {
	at, found := place(list, p.id)
	if found {
		return list
	}
	return slices.Insert(list, at, p)
}

func remove(list []*post, p *post) []*post {
	at, found := place(list, p.id)
	if !found {
		return list
	}
	return slices.Delete(list, at, at+1)
}

// place is where the post of an id is, or would be.
func place(list []*post, id int64) (int, bool) {
	if n := len(list); n > 0 && list[n-1].id < id {
		return n, false // the newest, as most are
	}
	return slices.BinarySearchFunc(list, id, func(p *post, id int64) int { return cmp.Compare(p.id, id) })
}

// enter takes in a post, unless nobody wrote it or its id is taken.
func (s *state) enter(p *post, known *found) bool {
	_, taken := place(s.posts, p.id)
	if s.people.find(p.Author) == nobody || taken {
		return false
	}
	s.posts = insert(s.posts, p)
	s.hang(p, known)
	s.forget()
	return true
}

// key finds a post by what the run calls it: its number, or the visit that makes
// it while it has none.
func (s *state) key(p *post) {
	if p.ID != "" {
		s.byKey[p.ID] = p
	}
	if p.Visit != "" {
		s.byKey[p.Visit] = p
	}
}

// refer finds whom and what a post names by ids. What its text refers to may be
// known.
func (s *state) refer(p *post, known *found) {
	p.author, p.to, p.wall = s.people.find(p.Author), nobody, nobody
	if p.To != "" {
		p.to = s.people.find(p.To)
	}
	if p.Wall != "" {
		p.wall = s.people.find(p.Wall)
	}
	p.parent = s.byKey[p.Parent]
	if known == nil {
		known = &found{}
		known.mentions, known.tags = s.references(&p.Post)
	}
	p.found = *known
}

// hang puts a post where readers look for it.
func (s *state) hang(p *post, known *found) {
	s.trends.Store(nil)
	s.refer(p, known)
	s.key(p)
	author := s.people.all[p.author]
	author.posts = insert(author.posts, p)
	if p.Audience == social.Public {
		author.public++
	}
	if p.Audience == social.Direct {
		for _, who := range s.ends(p) {
			who.directs = insert(who.directs, p)
		}
	}
	for _, tag := range p.tags {
		s.tags[tag] = insert(s.tags[tag], p)
	}
	if p.parent == nil {
		return
	}
	switch p.Kind {
	case sdk.ItemReply:
		p.parent.replies = insert(p.parent.replies, p)
	case sdk.ItemBoost:
		p.parent.boosters = with(p.parent.boosters, p.author)
	}
}

// ends are the visitors among the two whom a direct message concerns.
func (s *state) ends(p *post) (ends []*person) {
	for _, at := range []int32{p.author, p.to} {
		if at != nobody && s.people.all[at].visitor {
			ends = append(ends, s.people.all[at])
		}
	}
	return ends
}

// unhang takes a post away from there.
func (s *state) unhang(p *post) {
	s.trends.Store(nil)
	delete(s.byKey, p.ID)
	delete(s.byKey, p.Visit)
	author := s.people.all[p.author]
	author.posts = remove(author.posts, p)
	if p.Audience == social.Public {
		author.public--
	}
	if p.Audience == social.Direct {
		for _, who := range s.ends(p) {
			who.directs = remove(who.directs, p)
		}
	}
	for _, tag := range p.tags {
		s.tags[tag] = remove(s.tags[tag], p)
	}
	if p.parent != nil {
		switch p.Kind {
		case sdk.ItemReply:
			p.parent.replies = remove(p.parent.replies, p)
		case sdk.ItemBoost:
			p.parent.boosters = without(p.parent.boosters, p.author)
		}
	}
}

// drop forgets a post.
func (s *state) drop(p *post) {
	s.unhang(p)
	p.leave()
}

// leave lets go of what a post that is not kept any more refers to.
func (p *post) leave() {
	p.gone = true
	for _, reply := range p.replies {
		reply.parent = nil // or a long conversation would be kept by its last post
	}
	p.parent, p.replies = nil, nil
}

// forget lets go of the oldest posts. They are dropped many at a time, since
// that moves all others.
func (s *state) forget() {
	if len(s.posts) < s.keep+s.keep/16+1 {
		return
	}
	s.trends.Store(nil)
	old := len(s.posts) - s.keep
	for _, p := range s.posts[:old] {
		delete(s.byKey, p.ID)
		delete(s.byKey, p.Visit)
		p.leave()
	}
	bound := s.posts[old].id
	for _, p := range s.people.all {
		for _, gone := range p.posts[:before(p.posts, bound)] {
			if gone.Audience == social.Public {
				p.public--
			}
		}
		p.posts, p.directs = since(p.posts, bound), since(p.directs, bound)
	}
	for tag, list := range s.tags {
		if s.tags[tag] = since(list, bound); len(s.tags[tag]) == 0 {
			delete(s.tags, tag)
		}
	}
	s.posts = slices.Delete(s.posts, 0, old)
}

// before counts the posts of a list with ids below one, since are the others.
func before(list []*post, id int64) int {
	at, _ := place(list, id)
	return at
}

func since(list []*post, id int64) []*post { return slices.Delete(list, 0, before(list, id)) }

// find is a post by Mastodon's id, or nil.
func (s *state) find(id int64) *post {
	at, found := place(s.posts, id)
	if !found {
		return nil
	}
	return s.posts[at]
}
