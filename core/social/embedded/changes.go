package embedded

import (
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/event"
)

// Kinds of row. Posts, favourites and votes are a row each; follows, mutes,
// conversations left, memberships and unread notifications are a row an agent.
const (
	rowPost      = "post"      // p1: social.Post
	rowFavourite = "favourite" // p1/a0001
	rowVote      = "vote"      // p1/a0001: rowBallot
	rowFollow    = "follow"    // a0001: ids of agents
	rowMute      = "mute"      // a0001: ids of agents
	rowLeft      = "left"      // a0001: ids of posts that began the conversations
	rowGroup     = "group"     // g1: social.Group
	rowMember    = "member"    // a0001: names of groups
	rowInbox     = "inbox"     // a0001: list of rowNotice
	rowVisitor   = "visitor"   // @alice: rowGuest
)

// RowKinds are the kinds of row that belong to the network.
func RowKinds() []string {
	return []string{rowPost, rowFavourite, rowVote, rowFollow, rowMute, rowLeft, rowGroup, rowMember, rowInbox, rowVisitor}
}

type rowBallot struct {
	Option int32 `json:"option"`
}

type rowNotice struct {
	What   happened `json:"what"`
	From   string   `json:"from"`
	Post   string   `json:"post,omitempty"`
	Option int32    `json:"option,omitempty"`
}

// change names a row that differs from what was last handed out: of a post, of
// what an agent did to a post, of an agent or of a group.
type change struct {
	kind string
	post *post
	at   int32 // agent or group
}

// changes are rows to hand out, in the order of their first change.
type changes struct {
	order []change
	known map[change]struct{}
}

func (c *changes) add(ch change) {
	if _, ok := c.known[ch]; ok {
		return
	}
	if c.known == nil {
		c.known = map[change]struct{}{}
	}
	c.known[ch] = struct{}{}
	c.order = append(c.order, ch)
}

// Changes implements social.Stateful: inboxes first, in agent order, since they
// are read by many at once; then the rest in the order of change.
func (n *Network) Changes() []event.Row {
	var rows []event.Row
	for i := range n.accounts {
		if a := &n.accounts[i]; a.unsaved {
			a.unsaved = false
			rows = append(rows, n.inboxRow(a))
		}
	}
	for _, c := range n.changed.order {
		rows = append(rows, n.row(c))
	}
	n.changed = changes{}
	return rows
}

func (n *Network) inboxRow(a *account) event.Row {
	if len(a.inbox) == 0 {
		return event.Row{Kind: rowInbox, ID: a.id}
	}
	notices := make([]rowNotice, len(a.inbox))
	for i, o := range a.inbox {
		notices[i] = rowNotice{What: o.what, From: n.accounts[o.from].id, Option: o.option}
		if o.post != none {
			notices[i].Post = postID(o.post)
		}
	}
	return event.Row{Kind: rowInbox, ID: a.id, JSON: encode(notices)}
}

// row is a change as the journal keeps it.
func (n *Network) row(c change) event.Row {
	row := event.Row{Kind: c.kind}
	switch c.kind {
	case rowPost:
		row.ID, row.JSON = c.post.ID, encode(&c.post.Post)
	case rowFavourite:
		if row.ID = n.reactionID(c); has(c.post.favourites, c.at) {
			row.JSON = json.RawMessage("{}")
		}
	case rowVote:
		at, _ := c.post.ballot(c.at)
		row.ID, row.JSON = n.reactionID(c), encode(rowBallot{c.post.ballots[at].option})
	case rowVisitor:
		row.ID, row.JSON = n.accounts[c.at].id, encode(n.guest(c.at))
	case rowGroup:
		row.ID, row.JSON = groupID(c.at), encode(n.groups[c.at].Group)
	default:
		a := &n.accounts[c.at]
		row.ID, row.JSON = a.id, list(n.members(c.kind, a))
	}
	return row
}

// members are what an agent's row of a kind lists.
func (n *Network) members(kind string, a *account) []string {
	switch kind {
	case rowFollow:
		return n.names(a.follows)
	case rowMute:
		return n.names(a.mutes)
	case rowLeft:
		return eachID(a.left, postID)
	default:
		return eachID(a.groups, func(g int32) string { return n.groups[g].Name })
	}
}

func (n *Network) reactionID(c change) string { return c.post.ID + "/" + n.accounts[c.at].id }

func groupID(at int32) string { return fmt.Sprintf("g%d", at+1) }

func eachID(nums []int32, name func(int32) string) []string {
	out := make([]string, len(nums))
	for i, v := range nums {
		out[i] = name(v)
	}
	return out
}

// list is a row that lists ids; an empty list is no row.
func list(ids []string) json.RawMessage {
	if len(ids) == 0 {
		return nil
	}
	return encode(ids)
}

// encode cannot fail: rows are plain data made here.
func encode(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("embedded: " + err.Error())
	}
	return data
}
