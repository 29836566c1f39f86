// Package panel is the web application that shows runs and steers them: pages
// over their journals, live through server-sent events, and forms that put
// orders into their control queues. It keeps nothing of its own, so that several
// panels may run over the same runs, beside the runs or without them.
//
// What residents and models wrote is shown as text and nothing else: templates
// escape it, and the pages' policy lets no script and no style run but the
// panel's own files.
package panel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/llm-city/gorod/core/panel/internal/entry"
	"github.com/llm-city/gorod/core/panel/internal/words"
	"github.com/llm-city/gorod/core/spec"
)

// Options say what a panel shows and whom it lets in. Runs, Token, Now and Log
// are required.
type Options struct {
	Runs    []Run
	Token   string // opens the control pages: see NewToken
	Version string // of gorod
	Now     func() time.Time
	Log     *slog.Logger
	// Hosts are names under which the panel is reached, beside those of this
	// machine itself. A request to any other is refused: a page of somebody else's
	// could have its name point here.
	Hosts []string
	// AnyIP also takes requests to whatever IP address.
	AnyIP bool
	// Private asks for the token also before anything is shown.
	Private bool
	// Secure keeps cookies from being sent without TLS.
	Secure bool
}

// Run is a run to show.
type Run struct {
	Name string // in titles and, with what a URL cannot hold replaced, in addresses
	Dir  string // folder of run.db, llm.db and control.db
	// Study is what the run is made of. It says what the journal does not: which
	// plugins and servers the run has, and what its interventions change. Without
	// it less is told.
	Study *spec.Study
}

// NewToken makes a token of 256 bits.
func NewToken() string { return entry.NewToken() }

// CheckToken says why something cannot be a token.
func CheckToken(token string) error { return entry.CheckToken(token) }

// Panel is an http.Handler.
type Panel struct {
	opts    Options
	runs    []*watched
	bySlug  map[string]*watched
	words   map[string]*words.Language
	pages   pages
	assets  assets
	door    *entry.Door
	handler http.Handler
	readers readers
}

var _ http.Handler = (*Panel)(nil)

// New makes a panel. It reads no run before somebody asks for it.
func New(opts Options) (*Panel, error) {
	p := &Panel{opts: opts, bySlug: map[string]*watched{}}
	var err error
	if p.door, err = entry.New(opts.Token, opts.Now); err != nil {
		return nil, fmt.Errorf("token of the panel: %w", err)
	}
	if p.words, err = words.Load(); err != nil {
		return nil, err
	}
	if p.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if p.pages, err = p.parse(); err != nil {
		return nil, err
	}
	for _, r := range opts.Runs {
		w := watch(r)
		if p.bySlug[w.slug] != nil {
			return nil, fmt.Errorf("two runs are named %s", w.slug)
		}
		p.runs, p.bySlug[w.slug] = append(p.runs, w), w
	}
	p.handler = p.guard(p.routes())
	return p, nil
}

// ServeHTTP implements http.Handler.
func (p *Panel) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// Close lets go of the runs' files, once nobody is served any more.
func (p *Panel) Close() error {
	var errs []error
	for _, w := range p.runs {
		errs = append(errs, w.close())
	}
	return errors.Join(errs...)
}

// route is one address. Writes are those that need a session and its form.
type route struct {
	pattern string
	handle  func(context.Context, *request) error
	write   bool
	control bool // needs a session
}

// routeList is every page. Whatever is a write is refused without a session and
// without a form of it, before its handler is asked.
func (p *Panel) routeList() []route {
	return []route{
		{pattern: "GET /{$}", handle: p.listRuns},
		{pattern: "GET /login", handle: p.askLogin},
		{pattern: "GET /r/{run}/{$}", handle: p.overview},
		{pattern: "GET /r/{run}/chats", handle: p.chats},
		{pattern: "GET /r/{run}/chats/{id}", handle: p.chat},
		{pattern: "GET /r/{run}/people", handle: p.people},
		{pattern: "GET /r/{run}/people/{id}", handle: p.person},
		{pattern: "GET /r/{run}/people/{id}/memory", handle: p.memory},
		{pattern: "GET /r/{run}/ties", handle: p.ties},
		{pattern: "GET /r/{run}/place", handle: p.place},
		{pattern: "GET /r/{run}/models", handle: p.models},
		{pattern: "GET /r/{run}/stream", handle: p.stream},

		{pattern: "GET /r/{run}/control", handle: p.control, control: true},
		{pattern: "GET /r/{run}/control/commands/{command}", handle: p.command, control: true},
		{pattern: "GET /r/{run}/control/talk", handle: p.newTalk, control: true},
		{pattern: "GET /r/{run}/control/talk/{command}", handle: p.talk, control: true},
		{pattern: "GET /r/{run}/control/poll", handle: p.newPoll, control: true},
		{pattern: "GET /r/{run}/control/poll/{command}", handle: p.poll, control: true},
		{pattern: "GET /r/{run}/control/poll/{command}/answers.csv", handle: p.pollTable, control: true},

		{pattern: "POST /r/{run}/control/pace", handle: p.orderPace, write: true},
		{pattern: "POST /r/{run}/control/event", handle: p.orderEvent, write: true},
		{pattern: "POST /r/{run}/control/goals", handle: p.orderGoals, write: true},
		{pattern: "POST /r/{run}/control/talk", handle: p.orderTalk, write: true},
		{pattern: "POST /r/{run}/control/talk/{command}", handle: p.orderRemark, write: true},
		{pattern: "POST /r/{run}/control/poll", handle: p.orderPoll, write: true},
		{pattern: "POST /logout", handle: p.logout, write: true},
	}
}

func (p *Panel) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range p.routeList() {
		mux.Handle(r.pattern, p.serve(r))
	}
	mux.HandleFunc("GET /static/{name}", p.assets.serve)
	mux.HandleFunc("GET /metrics", p.metrics)
	mux.HandleFunc("POST /login", p.plain(p.login))
	mux.HandleFunc("POST /look", p.plain(p.look))
	mux.HandleFunc("/", p.plain(p.nothing))
	return mux
}
