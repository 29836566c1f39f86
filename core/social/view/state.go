package view

import (
	"encoding/json"
	"strings"
	"sync/atomic"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// state is what a view knows of a run.
type state struct {
	meta   journal.Meta
	keep   int
	tick   int64 // last seen; -1: none
	count  int64 // number of the last post of the run that is known
	first  int64 // number of the first post of the last tick that made one
	of     int64 // that tick
	people people
	groups groups
	posts  []*post          // by id
	byKey  map[string]*post // by what the run calls them
	tags   map[string][]*post
	taken  map[int64]bool // commands of visits that a tick has carried out
	news   news
	trends atomic.Pointer[[]Trend] // nil since posts changed
}

func newState(meta journal.Meta, keep int) *state {
	s := &state{
		meta: meta, keep: keep, tick: -1, of: -1, people: newPeople(meta.Language), groups: groups{byName: map[string]int32{}},
		byKey: map[string]*post{}, tags: map[string][]*post{}, taken: map[int64]bool{},
	}
	s.news.changed = make(chan struct{})
	return s
}

// groups are those of the run.
type groups struct {
	all    []group
	byName map[string]int32 // by folded name
}

type group struct {
	social.Group
	tag string // the hashtag that stands for it
}

func (g *groups) find(name string) int32 {
	if at, ok := g.byName[text.Fold(name)]; ok {
		return at
	}
	return nobody
}

func (g *groups) add(made social.Group) {
	key := text.Fold(made.Name)
	if _, known := g.byName[key]; known {
		return
	}
	g.byName[key] = int32(len(g.all))
	g.all = append(g.all, group{Group: made, tag: tagOf(made.Name)})
}

// Kinds of row of a network that a view reads.
const (
	rowPost      = "post"
	rowFavourite = "favourite"
	rowVote      = "vote"
	rowFollow    = "follow"
	rowGroup     = "group"
	rowMember    = "member"
	rowVisitor   = "visitor"
)

// row takes in a row that is no post.
func (s *state) row(r journal.StoredRow) error {
	switch r.Kind {
	case rowVisitor:
		v := social.Visitor{ID: r.ID}
		err := json.Unmarshal(r.JSON, &v)
		v.ID = r.ID
		s.people.enters(v)
		return err
	case rowGroup:
		var g social.Group
		err := json.Unmarshal(r.JSON, &g)
		s.groups.add(g)
		return err
	case rowFollow, rowMember:
		return s.list(r)
	case rowFavourite, rowVote:
		return s.reaction(r)
	}
	return nil
}

func (s *state) list(r journal.StoredRow) error {
	who := s.people.find(r.ID)
	var names []string
	if err := json.Unmarshal(r.JSON, &names); err != nil || who == nobody {
		return err
	}
	if r.Kind == rowMember {
		s.join(who, names)
		return nil
	}
	var follows []int32
	for _, name := range names {
		if at := s.people.find(name); at != nobody {
			follows = with(follows, at)
		}
	}
	p := s.people.all[who]
	for _, was := range p.follows {
		if !has(follows, was) {
			s.people.all[was].followed = without(s.people.all[was].followed, who)
		}
	}
	for _, at := range follows {
		s.people.all[at].followed = with(s.people.all[at].followed, who)
	}
	p.follows = follows
	return nil
}

// join makes a person a member of groups and of no others.
func (s *state) join(who int32, names []string) {
	p := s.people.all[who]
	for _, at := range p.groups {
		s.groups.all[at].Members--
	}
	p.groups = nil
	for _, name := range names {
		if at := s.groups.find(name); at != nobody {
			p.groups = with(p.groups, at)
			s.groups.all[at].Members++
		}
	}
}

// reaction takes in a favourite or a vote.
func (s *state) reaction(r journal.StoredRow) error {
	id, agent, _ := strings.Cut(r.ID, "/")
	p, who := s.byKey[id], s.people.find(agent)
	if p == nil || who == nobody {
		return nil // of a post that is not kept
	}
	if r.Kind == rowFavourite {
		p.favourites = with(p.favourites, who)
		return nil
	}
	var vote struct {
		Option int `json:"option"`
	}
	err := json.Unmarshal(r.JSON, &vote)
	p.vote(who, vote.Option)
	return err
}

// post takes in a post of the run; nil where it cannot be. Posts come in the
// order of their numbers.
func (s *state) post(row numbered) *post {
	made := row.post
	if made.Tick != s.of {
		s.of, s.first = made.Tick, row.number
	}
	s.count = row.number
	id := s.last()
	if made.Visit != "" {
		if waits := s.byKey[made.Visit]; waits != nil && waits.waiting {
			s.unhang(waits)
			waits.Post, waits.waiting = made, false
			s.hang(waits, row.found)
			return waits
		}
		if given, ok := visitNumber(made.Visit); ok {
			id = given
		}
	}
	p := &post{id: id, Post: made}
	if !s.enter(p, row.found) {
		return nil
	}
	return p
}

// last is the id of the last post in the order in which the run made them, in
// which a visit that waited for its tick is no older than what it found there.
func (s *state) last() int64 { return postID(s.of, int32(s.count-s.first)) }

func (s *state) mood(agent string, valence, arousal float64) {
	if at := s.people.find(agent); at != nobody {
		s.people.all[at].mood = &sdk.Mood{Valence: valence, Arousal: arousal}
	}
}

func (s *state) agents(all []event.AgentState) {
	for _, a := range all {
		s.mood(a.ID, a.Mood.Valence, a.Mood.Arousal)
	}
}
