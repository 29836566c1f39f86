package ollama

import (
	"context"
	"time"
)

// NoPauses has a client not wait between attempts.
func NoPauses(c *Client) {
	c.pause = func(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }
}
