package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
)

// The test binary is every plugin of the runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "plugin" {
		for _, p := range plugins() {
			if p.Info().ID() == os.Args[3] {
				sdk.Serve(p)
			}
		}
		syscall.Exit(0) // os.Exit sleeps for a second under the race detector
	}
	os.Exit(m.Run())
}

func plugins() []sdk.Plugin {
	return []sdk.Plugin{longshort.Plugin(), justplan.Plugin(), lexicon.Plugin()}
}

const study = `apiVersion: gorod/v1
kind: Experiment
name: town
clock: {start: 2026-03-02T08:00, step: 1h, ticks: %d}
population:
  - group: соседи
    inline: [{name: Анна Петрова, gender: женский, occupation: врач, bio: "Любит <b>чай</b>.", interests: [трамваи]}, {name: Борис}, {name: Вера}]
agents: {activity: [1]}
environment:
  network:
    feed: {rank: hot}
    follows: {graph: complete}
    groups: [{name: Дачный клуб, about: о грядках, audience: public, members: [Анна Петрова, Борис]}]
`

// town is a run of the reference provider that computes a tick when the test
// wants one, and its network served over HTTP.
type town struct {
	*httptest.Server
	view  *view.View
	queue *control.Queue
	door  *door.Store
	plan  runner.Planned
	opts  runner.Options

	gate  chan struct{} // a tick may begin
	ended chan struct{} // the run is over
	tick  chan int64    // a tick was computed
	leave sync.Once
	stop  chan struct{}
}

// Started, Ticked and Ended implement runner.Observer.
func (*town) Started(runner.Planned, int)         {}
func (*town) Ended(runner.Planned, runner.Result) {}
func (w *town) Ticked(_ runner.Planned, s sim.Progress, _ runner.Usage) {
	select {
	case w.tick <- s.Tick:
	case <-w.stop:
		return
	}
	select {
	case <-w.gate:
	case <-w.stop:
	}
}

// newTown is a town after its first tick.
func newTown(t *testing.T, ticks int, change func(*api.Options)) *town {
	t.Helper()
	w := &town{gate: make(chan struct{}), ended: make(chan struct{}), tick: make(chan int64), stop: make(chan struct{})}
	log := slog.New(slog.DiscardHandler)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w.opts = runner.Options{
		Dir: dir, Jobs: 1, Catalog: host.NewCatalog(self, plugins(), nil, log), Getenv: func(string) string { return "" },
		Version: "test", Now: time.Now, Log: log, Observer: w, Stop: func() bool {
			select {
			case <-w.stop:
				return true
			default:
				return false
			}
		},
	}
	file := filepath.Join(dir, "source.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, study, ticks), 0o600); err != nil {
		t.Fatal(err)
	}
	if w.opts.Study, err = spec.Load(file, spec.Options{Plugins: w.opts.Catalog}); err != nil {
		t.Fatal(err)
	}
	runs, err := runner.Plan(w.opts.Study, dir)
	if err != nil {
		t.Fatal(err)
	}
	w.plan = runs[0]
	go func() {
		defer close(w.ended)
		if _, err := runner.Run(context.WithoutCancel(t.Context()), w.opts); err != nil {
			t.Error(err)
		}
	}()
	<-w.tick
	w.open(t, change)
	t.Cleanup(w.end)
	return w
}

func (w *town) open(t *testing.T, change func(*api.Options)) {
	t.Helper()
	ctx, log := context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler)
	var errs [3]error
	w.queue, errs[0] = control.Open(ctx, filepath.Join(w.plan.Dir, control.File))
	w.door, errs[1] = door.Open(ctx, filepath.Join(w.plan.Dir, door.File), time.Now)
	w.view, errs[2] = view.Open(ctx, view.Options{Dir: w.plan.Dir, Queue: w.queue, Log: log})
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	o := api.Options{View: w.view, Queue: w.queue, Door: w.door, Version: "test", Now: time.Now, Log: log, Requests: 100_000}
	if change != nil {
		change(&o)
	}
	w.Server = httptest.NewServer(api.New(o))
	t.Cleanup(func() {
		w.CloseClientConnections()
		w.Close()
		if err := errors.Join(w.view.Close(), w.door.Close(), w.queue.Close()); err != nil {
			t.Error(err)
		}
	})
}

// end stops the run after the tick under way.
func (w *town) end() {
	w.leave.Do(func() { close(w.stop) })
	<-w.ended
}

// step computes a tick; false where the run is over.
func (w *town) step(t *testing.T) bool {
	t.Helper()
	select {
	case w.gate <- struct{}{}:
	case <-w.ended:
		return false
	}
	more := true
	select {
	case <-w.tick:
	case <-w.ended:
		more = false
	}
	if err := w.view.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return more
}

// reply is an answer over HTTP.
type reply struct {
	status int
	header http.Header
	body   string
}

// send makes a request: a body that begins with { is JSON, any other a form.
func (w *town) send(t *testing.T, method, path, token, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return do(t, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, r)
}

func do(t *testing.T, client *http.Client, r *http.Request) reply {
	t.Helper()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, string(data)}
}

// browser is somebody at the page where names are chosen.
type browser struct {
	*http.Client
	jar map[string]*http.Cookie
}

func newBrowser() *browser {
	return &browser{jar: map[string]*http.Cookie{}, Client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) send(t *testing.T, r *http.Request) reply {
	t.Helper()
	for _, c := range b.jar {
		r.AddCookie(c)
	}
	answer := do(t, b.Client, r)
	for _, c := range (&http.Response{Header: answer.header}).Cookies() {
		b.jar[c.Name] = c
	}
	return answer
}

var hidden = regexp.MustCompile(`name="form" value="([^"]*)"`)

// allow fills in the page at an address of authorization.
func (b *browser) allow(t *testing.T, address string, fields url.Values) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := b.send(t, r)
	found := hidden.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || found == nil {
		return page
	}
	form := r.URL.Query()
	form.Set("form", found[1])
	for name, values := range fields {
		form[name] = values
	}
	place, _, _ := strings.Cut(address, "?")
	if r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, place, strings.NewReader(form.Encode())); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(t, r)
}

var shownCode = regexp.MustCompile(`<code id="code">([^<]*)</code>`)

// code is the code that a page shows.
func code(t *testing.T, page reply) string {
	t.Helper()
	found := shownCode.FindStringSubmatch(page.body)
	if found == nil {
		t.Fatalf("no code on the page: %d\n%s", page.status, page.body)
	}
	return found[1]
}
