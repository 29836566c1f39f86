package embedded

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/core/social"
)

// none stands for no post, agent or group.
const none = -1

// post is a post with what it refers to as numbers.
type post struct {
	// What timelines look at stands first, together in memory.
	num          int32 // from 0; the id is p1, p2, …
	author, to   int32 // agents
	wall         int32
	group        int32
	parent, root int32 // posts; root is num for the first of a conversation

	social.Post

	favourites, boosters []int32  // agents, ascending
	ballots              []ballot // by agent
	terms                []string // while it is among recentPosts
}

// ballot is an agent's vote in a poll.
type ballot struct{ agent, option int32 }

// ballot finds an agent's vote, or where it would be.
func (p *post) ballot(agent int32) (at int, ok bool) {
	return slices.BinarySearchFunc(p.ballots, agent, func(b ballot, a int32) int { return cmp.Compare(b.agent, a) })
}

// store holds the last posts, by number.
type store struct {
	ring   []*post
	count  int32 // ever made
	retain int
	visits map[string]int32 // posts of visitors, by the visit that made them
}

// at returns a post, or nil where it is not kept.
func (s *store) at(num int32) *post {
	if num < s.oldest() || num >= s.count {
		return nil
	}
	slot := int(num) % s.retain
	if slot >= len(s.ring) || s.ring[slot] == nil || s.ring[slot].num != num {
		return nil
	}
	return s.ring[slot]
}

// oldest is the number of the first post kept.
func (s *store) oldest() int32 { return max(0, s.count-int32(s.retain)) }

// put keeps a post and forgets the one it displaces.
func (s *store) put(p *post) {
	slot := int(p.num) % s.retain
	for slot >= len(s.ring) {
		s.ring = append(s.ring, nil)
	}
	if old := s.ring[slot]; old == nil || old.num < p.num {
		s.ring[slot] = p
		s.enter(old, p)
	}
	s.count = max(s.count, p.num+1)
}

// enter keeps a visit's post findable by the visit in place of a displaced one.
func (s *store) enter(old, p *post) {
	if old != nil && old.Visit != "" {
		delete(s.visits, old.Visit)
	}
	if p.Visit == "" {
		return
	}
	if s.visits == nil {
		s.visits = map[string]int32{}
	}
	s.visits[p.Visit] = p.num
}

// vacant reports whether a visit can make a post: it made none yet, and its id
// cannot be taken for that of another post.
func (s *store) vacant(visit string) error {
	if _, ok := number(visit); ok {
		return fmt.Errorf("%w: the id %.20q of a visit", social.ErrInvalid, visit)
	}
	if _, ok := s.visits[visit]; ok {
		return fmt.Errorf("%w: the visit %.20q", social.ErrAlready, visit)
	}
	return nil
}

// find returns the post of an id, or of a visit's.
func (s *store) find(id string) (*post, error) {
	num, ok := number(id)
	if !ok {
		num, ok = s.visits[id]
	}
	if ok {
		if p := s.at(num); p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w: %.20q", social.ErrNoPost, id)
}

func postID(num int32) string { return "p" + strconv.Itoa(int(num)+1) }

// number reads an id as postID writes it.
func number(id string) (int32, bool) {
	if len(id) < 2 || len(id) > 10 || id[0] != 'p' || id[1] == '0' {
		return 0, false
	}
	v, err := strconv.ParseUint(id[1:], 10, 31)
	if err != nil || v == 0 {
		return 0, false
	}
	return int32(v) - 1, true
}
