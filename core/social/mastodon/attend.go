package mastodon

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/control"
)

// newsPage is how many notifications are asked for at once.
const newsPage = 40

// attend lets the run know what people write to the resident: it looks for
// notifications now and then, and at once when the server says that there are
// some.
func (a *account) attend(ctx context.Context, live bool) {
	if !a.everybody(ctx) {
		return
	}
	if live {
		a.running.Go(func() { a.stream(ctx) })
	}
	for failing := false; ctx.Err() == nil && !a.refusedNow(); {
		began := a.now()
		err := a.look(ctx)
		if _, no := asRefusal(err); no && !failing {
			a.Log.Warn("the server does not tell an account its notifications", "resident", a.agent, "error", err)
		} else if errors.Is(err, control.ErrFull) && !failing {
			a.Log.Warn("too much waits for the run: what people write is taken in later", "resident", a.agent)
		}
		failing = err != nil
		limit := time.NewTimer(a.Network.Reach.Poll)
		select {
		case <-ctx.Done():
		case <-a.news: // however often it is told so, it looks now and then
			_ = a.wait(ctx, a.Network.Reach.Retry-a.now().Sub(began)) // ctx is looked at next
		case <-limit.C:
		}
		limit.Stop()
	}
}

// everybody waits until it is known of every resident which account is its own:
// what residents write to each other is no news to the run.
func (a *account) everybody(ctx context.Context) bool {
	for ctx.Err() == nil {
		a.mu.Lock()
		pending := slices.ContainsFunc(a.order, func(o *account) bool { return !o.met && o.barred == nil })
		settled := a.settled
		a.mu.Unlock()
		if !pending {
			return true
		}
		select {
		case <-ctx.Done():
		case <-settled:
		}
	}
	return false
}

// look takes in all notifications that are new, the oldest first.
func (a *account) look(ctx context.Context) error {
	for {
		_, _, seen, _, err := a.store.face(ctx, a.agent)
		if err != nil {
			return err
		}
		var list []*mastodon.Notification
		err = a.call(ctx, reading, func(ctx context.Context) (err error) {
			if list, err = a.client.GetNotifications(ctx, &mastodon.Pagination{MinID: mastodon.ID(seen), Limit: newsPage}); err == nil && list == nil {
				err = errNoList
			}
			return err
		})
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(n *mastodon.Notification) bool {
			return n == nil || !good(n.ID) || seen != "" && !older(seen, string(n.ID))
		})
		slices.SortFunc(list, func(x, y *mastodon.Notification) int { return x.ID.Compare(y.ID) })
		for _, n := range list {
			if err := a.receive(ctx, n); err != nil {
				return err
			}
			if err := a.store.saw(ctx, a.agent, string(n.ID)); err != nil {
				return err
			}
		}
		if len(list) == 0 || seen == "" {
			return nil
		}
	}
}
