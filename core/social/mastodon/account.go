package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mattn/go-mastodon"
)

// account is a resident on the server. What is below wake is guarded by the
// bridge's lock.
type account struct {
	*Bridge
	agent  string
	name   string
	client *mastodon.Client
	wake   chan struct{} // there may be something to do
	news   chan struct{} // there may be notifications

	face   face  // zero: not known yet
	met    bool  // the server has let it in, in this process
	barred error // the server does not let it in

	stalled bool // all that is left waits for others
}

func newAccount(b *Bridge, agent, name string, token Token) *account {
	return &account{
		Bridge: b, agent: agent, name: name, client: b.client(token), wake: make(chan struct{}, 1), news: make(chan struct{}, 1),
	}
}

// stir lets the account look for something to do.
func (a *account) stir() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// awaken lets all look again that wait for others. The bridge is locked.
func (b *Bridge) awaken() {
	for a := range b.blocked {
		a.stalled = false
		a.stir()
	}
	clear(b.blocked)
	close(b.settled)
	b.settled = make(chan struct{})
}

// faceOf is the account of a resident; barred is set where there will be none.
func (b *Bridge) faceOf(agent string) (f face, known, barred bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.accounts[agent]
	if a == nil {
		return face{}, false, true
	}
	return a.face, a.met, a.barred != nil
}

// work does on the server what the resident did in the run, in order, until the
// bridge is closed or the server does not let the account in.
func (a *account) work(ctx context.Context) {
	if !a.introduced(ctx) {
		return
	}
	for ctx.Err() == nil {
		moved, err := a.step(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			a.Log.Warn("the outbox of a resident stands still for now", "resident", a.agent, "error", err)
			if a.wait(ctx, a.Network.Reach.Retry) != nil {
				return
			}
		case a.refusedNow():
			return
		case !moved:
			select {
			case <-ctx.Done():
			case <-a.wake:
			}
		}
	}
}

func (a *account) refusedNow() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.barred != nil
}

// introduced gets to know the account; false where it is not let in or the
// bridge is closed.
func (a *account) introduced(ctx context.Context) bool {
	for ctx.Err() == nil {
		err := a.introduce(ctx)
		var no *Refusal
		switch {
		case err == nil:
			return true
		case errors.As(err, &no) && (no.Status == http.StatusUnauthorized || no.Status == http.StatusForbidden):
			a.bar(fmt.Sprintf("its token is refused (%d %s): get a new one with the scopes read and write, put it into %s and resume the run", no.Status, no.Why, a.Network.Accounts))
			return false
		case errors.As(err, &no), errors.Is(err, errOther):
			a.bar(err.Error())
			return false
		}
		if a.wait(ctx, a.Network.Reach.Retry) != nil {
			return false
		}
	}
	return false
}

var errOther = errors.New("the account is another one")

// introduce asks the server whose the token is.
func (a *account) introduce(ctx context.Context) error {
	a.learnLimits(ctx)
	var me *mastodon.Account
	err := a.call(ctx, reading, func(ctx context.Context) (err error) {
		if me, err = a.client.GetAccountCurrentUser(ctx); err == nil && (!good(me.ID) || me.Acct == "") {
			err = errors.New("the server does not say whose the token is")
		}
		return err
	})
	if err != nil {
		return err
	}
	now := face{string(me.ID), me.Acct}
	was, last, seen, known, err := a.store.face(ctx, a.agent)
	switch {
	case err != nil:
		return err
	case known && was.Account != now.Account:
		return fmt.Errorf("%w: the token in %s was that of @%s when the run began and is now that of @%s", errOther, a.Network.Accounts, was.Acct, now.Acct)
	case !known:
		if last, seen, err = a.newest(ctx, me.ID); err != nil {
			return err
		}
	}
	if err := a.store.keepFace(ctx, a.agent, now, last, seen); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if twin := a.byID[now.Account]; twin != nil && twin != a {
		return fmt.Errorf("%w: %s and %s have tokens of one account, @%s", errOther, twin.name, a.name, now.Acct)
	}
	a.byID[now.Account], a.face, a.met = a, now, true
	a.awaken()
	return nil
}

// newest are the last status and the last notification of an account before the
// run touches it.
func (a *account) newest(ctx context.Context, me mastodon.ID) (last, seen string, err error) {
	one := func() *mastodon.Pagination { return &mastodon.Pagination{Limit: 1} }
	err = a.call(ctx, reading, func(ctx context.Context) error {
		own, err := a.client.GetAccountStatuses(ctx, me, one())
		if err == nil && own == nil {
			err = errNoList
		}
		if err == nil && len(own) > 0 && good(own[0].ID) {
			last = string(own[0].ID)
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	err = a.call(ctx, reading, func(ctx context.Context) error {
		told, err := a.client.GetNotifications(ctx, one())
		if err == nil && told == nil {
			err = errNoList
		}
		if err == nil && len(told) > 0 && good(told[0].ID) {
			seen = string(told[0].ID)
		}
		return err
	})
	return last, seen, err
}

// errNoList says that the server answered null where a list belongs.
var errNoList = errors.New("the server gives no list")
