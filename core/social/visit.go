package social

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/plugins/text"
)

// maxVisitor bounds the id and the name of a visitor, in characters, and the id
// of a visit.
const maxVisitor = 60

// Visitor is a person from outside who visits a network: somebody with a client
// of ours or with an account on another server, and no resident.
type Visitor struct {
	// ID is @name, or @name@server for an account of another server. The @ tells
	// visitors from residents.
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // shown; empty: the ID
}

// Visit is one thing that a visitor does.
type Visit struct {
	// ID names the visit, once in a run, and the post that it makes.
	ID      string  `json:"id"`
	Visitor Visitor `json:"visitor"`
	// Kind is post, reply, direct, boost, favourite, unfavourite, vote, follow or
	// unfollow.
	Kind     string   `json:"kind"`
	Text     string   `json:"text,omitempty"`
	Audience Audience `json:"audience,omitempty"` // of a post: Public or Followers
	To       string   `json:"to,omitempty"`       // whom a direct message or a follow is for
	Target   string   `json:"target,omitempty"`   // post answered, boosted, liked or voted in
	Options  []string `json:"options,omitempty"`  // of a poll
	Option   int      `json:"option,omitempty"`   // voted for, from 0
	// At is when it was done, by the clock of the server.
	At time.Time `json:"at"`
}

// Visited is a network that people from outside may enter. A visitor is an agent
// of the network as residents are, without notifications. Its methods are of the
// Writer's kind, but for Visitors, which is of the Reader's.
type Visited interface {
	// AddVisitor gives a visitor an account. One who has an account is renamed
	// where it calls itself otherwise.
	AddVisitor(ctx context.Context, v Visitor) error
	// Visitors are all who have an account, in the order of their coming.
	Visitors() []Visitor
	// Unfavourite takes back a like.
	Unfavourite(ctx context.Context, agent, post string) (*Post, error)
}

// VisitKinds are the kinds of a visit.
func VisitKinds() []string {
	return []string{"post", "reply", "direct", "boost", "favourite", "unfavourite", "vote", "follow", "unfollow"}
}

// Checked is the visit with its visitor as Visitor.Checked has it. The error is
// ErrInvalid where the visit has no id, is of no known kind or comes of nobody
// who can be let in. What it says and is about is the environment's to judge.
func (v Visit) Checked() (Visit, error) {
	var err error
	switch {
	case v.ID == "" || len(v.ID) > maxVisitor || strings.ContainsFunc(v.ID, func(r rune) bool { return r <= ' ' || r > '~' }):
		return v, fmt.Errorf("%w: the id %.80q of a visit", ErrInvalid, v.ID)
	case !slices.Contains(VisitKinds(), v.Kind):
		return v, fmt.Errorf("%w: a visit of the kind %.80q", ErrInvalid, v.Kind)
	}
	v.Visitor, err = v.Visitor.Checked()
	return v, err
}

// Checked is the visitor as it is kept: the id in lower case, the name on one
// line of at most 60 characters without what does not show. The error is
// ErrInvalid for an id that is not @name or @name@server, of at most 60 Latin
// letters, digits and marks that servers allow.
func (v Visitor) Checked() (Visitor, error) {
	id, ok := strings.CutPrefix(v.ID, "@")
	user, server, remote := strings.Cut(id, "@")
	if !ok || len(v.ID) > maxVisitor || !account(user, "._-") || remote && !account(server, ".-:") {
		return v, fmt.Errorf("%w: a visitor called %.80q", ErrInvalid, v.ID)
	}
	return Visitor{ID: strings.ToLower(v.ID), Name: shown(v.Name)}, nil
}

// shown is a name fit to be shown, and one that is fit already as it is.
func shown(name string) string {
	for range 10 {
		fit := text.Quote(name, maxVisitor)
		if fit == name {
			return fit
		}
		name = fit
	}
	return ""
}

// account reports whether s is a word of Latin letters and digits that may have
// marks inside, and underscores anywhere where they are among the marks.
func account(s, marks string) bool {
	for i := range len(s) {
		c := s[i]
		inside := i > 0 && i < len(s)-1 || c == '_'
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9':
		case inside && strings.IndexByte(marks, c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}
