package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// takeout is Telegram's session for exports. What is known of it lies beside
// the login, so that a process that comes after a killed one goes on with it.
type takeout struct {
	client *Client
	raw    tg.Invoker
	path   string
	state  takeoutState
	fresh  bool // begun by this process
}

type takeoutState struct {
	ID        int64 `json:"id,omitempty"`         // of one that is open; 0: none
	NotBefore int64 `json:"not_before,omitempty"` // Unix seconds; Telegram lets none begin earlier
}

// goodbye bounds how long it may take to finish a takeout.
const goodbye = 15 * time.Second

// withTakeout calls f with an invoker that wraps all that it sends, and closes
// the takeout however f ends.
func (c *Client) withTakeout(ctx context.Context, raw tg.Invoker, askAgain bool, f func(tg.Invoker) error) (err error) {
	t := &takeout{client: c, raw: raw, path: c.options.Session + ".takeout"}
	if err := t.load(); err != nil {
		return fmt.Errorf("takeout: %w", err)
	}
	if askAgain {
		t.state.NotBefore = 0
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		err = errors.Join(err, t.finish(last, err == nil))
	}()
	if t.state.ID == 0 {
		if err := t.begin(ctx); err != nil {
			return fmt.Errorf("begin a takeout: %w", err)
		}
	}
	return f(t)
}

// begin waits as long as Telegram delays it.
func (t *takeout) begin(ctx context.Context) error {
	for {
		if until := time.Unix(t.state.NotBefore, 0); until.After(t.client.clock.Now()) {
			if err := t.client.wait(ctx, Takeout, until); err != nil {
				return err
			}
		}
		begun, err := tg.NewClient(t.raw).AccountInitTakeoutSession(ctx, &tg.AccountInitTakeoutSessionRequest{
			MessageUsers: true, MessageChats: true, MessageMegagroups: true, MessageChannels: true,
		})
		if err == nil {
			t.fresh = true
			return t.save(takeoutState{ID: begun.ID})
		}
		delay, delayed := tgerr.AsType(err, "TAKEOUT_INIT_DELAY")
		if !delayed {
			return err
		}
		until := t.client.clock.Now().Add(seconds(max(delay.Argument, 1)))
		if err := t.save(takeoutState{NotBefore: until.Unix() + 1}); err != nil {
			return err
		}
	}
}

// Invoke sends a request inside of the takeout. One that a killed process left
// may have run out in the meantime; then another is begun.
func (t *takeout) Invoke(ctx context.Context, input bin.Encoder, output bin.Decoder) error {
	err := t.send(ctx, input, output)
	if t.fresh || !refused(err, "TAKEOUT_INVALID") {
		return err
	}
	if err := t.begin(ctx); err != nil {
		return fmt.Errorf("begin a takeout: %w", err)
	}
	return t.send(ctx, input, output)
}

func (t *takeout) send(ctx context.Context, input bin.Encoder, output bin.Decoder) error {
	query, ok := input.(bin.Object)
	if !ok {
		return fmt.Errorf("takeout: %T is no request", input)
	}
	return t.raw.Invoke(ctx, &tg.InvokeWithTakeoutRequest{TakeoutID: t.state.ID, Query: query}, output)
}

// finish closes the takeout, if one is open. If that fails it stays noted, and
// the next process uses and closes it.
func (t *takeout) finish(ctx context.Context, success bool) error {
	if t.state.ID == 0 {
		return nil
	}
	var done tg.BoolBox
	err := t.send(ctx, &tg.AccountFinishTakeoutSessionRequest{Success: success}, &done)
	if err != nil && !refused(err, "TAKEOUT_INVALID") {
		return fmt.Errorf("finish the takeout: %w", err)
	}
	return t.save(takeoutState{})
}

func (t *takeout) load() error {
	content, err := readPrivate(t.path)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, &t.state); err != nil {
		return fmt.Errorf("%s: %w: delete it", t.path, err)
	}
	return nil
}

func (t *takeout) save(s takeoutState) error {
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	t.state = s
	return t.client.disk.replace(t.path, content)
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
