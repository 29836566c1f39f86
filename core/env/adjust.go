package env

import (
	"context"

	"github.com/llm-city/gorod/core/spec"
)

// Adjustable is an environment that an intervention can change. Adjust is
// called by one goroutine at a time, before Turns; it is called again with the
// Feed of every past adjustment, in order, after a Restore.
type Adjustable interface {
	// Adjust makes a change of the platform. A change that makes no difference is
	// none; an error means that the environment failed.
	Adjust(ctx context.Context, a Adjustment) error
}

// Adjustment is a change of a platform.
type Adjustment struct {
	Feed     *spec.FeedChange
	Follow   []Tie
	Unfollow []Tie
}

// Tie is an edge of the follow graph, by ids of residents.
type Tie struct{ Who, Whom string }
