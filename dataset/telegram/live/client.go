// Package live fetches a person's own Telegram chats over MTProto: it logs in,
// lists the chats and exports their messages into a directory that Open reads
// as a chat.Source. An export that was killed goes on where it was, with no
// message twice and none left out.
package live

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
)

// Credentials name the application to Telegram, as my.telegram.org gives them
// out.
type Credentials struct {
	ID   int
	Hash Secret
}

// Options say how to reach Telegram.
type Options struct {
	Credentials Credentials
	// Session is the file that holds the login. It is as good as a password: it is
	// made with mode 0600 and refused when others may read it.
	Session string
	Network *Network   // nil: Telegram's own servers
	Clock   Clock      // nil: the system's
	Waiting func(Wait) // nil: nobody looks; called about once a second while there is a wait, from one goroutine at a time
}

// Client talks to Telegram for one account. Its methods do not run at the same
// time as each other.
type Client struct {
	options Options
	clock   Clock
	waiting func(Wait)
	disk    disk
}

// ErrNotLoggedIn says that there is no login in the session file, or that
// Telegram knows it no more.
var ErrNotLoggedIn = errors.New("not logged in to Telegram: log in first")

// New checks the options. It does not connect.
func New(options Options) (*Client, error) {
	switch {
	case options.Credentials.ID <= 0:
		return nil, errors.New("telegram: the application's id is missing: take it from https://my.telegram.org")
	case options.Credentials.Hash.Empty():
		return nil, errors.New("telegram: the application's hash is missing: take it from https://my.telegram.org")
	case options.Session == "":
		return nil, errors.New("telegram: no session file is named")
	}
	c := &Client{options: options, clock: options.Clock, disk: osDisk{}}
	if c.clock == nil {
		c.clock = systemClock{}
	}
	c.waiting = func(Wait) {}
	if options.Waiting != nil {
		var one sync.Mutex
		c.waiting = func(w Wait) {
			one.Lock()
			defer one.Unlock()
			options.Waiting(w)
		}
	}
	return c, nil
}

// link is one connection's view of Telegram.
type link struct {
	raw    tg.Invoker
	client *telegram.Client
}

// run connects and calls f. The connection outlives a cancelled context until f
// returns, so that f can say goodbye.
func (c *Client) run(ctx context.Context, p patience, f func(context.Context, link) error) error {
	unlock, err := lock(c.options.Session + ".lock")
	if err != nil {
		return fmt.Errorf("telegram session: %w", err)
	}
	defer func() { _ = unlock() }()
	client, err := c.connector(p)
	if err != nil {
		return err
	}
	connection, disconnect := context.WithCancel(context.WithoutCancel(ctx))
	defer disconnect()
	notStarted := context.AfterFunc(ctx, disconnect)
	defer notStarted()
	var said error // by f; Run drops what has to do with cancelled contexts
	err = client.Run(connection, func(alive context.Context) error {
		if !notStarted() {
			return nil
		}
		work, stop := context.WithCancel(ctx)
		defer stop()
		defer context.AfterFunc(alive, stop)()
		said = f(work, link{raw: client, client: client})
		return nil
	})
	return verdict(ctx, err, said)
}

// verdict puts what is to be known of a failure together.
func verdict(ctx context.Context, connection, said error) error {
	err := said
	if connection != nil && (said == nil || errors.Is(said, context.Canceled)) {
		err = errors.Join(connection, said)
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = errors.Join(cause, err)
	}
	if refused(err, "AUTH_KEY_UNREGISTERED", "AUTH_KEY_INVALID", "SESSION_REVOKED", "SESSION_EXPIRED", "USER_DEACTIVATED") && !errors.Is(err, ErrNotLoggedIn) {
		err = fmt.Errorf("%w: %w", ErrNotLoggedIn, err)
	}
	return err
}

func (c *Client) connector(p patience) (*telegram.Client, error) {
	options := telegram.Options{
		SessionStorage:    sessionFile(c.options.Session),
		NoUpdates:         true,
		Device:            telegram.DeviceConfig{DeviceModel: "gorod", SystemVersion: runtime.GOOS, AppVersion: "1"},
		Middlewares:       []telegram.Middleware{telegram.MiddlewareFunc(c.patient(p))},
		OnConnectionState: c.connected(),
	}
	if c.options.Network != nil {
		if err := c.options.Network.apply(&options); err != nil {
			return nil, err
		}
	}
	return telegram.NewClient(c.options.Credentials.ID, c.options.Credentials.Hash.word, options), nil
}

// reconnects is how long it takes at most until a lost connection is tried
// again.
const reconnects = 5 * time.Second

// connected shows when the connection is lost and when it is back.
func (c *Client) connected() func(telegram.ConnectionState) {
	var lost atomic.Bool
	return func(s telegram.ConnectionState) {
		switch {
		case s == telegram.ConnectionStateDisconnected:
			lost.Store(true)
			c.waiting(Wait{Reason: Connection, Until: c.clock.Now().Add(reconnects), Left: reconnects})
		case s == telegram.ConnectionStateReady && lost.CompareAndSwap(true, false):
			c.waiting(Wait{Reason: Connection, Until: c.clock.Now()})
		}
	}
}

// self is the account that is logged in.
func self(ctx context.Context, l link) (*tg.User, error) {
	status, err := l.client.Auth().Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask who is logged in: %w", err)
	}
	if !status.Authorized {
		return nil, ErrNotLoggedIn
	}
	return status.User, nil
}

// sessionFile keeps a login in a file.
type sessionFile string

var _ session.Storage = sessionFile("")

// LoadSession reads the login.
func (f sessionFile) LoadSession(context.Context) ([]byte, error) {
	content, err := readPrivate(string(f))
	if isMissing(err) {
		return nil, session.ErrNotFound
	}
	return content, err
}

// StoreSession puts the login in place.
func (f sessionFile) StoreSession(_ context.Context, content []byte) error {
	return replace(string(f), content)
}
