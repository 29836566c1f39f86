package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// longest pause between two attempts.
const longest = 10 * time.Second

// Again does something until it succeeds, fails for another reason than that the
// server is away, or the client's patience is at its end.
func (c *Client) Again(ctx context.Context, progress Progress, do func() error) error {
	var waited time.Duration
	for i := 0; ; i++ {
		err := do()
		if err == nil || !away(err) {
			return err
		}
		wait := min(time.Second<<min(i, 10)/2, longest)
		if waited += wait; waited > c.patience {
			return &gaveUp{i + 1, err}
		}
		if progress != nil {
			progress("the server went away: waiting for it", 0, 0)
		}
		if err := c.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// gaveUp is the end of a client's patience, which is not waited for again.
type gaveUp struct {
	attempts int
	err      error
}

// Error implements error.
func (g *gaveUp) Error() string {
	return fmt.Sprintf("given up after %d attempts: %v", g.attempts, g.err)
}

// Unwrap gives the last attempt's error.
func (g *gaveUp) Unwrap() error { return g.err }

// away tells whether the server was not there, as while it restarts. What it
// said itself stays said: a full disk or a broken model is not waited for.
func away(err error) bool {
	e, ok := errors.AsType[*llm.Error](err)
	if _, over := errors.AsType[*gaveUp](err); over || !ok {
		return false
	}
	switch e.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.Kind == llm.Unavailable
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
