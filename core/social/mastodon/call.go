package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/mattn/go-mastodon"
)

// maxCall is how long a request may take.
const maxCall = 20 * time.Second

// closing is how long a request under way may take when the bridge is closed.
const closing = 5 * time.Second

// Refusal is an answer of the server that says that it has not done what it was
// asked for.
type Refusal struct {
	Status int // of HTTP, from 400 to 499
	Why    string
}

// Error implements error.
func (e *Refusal) Error() string {
	return fmt.Sprintf("the server refuses: %d %s: %s", e.Status, http.StatusText(e.Status), e.Why)
}

// errUnsure says that the server may or may not have done it.
var errUnsure = errors.New("the server may have done it")

// errLater says that the server has not done it and may be asked again.
var errLater = errors.New("the server takes no more for now")

// What an account does, as servers count it.
const (
	reading = "read"
	posting = "post"
)

type whoName struct{}

// call makes a request as an account when it may be made. The error is a
// *Refusal, errLater, errUnsure, or the cause of the end of ctx.
func (a *account) call(ctx context.Context, what string, do func(ctx context.Context) error) error {
	who := a.agent + "/" + what
	leave, err := a.pacer.enter(ctx, who)
	if err != nil {
		return err
	}
	defer leave()
	limit, cancel := grace(context.WithValue(ctx, whoName{}, who))
	defer cancel()
	err = do(limit)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return fmt.Errorf("%w: %w", errUnsure, cause)
	}
	return a.judge(who, err)
}

// grace is a context for one request, which may take a while longer than ctx
// does: what is under way had better end.
func grace(ctx context.Context) (context.Context, context.CancelFunc) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxCall)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(closing, cancel) })
	return limit, func() {
		stop()
		cancel()
	}
}

// judge says what an error means.
func (a *account) judge(who string, err error) error {
	var slow *limited
	var said *mastodon.APIError
	switch {
	case err == nil:
		a.pacer.answered()
		a.up()
		return nil
	case errors.As(err, &slow):
		a.pacer.limited(who, slow.until)
		return fmt.Errorf("%w: %w", errLater, err)
	case errors.As(err, &said) && said.StatusCode >= 400 && said.StatusCode < 500 && said.StatusCode != http.StatusRequestTimeout:
		a.pacer.answered()
		a.up()
		return &Refusal{said.StatusCode, clip(hide(said.Message, a.client.Config.AccessToken), maxWhy)}
	}
	a.downed(a.pacer.failed(), err)
	return fmt.Errorf("%w: %w", errUnsure, err)
}

// heard takes in the limits that an answer tells of.
func (b *Bridge) heard(ctx context.Context, said allowance) {
	if who, ok := ctx.Value(whoName{}).(string); ok {
		b.pacer.hear(who, said)
	}
}

// client is how an account speaks to the server.
func (b *Bridge) client(token Token) *mastodon.Client {
	c := mastodon.NewClient(&mastodon.Config{Server: b.server, AccessToken: string(token)})
	c.UserAgent = "gorod"
	c.Client = *newClient(b.transport)
	return c
}

// good reports whether an id of the server can be part of an address.
func good(id mastodon.ID) bool {
	if id == "" || len(id) > 40 {
		return false
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

// asRefusal is the refusal that an error is.
func asRefusal(err error) (*Refusal, bool) { return errors.AsType[*Refusal](err) }
