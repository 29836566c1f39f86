package embedded

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/text"
)

// CreateGroup implements social.Writer.
func (n *Network) CreateGroup(_ context.Context, owner string, g social.Group) (social.Group, error) {
	a, err := n.agent(owner)
	if err != nil {
		return g, err
	}
	if len(n.accounts[a].groups) >= maxMemberships {
		return g, fmt.Errorf("%w groups of one person", social.ErrTooMany)
	}
	g.Owner = owner
	at, err := n.addGroup(g)
	if err != nil {
		return g, err
	}
	n.accounts[a].groups, err = n.enter(a, at)
	return n.groups[at].Group, err
}

// JoinGroup implements social.Writer.
func (n *Network) JoinGroup(_ context.Context, agent, name string) (social.Group, error) {
	a, at, err := n.membership(agent, name)
	if err != nil {
		return social.Group{}, err
	}
	n.accounts[a].groups, err = n.enter(a, at)
	return n.groups[at].Group, err
}

// LeaveGroup implements social.Writer.
func (n *Network) LeaveGroup(_ context.Context, agent, name string) (social.Group, error) {
	a, at, err := n.membership(agent, name)
	if err != nil {
		return social.Group{}, err
	}
	set, ok := without(n.accounts[a].groups, at)
	if !ok {
		return social.Group{}, social.ErrNotMember
	}
	n.accounts[a].groups = set
	n.changed.add(change{kind: rowMember, at: a})
	n.resize(at, -1)
	return n.groups[at].Group, nil
}

// Groups implements social.Reader.
func (n *Network) Groups(_ context.Context, viewer string, limit int) (joined, open []social.Group, err error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, nil, err
	}
	mine := n.accounts[v].groups
	for _, at := range mine {
		joined = append(joined, n.groups[at].Group)
	}
	for _, at := range n.largest {
		if len(open) == limit {
			break
		}
		if !has(mine, at) {
			open = append(open, n.groups[at].Group)
		}
	}
	return joined, open, nil
}

func (n *Network) membership(agent, name string) (a, at int32, err error) {
	if a, err = n.agent(agent); err == nil {
		at, err = n.group(name)
	}
	return a, at, err
}

func (n *Network) group(name string) (int32, error) {
	at, ok := n.byName[folded(name)]
	if !ok {
		return 0, fmt.Errorf("%w: %.40q", social.ErrNoGroup, name)
	}
	return at, nil
}

// addGroup makes a group without members.
func (n *Network) addGroup(g social.Group) (int32, error) {
	key := folded(g.Name)
	if g.Audience == "" {
		g.Audience = social.Members
	}
	switch _, exists := n.byName[key]; {
	case key == "" || g.Audience != social.Members && g.Audience != social.Public:
		return 0, social.ErrInvalid
	case exists:
		return 0, social.ErrGroupExists
	case len(n.groups) >= maxGroups:
		return 0, fmt.Errorf("%w groups", social.ErrTooMany)
	}
	at := int32(len(n.groups))
	g.Members = 0
	n.groups = append(n.groups, group{Group: g})
	n.byName[key] = at
	n.largest = append(n.largest, at)
	n.changed.add(change{kind: rowGroup, at: at})
	return at, nil
}

// enter makes an agent a member and returns its groups.
func (n *Network) enter(agent, at int32) ([]int32, error) {
	groups := n.accounts[agent].groups
	switch {
	case has(groups, at):
		return groups, social.ErrAlready
	case len(groups) >= maxMemberships:
		return groups, fmt.Errorf("%w groups of one person", social.ErrTooMany)
	}
	groups, _ = with(groups, at)
	n.changed.add(change{kind: rowMember, at: agent})
	n.resize(at, 1)
	return groups, nil
}

// resize counts a member in or out and moves the group to its place among the
// largest: groups of one size are in the order of their making.
func (n *Network) resize(at int32, by int) {
	place := slices.Index(n.largest, at)
	n.groups[at].Members += by
	for place > 0 && n.larger(at, n.largest[place-1]) {
		n.largest[place], n.largest[place-1] = n.largest[place-1], at
		place--
	}
	for place+1 < len(n.largest) && n.larger(n.largest[place+1], at) {
		n.largest[place], n.largest[place+1] = n.largest[place+1], at
		place++
	}
}

func (n *Network) larger(a, b int32) bool {
	return cmp.Or(cmp.Compare(n.groups[b].Members, n.groups[a].Members), cmp.Compare(a, b)) < 0
}

// folded is a name as it is compared.
func folded(name string) string {
	return strings.Join(strings.Fields(text.Fold(name)), " ")
}
