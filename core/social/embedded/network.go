// Package embedded is a social network that lives in memory, inside a run. It
// depends on nothing but the calls it gets: the same calls make the same ids,
// the same posts in the same order, the same rows. What a read costs is bounded
// by the constants below, whatever the number of residents and of posts.
package embedded

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/social"
)

// Bounds of what is kept in memory. What falls out stays in the journal.
const (
	inboxSize       = 200    // unread notifications of an agent; the oldest are dropped
	recentPerAuthor = 20     // posts of an author that feeds look at
	recentPerGroup  = 400    // posts of a group that feeds look at
	recentPosts     = 4000   // posts that search and trends look at, and that a home timeline does
	recentPublic    = 20_000 // posts among which public timelines draw
	manyFollows     = 300    // from here on a home timeline reads recentPublic instead of each author
	maxGroups       = 1000
	maxMemberships  = 100 // groups of an agent
	maxLeft         = 200 // conversations that an agent left; the oldest are forgotten
	maxVisitors     = 10_000
)

// DefaultRetain is how many posts can be read, answered and liked.
const DefaultRetain = 100_000

// Options are what a network is made of.
type Options struct {
	Agents []string // ids, in population order
	// Follows of each agent at the start, as places in Agents, ascending.
	Follows [][]int32
	Groups  []Founded
	Retain  int // posts kept in memory, at least recentPublic; 0 means DefaultRetain
}

// Founded is a group that exists from the start.
type Founded struct {
	social.Group
	Members []int32 // places in Agents
}

// Network is an embedded network.
type Network struct {
	accounts []account // of agents, then of visitors
	visitors []social.Visitor
	index    map[string]int32 // of accounts
	posts    store
	groups   []group
	byName   map[string]int32 // of groups, by folded name
	largest  []int32          // groups, most members first
	public   []int32          // recent posts for everybody, without replies
	words    words
	changed  changes
}

var (
	_ social.Network  = (*Network)(nil)
	_ social.Stateful = (*Network)(nil)
	_ social.Visited  = (*Network)(nil)
)

// account is an agent's or a visitor's. Lists are ascending where not said otherwise.
type account struct {
	id      string
	follows []int32
	mutes   []int32
	left    []int32 // first posts of conversations, in the order of leaving
	groups  []int32
	recent  []int32  // own posts that feeds may show
	inbox   []notice // oldest first
	unsaved bool     // inbox changed
}

type group struct {
	social.Group
	recent []int32
}

// New makes a network.
func New(o Options) (*Network, error) {
	if len(o.Follows) > len(o.Agents) {
		return nil, fmt.Errorf("make network: follows of %d agents, but there are %d", len(o.Follows), len(o.Agents))
	}
	n := &Network{
		accounts: make([]account, len(o.Agents)), index: make(map[string]int32, len(o.Agents)),
		posts: store{retain: o.Retain}, byName: map[string]int32{}, words: newWords(),
	}
	if n.posts.retain <= 0 {
		n.posts.retain = DefaultRetain
	}
	n.posts.retain = max(n.posts.retain, recentPublic+1)
	for i, id := range o.Agents {
		n.accounts[i].id, n.index[id] = id, int32(i)
	}
	if len(n.index) != len(o.Agents) {
		return nil, fmt.Errorf("make network: two agents share an id")
	}
	for i, follows := range o.Follows {
		if n.accounts[i].follows = slices.Clip(follows); len(follows) > 0 {
			n.changed.add(change{kind: rowFollow, at: int32(i)})
		}
	}
	for _, g := range o.Groups {
		if err := n.found(g); err != nil {
			return nil, fmt.Errorf("make network: group %q: %w", g.Name, err)
		}
	}
	return n, nil
}

// found makes a group with its first members.
func (n *Network) found(f Founded) error {
	at, err := n.addGroup(f.Group)
	if err != nil {
		return err
	}
	for _, m := range f.Members {
		if n.accounts[m].groups, err = n.enter(m, at); err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) agent(id string) (int32, error) {
	i, ok := n.index[id]
	if !ok {
		return 0, fmt.Errorf("%w: %q", social.ErrNoAgent, id)
	}
	return i, nil
}

// pair finds two different agents.
func (n *Network) pair(agent, other string) (a, b int32, err error) {
	if a, err = n.agent(agent); err != nil {
		return 0, 0, err
	}
	if b, err = n.agent(other); err != nil {
		return 0, 0, err
	}
	if a == b {
		return 0, 0, social.ErrOwn
	}
	return a, b, nil
}
