package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/plugins/sdk"
)

// ahead is how many jobs of an account are looked at for one that can be done.
const ahead = 100

// errWait says that a job waits for what another account does.
var errWait = errors.New("it waits for another account")

// dropped says why a deed does not come to the server.
type dropped struct {
	state string
	why   string
}

// Error implements error.
func (e *dropped) Error() string { return e.why }

// step does the next thing; false where there is nothing that could be done now.
func (a *account) step(ctx context.Context) (moved bool, err error) {
	a.block(true) // before looking: who settles something meanwhile wakes it
	waits := false
	defer func() {
		if waits {
			a.stall()
		} else {
			a.block(false)
		}
	}()
	jobs, err := a.store.first(ctx, a.agent, ahead)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		later, err := a.do(ctx, j)
		switch {
		case errors.Is(err, errWait):
			waits = true
			if !later {
				return false, nil
			}
			continue // the other account is not let in: what comes after does not wait for it
		case err != nil && ended(ctx, err):
			return false, nil
		default:
			waits = false
			return true, err
		}
	}
	return false, nil
}

// block has the account woken when others settle something, or no more.
func (a *account) block(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stalled = false; yes {
		a.blocked[a] = true
	} else {
		delete(a.blocked, a)
	}
}

// stall notes that all that is left waits for others.
func (a *account) stall() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stalled = a.blocked[a]
}

// do does a job, once. A job whose outcome is unknown stays as it is and is
// looked for when it comes up again. Later is set with errWait where the wait may
// be long.
func (a *account) do(ctx context.Context, j *job) (later bool, err error) {
	var made place
	if j.writes() {
		made, later, err = a.write(ctx, j)
	} else {
		made, later, err = a.react(ctx, j)
	}
	var no *Refusal
	var drop *dropped
	switch {
	case err == nil:
		err = a.settle(ctx, j, sent, made, "")
	case errors.As(err, &drop):
		err = a.settle(ctx, j, drop.state, place{}, drop.why)
	case errors.As(err, &no):
		err = a.refuse(ctx, j, no)
	case errors.Is(err, errUnsure), errors.Is(err, errLater):
		err = nil // the pacer lets it wait
	}
	return later, err
}

func (a *account) settle(ctx context.Context, j *job, state string, made place, why string) error {
	if err := a.store.settle(ctx, j, state, made, why); err != nil {
		return err
	}
	if state == refused {
		a.lost(j, why)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.awaken()
	return nil
}

// again is how often a deed is tried whose object the server does not find: it
// may not have come there yet.
const again = 3

// refuse goes on after the server has said no.
func (a *account) refuse(ctx context.Context, j *job, no *Refusal) error {
	switch {
	case no.Status == http.StatusUnauthorized:
		a.bar(fmt.Sprintf("its token is refused (401): get a new one, put it into %s and resume the run", a.Network.Accounts))
		return a.back(ctx, j)
	case no.Status == http.StatusForbidden && a.locked(ctx):
		return a.back(ctx, j)
	case j.writes() && no.Status == http.StatusUnprocessableEntity && j.Toot.shorten():
		return a.back(ctx, j)
	case (no.Status == http.StatusNotFound || no.Status == http.StatusGone) && j.Tries < again:
		if err := a.back(ctx, j); err != nil {
			return err
		}
		return a.wait(ctx, pause(a.Network.Reach.Retry, j.Tries, a.jitter()))
	case j.writes() && no.Status == http.StatusNotFound && j.Toot.Answers != "":
		j.Toot.Answers = "" // what it answers is gone: it stands alone
		return a.back(ctx, j)
	default:
		return a.settle(ctx, j, refused, place{}, no.Error())
	}
}

// back puts a job back that the server does not have for sure.
func (a *account) back(ctx context.Context, j *job) error {
	j.State = waiting
	return a.store.try(ctx, j)
}

// locked reports whether the server lets the account do nothing any more, and
// not only this.
func (a *account) locked(ctx context.Context) bool {
	err := a.call(ctx, reading, func(ctx context.Context) error {
		_, err := a.client.GetAccountCurrentUser(ctx)
		return err
	})
	no, is := errors.AsType[*Refusal](err)
	if !is {
		return false
	}
	a.bar(fmt.Sprintf("the server answers %d: see on %s whether the account is suspended, or get a token with the scopes read and write, and resume the run", no.Status, a.server))
	return true
}

// react does what makes no status but a boost. All of it may be done twice
// without harm.
func (a *account) react(ctx context.Context, j *job) (made place, later bool, err error) {
	switch j.Kind {
	case sdk.ItemFollow, unfollowing, muting:
		later, err = a.relate(ctx, j)
		return made, later, a.given(ctx, j, err)
	}
	about, later, err := a.about(ctx, j)
	if err != nil {
		return made, later, err
	}
	if about.Status == "" {
		return made, false, &dropped{kept, "what it is about is not on the server"}
	}
	if j.Kind == sdk.ItemVote && about.Poll == "" {
		return made, false, &dropped{kept, "the server knows no poll there"}
	}
	if j.Kind == sdk.ItemBoost && j.State == trying {
		if done, err := a.boosted(ctx, j, about); err != nil || done {
			return made, false, err
		}
	}
	if err := a.trying(ctx, j); err != nil {
		return made, false, err
	}
	err = a.call(ctx, posting, func(ctx context.Context) error {
		made, err = a.reaction(ctx, j, about)
		return err
	})
	if no, is := errors.AsType[*Refusal](err); is && no.Status == http.StatusUnprocessableEntity && j.Tries > 1 {
		return made, false, nil // it was done before: servers refuse it twice
	}
	return made, false, a.given(ctx, j, err)
}

// Of a reaction that fails: after doubtful tries it is seen whether the server
// answers otherwise, and after futile it is given up if it does. A way that loses
// every other answer must not look like that.
const (
	doubtful = 6
	futile   = 30
)

// given is the error of a reaction. One that a server fails on each time is given
// up, since what comes after it waits.
func (a *account) given(ctx context.Context, j *job, err error) error {
	if j.Tries < doubtful || !errors.Is(err, errUnsure) || ctx.Err() != nil {
		return err
	}
	if a.call(ctx, reading, func(ctx context.Context) error {
		_, err := a.client.GetAccountCurrentUser(ctx)
		return err
	}) != nil || j.Tries < futile {
		return err
	}
	return &dropped{refused, whyHopeless}
}

// boosted reports whether the account has boosted a status: some servers would do
// it twice.
func (a *account) boosted(ctx context.Context, j *job, about place) (done bool, err error) {
	if err := a.arrive(ctx, j); err != nil {
		return false, err
	}
	err = a.call(ctx, reading, func(ctx context.Context) error {
		s, err := a.client.GetStatus(ctx, mastodon.ID(about.Status))
		if err == nil {
			done = s.Reblogged == true
		}
		return err
	})
	return done, err
}

func (a *account) reaction(ctx context.Context, j *job, about place) (made place, err error) {
	switch j.Kind {
	case sdk.ItemFavourite:
		_, err = a.client.Favourite(ctx, mastodon.ID(about.Status))
	case sdk.ItemVote:
		_, err = a.client.PollVote(ctx, mastodon.ID(about.Poll), j.Option)
	default:
		boost, err := a.client.Reblog(ctx, mastodon.ID(about.Status))
		if err != nil {
			return made, err
		}
		if !good(boost.ID) {
			return made, errNoStatus
		}
		made = place{Status: string(boost.ID), URL: address(boost.URL)}
	}
	return made, err
}

// relate changes what another account is to this one.
func (a *account) relate(ctx context.Context, j *job) (later bool, err error) {
	who, later, err := a.person(ctx, j.To)
	if err != nil {
		return later, err
	}
	if who.Account == "" {
		return false, &dropped{kept, "nobody there is known by that name"}
	}
	if err := a.trying(ctx, j); err != nil {
		return false, err
	}
	err = a.call(ctx, posting, func(ctx context.Context) (err error) {
		id := mastodon.ID(who.Account)
		switch j.Kind {
		case sdk.ItemFollow:
			_, err = a.client.AccountFollow(ctx, id)
		case muting:
			_, err = a.client.AccountMute(ctx, id)
		default:
			_, err = a.client.AccountUnfollow(ctx, id)
		}
		return err
	})
	no, is := asRefusal(err)
	if is && j.Kind == muting && no.Status != http.StatusUnauthorized && no.Status != http.StatusForbidden {
		err = &dropped{kept, no.Error()} // it holds in the run, and nobody there would have noticed it
	}
	return false, err
}

// trying notes that a job is asked for.
func (a *account) trying(ctx context.Context, j *job) error {
	j.State, j.Tried = trying, a.now()
	j.Tries++
	return a.store.try(ctx, j)
}

// person is somebody's account: a resident's, or a stranger's who has turned to
// a resident. It is empty where there is none.
func (a *account) person(ctx context.Context, id string) (f face, later bool, err error) {
	if a.accounts[id] == nil {
		f, _, err = a.store.stranger(ctx, id)
		return f, false, err
	}
	f, known, barred := a.faceOf(id)
	if !known {
		return f, barred, errWait
	}
	return f, false, nil
}

// about is where the post is that a job is about: empty where the server does not
// have it.
func (a *account) about(ctx context.Context, j *job) (p place, later bool, err error) {
	if j.Target == "" {
		return p, false, nil
	}
	if j.Visit != "" {
		p, _, err = a.store.visitAt(ctx, j.Visit)
		return p, false, err
	}
	p, known, err := a.store.postAt(ctx, j.Target)
	if err != nil || !known {
		return p, false, err
	}
	if p.State == waiting || p.State == trying {
		_, _, barred := a.faceOf(p.Agent)
		return p, barred, errWait
	}
	return p, false, nil
}
