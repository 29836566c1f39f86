package embedded

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/core/social"
)

// Follow implements social.Writer.
func (n *Network) Follow(_ context.Context, agent, other string) error {
	a, b, err := n.pair(agent, other)
	if err != nil {
		return err
	}
	set, ok := with(n.accounts[a].follows, b)
	if !ok {
		return social.ErrAlready
	}
	n.accounts[a].follows = set
	n.changed.add(change{kind: rowFollow, at: a})
	n.notify(b, notice{what: followed, from: a, post: none})
	return nil
}

// Unfollow implements social.Writer.
func (n *Network) Unfollow(_ context.Context, agent, other string) error {
	a, b, err := n.pair(agent, other)
	if err != nil {
		return err
	}
	set, ok := without(n.accounts[a].follows, b)
	if !ok {
		return social.ErrNotYet
	}
	n.accounts[a].follows = set
	n.changed.add(change{kind: rowFollow, at: a})
	return nil
}

// Mute implements social.Writer.
func (n *Network) Mute(_ context.Context, agent, other string) error {
	a, b, err := n.pair(agent, other)
	if err != nil {
		return err
	}
	set, ok := with(n.accounts[a].mutes, b)
	if !ok {
		return social.ErrAlready
	}
	n.accounts[a].mutes = set
	n.changed.add(change{kind: rowMute, at: a})
	return nil
}

// LeaveThread implements social.Writer.
func (n *Network) LeaveThread(_ context.Context, agent, id string) (*social.Post, error) {
	a, p, err := n.about(agent, id)
	if err != nil {
		return nil, err
	}
	if n.hasLeft(a, p.root) {
		return nil, social.ErrAlready
	}
	n.accounts[a].left = last(n.accounts[a].left, p.root, maxLeft)
	n.changed.add(change{kind: rowLeft, at: a})
	return &p.Post, nil
}

func (n *Network) hasLeft(agent, root int32) bool {
	return slices.Contains(n.accounts[agent].left, root)
}

// Following implements social.Reader.
func (n *Network) Following(_ context.Context, viewer string, limit int) ([]string, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	follows := n.accounts[v].follows
	return n.names(follows[:min(limit, len(follows))]), nil
}

// names are the ids of agents.
func (n *Network) names(agents []int32) []string {
	out := make([]string, len(agents))
	for i, a := range agents {
		out[i] = n.accounts[a].id
	}
	return out
}
