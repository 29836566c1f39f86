package embedded

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/core/social"
)

// Favourite implements social.Writer.
func (n *Network) Favourite(_ context.Context, agent, id string) (*social.Post, error) {
	a, p, err := n.about(agent, id)
	switch {
	case err != nil:
		return nil, err
	case p.author == a:
		return nil, social.ErrOwn
	}
	set, ok := with(p.favourites, a)
	if !ok {
		return nil, social.ErrAlready
	}
	p.favourites = set
	p.Favourites++
	n.changed.add(change{rowFavourite, p, a})
	n.notify(p.author, notice{what: favourited, from: a, post: p.num})
	return &p.Post, nil
}

// Unfavourite implements social.Visited.
func (n *Network) Unfavourite(_ context.Context, agent, id string) (*social.Post, error) {
	a, p, err := n.about(agent, id)
	if err != nil {
		return nil, err
	}
	set, ok := without(p.favourites, a)
	if !ok {
		return nil, social.ErrNotYet
	}
	p.favourites = set
	p.Favourites--
	n.changed.add(change{rowFavourite, p, a})
	return &p.Post, nil
}

// Vote implements social.Writer.
func (n *Network) Vote(_ context.Context, agent, id string, option int) (*social.Post, error) {
	a, p, err := n.about(agent, id)
	switch {
	case err != nil:
		return nil, err
	case len(p.Options) == 0:
		return nil, social.ErrNoPoll
	case p.author == a:
		return nil, social.ErrOwn
	case option < 0 || option >= len(p.Options):
		return nil, social.ErrNoOption
	case !p.vote(a, int32(option)):
		return nil, social.ErrAlready
	}
	n.changed.add(change{rowVote, p, a})
	n.notify(p.author, notice{what: voted, from: a, post: p.num, option: int32(option)})
	return &p.Post, nil
}

// vote counts an agent's vote, once.
func (p *post) vote(agent, option int32) bool {
	at, ok := p.ballot(agent)
	if ok {
		return false
	}
	p.ballots = slices.Insert(p.ballots, at, ballot{agent, option})
	p.Votes[option]++
	return true
}
