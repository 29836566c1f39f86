package embedded

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/social"
)

// visible reports whether a viewer may see a post. Everything that is read
// passes here.
func (n *Network) visible(viewer int32, p *post) bool {
	if viewer == p.author {
		return true
	}
	v := &n.accounts[viewer]
	if has(v.mutes, p.author) || !n.belongs(viewer, p) {
		return false
	}
	if p.Kind != boost {
		return true
	}
	passed := n.posts.at(p.parent)
	return passed != nil && n.visible(viewer, passed)
}

// belongs reports whether a viewer is in a post's audience.
func (n *Network) belongs(viewer int32, p *post) bool {
	switch p.Audience {
	case social.Public:
		return true
	case social.Followers:
		return viewer == p.wall || has(n.accounts[viewer].follows, p.wall)
	case social.Members:
		return has(n.accounts[viewer].groups, p.group)
	case social.Direct:
		return viewer == p.to
	}
	return false
}

// target finds the post that a viewer means: for a boost, the post passed on.
func (n *Network) target(viewer int32, id string) (*post, error) {
	p, err := n.posts.find(id)
	if err != nil {
		return nil, err
	}
	if p.Kind == boost {
		if p = n.posts.at(p.parent); p == nil {
			return nil, fmt.Errorf("%w: %.20q", social.ErrNoPost, id)
		}
	}
	if !n.visible(viewer, p) {
		return nil, fmt.Errorf("%w: %.20q", social.ErrNoPost, id)
	}
	return p, nil
}

// about finds an agent and the post of another that it means.
func (n *Network) about(agent, id string) (int32, *post, error) {
	a, err := n.agent(agent)
	if err != nil {
		return 0, nil, err
	}
	p, err := n.target(a, id)
	return a, p, err
}

// Post implements social.Reader.
func (n *Network) Post(_ context.Context, viewer, id string) (*social.Post, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	p, err := n.posts.find(id)
	if err != nil {
		return nil, err
	}
	if !n.visible(v, p) {
		return nil, fmt.Errorf("%w: %.20q", social.ErrNoPost, id)
	}
	return &p.Post, nil
}
