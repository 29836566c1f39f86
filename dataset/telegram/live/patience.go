package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// patience is how long to bear with a server.
type patience struct {
	flood time.Duration // the longest pause to wait out; 0: any
}

// TooLongError says that Telegram asks for a longer pause than is sensible here.
type TooLongError struct{ Wait time.Duration }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("Telegram asks to wait %s before the next attempt", e.Wait)
}

const (
	answerWithin = time.Minute     // a request's answer, on a connection that lives
	mostTries    = 8               // of a request in a row that fails on the way
	firstPause   = time.Second     // between them, doubling
	longestPause = 1 * time.Minute // between them
)

// patient wraps an invoker: it waits out floods and tries again what was lost
// on the way.
func (c *Client) patient(p patience) func(tg.Invoker) telegram.InvokeFunc {
	return func(next tg.Invoker) telegram.InvokeFunc {
		return func(ctx context.Context, input bin.Encoder, output bin.Decoder) error {
			pause := firstPause
			for tries := 1; ; {
				err := within(ctx, next, input, output)
				if d, flood := tgerr.AsFloodWait(err); flood {
					if err := c.bear(ctx, p, d); err != nil {
						return err
					}
					continue
				}
				if err == nil || ctx.Err() != nil || !lost(err) || !repeatable(input) || tries == mostTries {
					return err
				}
				if err := c.wait(ctx, Connection, c.clock.Now().Add(pause)); err != nil {
					return err
				}
				tries, pause = tries+1, min(2*pause, longestPause)
			}
		}
	}
}

// bear waits a flood out, with a second to spare.
func (c *Client) bear(ctx context.Context, p patience, d time.Duration) error {
	d = seconds(int(d/time.Second) + 1)
	if p.flood > 0 && d > p.flood {
		return &TooLongError{Wait: d}
	}
	return c.wait(ctx, Flood, c.clock.Now().Add(d))
}

// within makes one attempt. The limit is of real time: it is there for a server
// that never answers.
func within(ctx context.Context, next tg.Invoker, input bin.Encoder, output bin.Decoder) error {
	attempt, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return next.Invoke(attempt, input, output)
}

// lost says whether a request may be tried again: no answer came, or the server
// said that it failed to work one out.
func lost(err error) bool {
	answer, answered := tgerr.As(err)
	return !answered || answer.Code >= 500 || answer.Code < 0 || answer.IsOneOf("RPC_CALL_FAIL", "RPC_MCGET_FAIL", "WORKER_BUSY_TOO_LONG_RETRY")
}

// repeatable is false for what changes something each time that it arrives.
func repeatable(input bin.Encoder) bool {
	switch input.(type) {
	case *tg.AuthSendCodeRequest, *tg.AuthSignInRequest, *tg.AuthCheckPasswordRequest:
		return false
	}
	return true
}

// refused is the server's answer that no is meant, if err is one.
func refused(err error, kinds ...string) bool {
	answer, ok := errors.AsType[*tgerr.Error](err)
	return ok && answer.IsOneOf(kinds...)
}
