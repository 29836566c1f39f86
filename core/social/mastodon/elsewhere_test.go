package mastodon_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
)

// elsewhere is a server that speaks Mastodon: the embedded one, over another run.
type elsewhere struct {
	*httptest.Server
	queue *control.Queue
	door  *door.Store
	view  *view.View
	run   runner.Planned

	gate chan struct{} // a tick may begin
	tick chan int64    // a tick was computed
	stop chan struct{}
	once sync.Once
	over chan struct{}
}

const otherStudy = `apiVersion: gorod/v1
kind: Experiment
name: elsewhere
clock: {start: 2026-03-02T08:00, step: 1h, ticks: 100000}
population: [{inline: [{name: Клим}]}]
agents: {activity: [0]}
environment: {network: {follows: {graph: none}}}
`

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	s := &elsewhere{gate: make(chan struct{}), tick: make(chan int64), stop: make(chan struct{}), over: make(chan struct{})}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "source.yaml"), otherStudy, 0o600)
	o, run, err := options(dir, &watch{tick: func(tick int64) {
		select {
		case s.tick <- tick:
			select {
			case <-s.gate:
			case <-s.stop:
			}
		case <-s.stop:
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	o.Stop = func() bool {
		select {
		case <-s.stop:
			return true
		default:
			return false
		}
	}
	s.run = run
	ctx, log := context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler)
	go func() {
		defer close(s.over)
		if _, err := runner.Run(ctx, o); err != nil {
			t.Error(err)
		}
	}()
	<-s.tick
	var errs [3]error
	s.queue, errs[0] = control.Open(ctx, filepath.Join(run.Dir, control.File))
	s.door, errs[1] = door.Open(ctx, filepath.Join(run.Dir, door.File), time.Now)
	s.view, errs[2] = view.Open(ctx, view.Options{Dir: run.Dir, Queue: s.queue, Log: log})
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(api.New(api.Options{View: s.view, Queue: s.queue, Door: s.door, Version: "test", Now: time.Now, Log: log, Requests: 1_000_000}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		s.once.Do(func() { close(s.stop) })
		<-s.over
		if err := errors.Join(s.view.Close(), s.door.Close(), s.queue.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// token lets an app act as somebody, as the page would.
func (s *elsewhere) token(t *testing.T, app door.App, name string) string {
	t.Helper()
	ctx := t.Context()
	v, _, err := s.door.Enter(ctx, name, "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	code, err := s.door.Code(ctx, door.Authorization{App: app, Visitor: v.ID, Redirect: door.OutOfBand, Scopes: app.Scopes})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.door.Exchange(ctx, app, code, door.OutOfBand, "")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// tokens are the accounts of residents, as a file.
func (s *elsewhere) tokens(t *testing.T, path string, accounts map[string]string) {
	t.Helper()
	app, err := s.door.Register(t.Context(), door.App{Name: "gorod", Redirects: []string{door.OutOfBand}, Scopes: door.ParseScopes("read write follow")})
	if err != nil {
		t.Fatal(err)
	}
	text := "# accounts of residents\n"
	for name, account := range accounts {
		text += fmt.Sprintf("%s: %s\n", name, s.token(t, app, account))
	}
	write(t, path, text, 0o600)
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
