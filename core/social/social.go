// Package social says what a social network must do for residents to live in
// it. Packages below it are the networks: one embedded in the run, one that is
// a real server.
package social

import (
	"context"
	"iter"
	"math/rand/v2"

	"github.com/llm-city/gorod/core/event"
)

// Network is a social network, named by ids of residents. What is read for a
// viewer is what that viewer may see: posts of an audience it belongs to, of
// authors it has not muted.
//
// Methods of Writer are called by one goroutine at a time. Those of Reader are
// called for many viewers at once, for each viewer by one goroutine, and never
// together with a Writer's. Posts returned must not be changed; they are good
// until the next write.
type Network interface {
	Writer
	Reader
}

// Writer changes a network. Errors wrap those of this package where the network
// refuses; any other error means that it failed.
type Writer interface {
	// Publish makes a post of any kind.
	Publish(ctx context.Context, d Draft) (*Post, error)
	// Favourite likes a post, once.
	Favourite(ctx context.Context, agent, post string) (*Post, error)
	// Vote votes in a poll, once; option counts from 0.
	Vote(ctx context.Context, agent, post string, option int) (*Post, error)

	Follow(ctx context.Context, agent, other string) error
	Unfollow(ctx context.Context, agent, other string) error
	// Mute hides what the other writes from the agent.
	Mute(ctx context.Context, agent, other string) error
	// LeaveThread stops notifications from the conversation that a post is part
	// of.
	LeaveThread(ctx context.Context, agent, post string) (*Post, error)

	// CreateGroup makes a group of which the owner is the first member.
	CreateGroup(ctx context.Context, owner string, g Group) (Group, error)
	JoinGroup(ctx context.Context, agent, name string) (Group, error)
	LeaveGroup(ctx context.Context, agent, name string) (Group, error)
}

// Reader reads a network as a viewer sees it. Limits bound what is returned.
type Reader interface {
	// Post is a post that the viewer may see.
	Post(ctx context.Context, viewer, id string) (*Post, error)
	// Home is what those whom the viewer follows posted, boosted and answered
	// each other, and what was posted in the viewer's groups, the newest tick
	// first. Where more posts of one tick than fit are equally recent, draw
	// decides, so that nobody is favoured who happened to act last.
	Home(ctx context.Context, viewer string, limit int, draw *rand.Rand) ([]*Post, error)
	// Public is what others posted for everybody, without what Home shows, in the
	// same way.
	Public(ctx context.Context, viewer string, limit int, draw *rand.Rand) ([]*Post, error)
	// Search finds recent posts of others, best match first.
	Search(ctx context.Context, viewer, query string, limit int) ([]*Post, error)
	// Trends are the terms of recent public posts, the most frequent first.
	Trends(ctx context.Context, limit int) ([]Trend, error)
	// Notifications are unread ones, oldest first. They are read then.
	Notifications(ctx context.Context, viewer string, limit int) ([]Notification, error)
	// Following are those whom the viewer follows.
	Following(ctx context.Context, viewer string, limit int) ([]string, error)
	// Groups are all that the viewer is in, and the largest others.
	Groups(ctx context.Context, viewer string, limit int) (joined, open []Group, err error)
}

// Stateful is implemented by networks whose state belongs to the run and is
// kept in its journal.
type Stateful interface {
	// Changes returns the rows changed since the last call.
	Changes() []event.Row
	// Restore replaces the state by the one that rows hold, given in (kind, id)
	// order. No row at all leaves the network as it was made.
	Restore(rows iter.Seq2[event.Row, error]) error
}
