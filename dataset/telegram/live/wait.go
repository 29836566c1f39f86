package live

import (
	"context"
	"time"
)

// Clock tells and waits for time.
type Clock interface {
	Now() time.Time
	// Sleep returns early with the context's error when that is done.
	Sleep(ctx context.Context, d time.Duration) error
}

// Reason is why there is a wait.
type Reason string

// The reasons.
const (
	Flood      Reason = "flood"      // Telegram asked for a pause
	Takeout    Reason = "takeout"    // Telegram delays the export; it may be allowed at once on another device
	Connection Reason = "connection" // the network or the server is in trouble
)

// Wait is where a wait stands.
type Wait struct {
	Reason Reason
	Until  time.Time
	Left   time.Duration // 0: it is over
}

// longestWait bounds what a server may ask for in one go.
const longestWait = 31 * 24 * time.Hour

// wait lasts until a moment of the wall clock, also over a suspend of the
// machine, and reports about once a second.
func (c *Client) wait(ctx context.Context, reason Reason, until time.Time) error {
	until = until.Round(0)
	for {
		left := max(until.Sub(c.clock.Now().Round(0)), 0)
		c.waiting(Wait{Reason: reason, Until: until, Left: left})
		if left == 0 {
			return nil
		}
		step := min(left, time.Second)
		if part := left % time.Second; part > 0 && left > time.Second {
			step = part // so that whole seconds are counted down
		}
		if err := c.clock.Sleep(ctx, step); err != nil {
			return err
		}
	}
}

// seconds is what a server asked to wait, bounded.
func seconds(n int) time.Duration {
	return min(time.Duration(max(n, 0))*time.Second, longestWait)
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
