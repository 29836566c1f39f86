package embedded

import (
	"context"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// happened says what a notice is of.
type happened uint8

// What happens to agents. Numbers are in the journal: do not change them.
const (
	published happened = iota // a post of another, of any kind
	favourited
	followed
	voted
)

// notice is a notification in an inbox, as small as it can be: an agent may
// hold inboxSize of them.
type notice struct {
	what   happened
	from   int32
	post   int32
	option int32
}

// notify puts a notice into an inbox, unless its owner does not want it.
// Visitors have none: what concerns them is told by what is read outside of the
// run, whether they ever come back or not.
func (n *Network) notify(to int32, o notice) {
	a := &n.accounts[to]
	if to == o.from || n.visits(to) || has(a.mutes, o.from) {
		return
	}
	if len(a.inbox) >= inboxSize {
		a.inbox = append(a.inbox[:0], a.inbox[len(a.inbox)-inboxSize+1:]...)
	}
	a.inbox = append(a.inbox, o)
	a.unsaved = true
}

// announce tells those whom a post concerns: the author answered and the one
// whose conversation it is, the receiver, those it names.
func (n *Network) announce(p *post, mentions []string) {
	told := []int32{p.to}
	for _, about := range []int32{p.parent, p.root} {
		if q := n.posts.at(about); q != nil && about != p.num {
			told, _ = with(told, q.author)
		}
	}
	for _, id := range mentions {
		if a, err := n.agent(id); err == nil {
			told, _ = with(told, a)
		}
	}
	for _, a := range told {
		if a != none && n.visible(a, p) && !n.hasLeft(a, p.root) {
			n.notify(a, notice{what: published, from: p.author, post: p.num})
		}
	}
}

// Notifications implements social.Reader. It changes nothing but the viewer's
// own inbox.
func (n *Network) Notifications(_ context.Context, viewer string, limit int) ([]social.Notification, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	a := &n.accounts[v]
	var out []social.Notification
	read := 0
	for ; read < len(a.inbox) && len(out) < limit; read++ {
		if o, ok := n.open(v, a.inbox[read]); ok {
			out = append(out, o)
		}
	}
	if read > 0 {
		a.inbox, a.unsaved = append([]notice(nil), a.inbox[read:]...), true
	}
	return out, nil
}

// open turns a notice into what its owner reads, if it still may.
func (n *Network) open(viewer int32, o notice) (social.Notification, bool) {
	out := social.Notification{From: n.accounts[o.from].id, Option: int(o.option)}
	if has(n.accounts[viewer].mutes, o.from) {
		return out, false
	}
	if o.what == followed {
		out.Kind = sdk.ItemFollow
		return out, true
	}
	p := n.posts.at(o.post)
	if p == nil || !n.visible(viewer, p) {
		return out, false
	}
	switch o.what {
	case favourited:
		out.Kind = sdk.ItemFavourite
	case voted:
		out.Kind = sdk.ItemVote
	default:
		if out.Kind = p.Kind; p.Kind == boost {
			p = n.posts.at(p.parent)
		}
	}
	out.Post = &p.Post
	return out, true
}
