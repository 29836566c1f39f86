// Package api serves a run's residents' network as Mastodon does: its REST and
// streaming API, so that ordinary clients can watch a run and talk to its
// residents, and pages for those who have none. It reads from a view and writes
// to the run's queue; it holds no state of the run.
package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/hosts"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/api/markup"
	"github.com/llm-city/gorod/core/social/api/pages"
	"github.com/llm-city/gorod/core/social/view"
)

// Bounds of what is taken and held.
const (
	maxBody         = 64 << 10
	maxText         = 2000 // characters of a post
	maxOptions      = 6    // of a poll
	maxOption       = 100  // characters
	defaultStreams  = 1000 // open at once
	defaultRequests = 300
	defaultWindow   = 5 * time.Minute
	maxRead         = 15 * time.Second
	maxTold         = 10 * time.Second
	maxWrite        = 30 * time.Second
)

// Asker takes what visitors ask of the run: a control.Queue.
type Asker interface {
	Add(ctx context.Context, who, key string, at time.Time, order control.Order) (control.Command, error)
	Get(ctx context.Context, id int64) (control.Command, error)
}

var _ Asker = (*control.Queue)(nil)

// Options are what a server of the API is made of. View, Queue, Door, Now, Log
// and Version are required.
type Options struct {
	View  *view.View // followed by somebody
	Queue Asker
	Door  *door.Store
	// Base is the address under which visitors reach the server, without a slash
	// at its end; it may have a path. Empty: the host that each request names.
	Base    string
	Version string // of gorod
	Now     func() time.Time
	Log     *slog.Logger
	// Requests that one visitor, or one address without a token, may make in
	// Window; 0 means 300 in five minutes, as Mastodon allows. Of the pages, with
	// their pictures, it is ten times as many.
	Requests int
	Window   time.Duration
	// Streams that may be open at once; 0 means 1000.
	// Of them a quarter at most is one visitor's, or of one address without a token.
	Streams int
	// ReadTime is how long a client may take for the body of a request; 0 means 15
	// seconds. StreamTime is how long it may take for what a stream tells at once;
	// 0 means 10 seconds.
	ReadTime, StreamTime time.Duration
	// Hosts are names of the server besides that of Base and those of this machine.
	Hosts hosts.Hosts
}

type server struct {
	Options
	mux     *http.ServeMux
	limits  *limiter
	pages   *limiter
	guesses *limiter // of passwords
	seats   seats
	payload *payloads
	chunks  chunks
	look    *pages.Look
	random  io.Reader
}

// New makes the handler of a run's network: /api, /oauth and the public pages.
// Streams end when the context of their request does, so that a server that
// stops must end its BaseContext. Slow clients are cut off but for the headers
// of their requests, which are for the server's ReadHeaderTimeout.
func New(o Options) http.Handler {
	o = o.filled()
	s := &server{
		Options: o, mux: http.NewServeMux(), limits: newLimiter(o.Requests, o.Window, o.Now),
		pages: newLimiter(10*o.Requests, o.Window, o.Now), guesses: newLimiter(20, 5*time.Minute, o.Now), payload: newPayloads(), look: pages.NewLook(), random: rand.Reader,
	}
	for _, r := range routes() {
		s.mux.Handle(r.pattern, s.handle(r))
	}
	s.mux.HandleFunc("OPTIONS /api/", preflight)
	s.mux.HandleFunc("OPTIONS /oauth/token", preflight)
	s.mux.HandleFunc("OPTIONS /oauth/revoke", preflight)
	s.mux.Handle("GET /oauth/authorize", s.polite(http.HandlerFunc(s.askName)))
	s.mux.Handle("POST /oauth/authorize", s.polite(http.HandlerFunc(s.giveCode)))
	s.mux.Handle("/oauth/authorize", s.polite(http.HandlerFunc(notAllowed)))
	s.mux.Handle("GET /api/v1/streaming", s.bare(s.socket))
	s.mux.Handle("GET /api/v1/streaming/{stream...}", s.bare(s.eventStream))
	site := pages.New(pages.Options{View: o.View, Base: s.base, Path: o.path(), Look: s.look})
	s.mux.Handle("/", s.polite(site))
	return s.guarded(s.mux)
}

// filled are options with what they leave open.
func (o Options) filled() Options {
	o.Base = strings.TrimSuffix(o.Base, "/")
	o.Requests, o.Streams = cmp.Or(max(o.Requests, 0), defaultRequests), cmp.Or(max(o.Streams, 0), defaultStreams)
	o.Window, o.ReadTime, o.StreamTime = cmp.Or(o.Window, defaultWindow), cmp.Or(o.ReadTime, maxRead), cmp.Or(o.StreamTime, maxTold)
	return o
}

// base is the address under which a request reached the server.
func (o *Options) base(r *http.Request) string {
	if o.Base != "" {
		return o.Base
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// path is that of Base.
func (o *Options) path() string {
	u, err := url.Parse(o.Base)
	if err != nil {
		return ""
	}
	return u.Path
}

// links are where accounts and hashtags are shown.
func links(base string) markup.Links {
	return markup.Links{
		Account: func(a *view.Account) string { return base + "/@" + a.Handle },
		Tag:     func(tag string) string { return base + "/tags/" + url.PathEscape(tag) },
	}
}
