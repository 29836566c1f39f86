package embedded

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// boost is the one kind that shows another post.
const boost = sdk.ItemBoost

// Publish implements social.Writer.
func (n *Network) Publish(_ context.Context, d social.Draft) (*social.Post, error) {
	author, err := n.agent(d.Author)
	if err != nil {
		return nil, err
	}
	if err := n.posts.vacant(d.Visit); err != nil {
		return nil, err
	}
	p := &post{
		Post: social.Post{
			Kind: d.Kind, Author: n.accounts[author].id, Text: d.Text, Audience: d.Audience,
			Event: d.Event, Options: d.Options, Tick: d.Tick, Time: d.Time, Visit: d.Visit,
		},
		author: author, to: none, wall: none, group: none, parent: none,
	}
	if err := n.address(p, d); err != nil {
		return nil, err
	}
	n.link(p)
	n.changed.add(change{kind: rowPost, post: p})
	n.announce(p, d.Mentions)
	return &p.Post, nil
}

// address works out whom a post is for.
func (n *Network) address(p *post, d social.Draft) error {
	switch d.Kind {
	case sdk.ItemPost:
		return n.addressPost(p, d)
	case sdk.ItemReply:
		return n.addressReply(p, d)
	case sdk.ItemQuote:
		if err := n.passOn(p, d); err != nil {
			return err
		}
		return n.addressPost(p, d)
	case boost:
		p.Audience = social.Public
		return n.addressBoost(p, d)
	case sdk.ItemDirect, sdk.ItemTell:
		_, to, err := n.pair(d.Author, d.To)
		p.Audience, p.to = social.Direct, to
		return err
	}
	return fmt.Errorf("publish a %q: %w", d.Kind, social.ErrInvalid)
}

func (n *Network) addressPost(p *post, d social.Draft) error {
	if len(d.Options) > 0 {
		p.Votes = make([]int, len(d.Options))
	}
	if d.Group != "" {
		at, err := n.group(d.Group)
		if err != nil {
			return err
		}
		return n.addressGroup(p, at)
	}
	switch p.Audience {
	case "":
		p.Audience = social.Public
	case social.Public:
	case social.Followers:
		p.wall = p.author
	case social.Members:
		return fmt.Errorf("%w: none named", social.ErrNoGroup)
	default:
		return fmt.Errorf("publish for %q: %w", d.Audience, social.ErrInvalid)
	}
	return nil
}

func (n *Network) addressGroup(p *post, at int32) error {
	g := &n.groups[at]
	p.group = at
	switch {
	case !has(n.accounts[p.author].groups, at):
		return fmt.Errorf("%w: %q", social.ErrNotMember, g.Name)
	case p.Audience == "":
		p.Audience = g.Audience
	case p.Audience == social.Public && g.Audience != social.Public:
		return fmt.Errorf("%w: %q", social.ErrClosedGroup, g.Name)
	case p.Audience != social.Public && p.Audience != social.Members:
		return fmt.Errorf("publish in a group for %q: %w", p.Audience, social.ErrInvalid)
	}
	return nil
}

// addressReply gives a reply the audience of its conversation, so that
// whoever may read a post may read the answers, and nobody else.
func (n *Network) addressReply(p *post, d social.Draft) error {
	parent, err := n.target(p.author, d.Parent)
	if err != nil {
		return err
	}
	p.parent, p.root = parent.num, parent.root
	p.Audience, p.wall, p.group = parent.Audience, parent.wall, parent.group
	if p.Audience == social.Direct {
		if p.to = parent.author; p.to == p.author {
			p.to = parent.to
		}
	}
	return nil
}

// passOn links a boost or a quote to a post that everybody may read.
func (n *Network) passOn(p *post, d social.Draft) error {
	parent, err := n.target(p.author, d.Parent)
	if err != nil {
		return err
	}
	if parent.Audience != social.Public {
		return fmt.Errorf("%w: %s", social.ErrNotPublic, parent.ID)
	}
	p.parent = parent.num
	return nil
}

func (n *Network) addressBoost(p *post, d social.Draft) error {
	if err := n.passOn(p, d); err != nil {
		return err
	}
	switch parent := n.posts.at(p.parent); {
	case parent.author == p.author:
		return social.ErrOwn
	case has(parent.boosters, p.author):
		return social.ErrAlready
	}
	return nil
}

// link gives a post its id and puts it where readers look.
func (n *Network) link(p *post) {
	p.num = n.posts.count
	p.ID = postID(p.num)
	if p.Kind != sdk.ItemReply {
		p.root = p.num
	} else {
		p.Root = postID(p.root)
	}
	if p.parent != none {
		p.Parent = postID(p.parent)
	}
	if p.wall != none {
		p.Wall = n.accounts[p.wall].id
	}
	if p.to != none {
		p.To = n.accounts[p.to].id
	}
	if p.group != none {
		p.Group = n.groups[p.group].Name
	}
	n.posts.put(p)
	n.show(p)
}

// show enters a post into what feeds, search and trends look at. Posts are
// shown in the order of their numbers, when made and when restored.
func (n *Network) show(p *post) {
	if parent := n.posts.at(p.parent); parent != nil {
		switch p.Kind {
		case sdk.ItemReply:
			parent.Replies++
		case boost:
			parent.boosters, _ = with(parent.boosters, p.author)
			parent.Boosts++
		}
	}
	n.words.enter(&n.posts, p)
	if p.Audience == social.Direct {
		return
	}
	n.accounts[p.author].recent = last(n.accounts[p.author].recent, p.num, recentPerAuthor)
	if p.Kind == sdk.ItemReply || p.Kind == boost {
		return
	}
	if p.group != none {
		n.groups[p.group].recent = last(n.groups[p.group].recent, p.num, recentPerGroup)
	}
	if p.Audience == social.Public {
		n.public = append(n.public, p.num)
		if len(n.public) > 2*recentPublic {
			n.public = append(n.public[:0], n.public[len(n.public)-recentPublic:]...)
		}
	}
}
