// Package apitest serves a run's network in tests.
package apitest

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/runner/runnertest"
	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
)

// Town is a run that computes a tick when the test wants one, and its network
// served over HTTP.
type Town struct {
	*runnertest.Stepped
	*httptest.Server
	View  *view.View
	Queue *control.Queue
	Door  *door.Store
}

// New is a town after its first tick; change may change how it is served.
func New(t testing.TB, study string, change func(*api.Options)) *Town {
	t.Helper()
	w := &Town{Stepped: runnertest.Start(t, study)}
	ctx, log := context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler)
	var errs [3]error
	w.Queue, errs[0] = control.Open(ctx, filepath.Join(w.Dir, control.File))
	w.Door, errs[1] = door.Open(ctx, filepath.Join(w.Dir, door.File), time.Now)
	w.View, errs[2] = view.Open(ctx, view.Options{Dir: w.Dir, Queue: w.Queue, Log: log})
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	o := api.Options{View: w.View, Queue: w.Queue, Door: w.Door, Version: "test", Now: time.Now, Log: log, Requests: 1_000_000}
	if change != nil {
		change(&o)
	}
	w.Server = httptest.NewServer(api.New(o))
	t.Cleanup(func() {
		w.CloseClientConnections()
		w.Close()
		w.End()
		if err := errors.Join(w.View.Close(), w.Door.Close(), w.Queue.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// Step computes a tick and shows it; false where the run is over.
func (w *Town) Step(t testing.TB) bool {
	t.Helper()
	more := w.Stepped.Step()
	if err := w.View.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return more
}

// Token lets an app that is given its code by hand act as somebody, as the page
// would.
func (w *Town) Token(t testing.TB, app door.App, name string) string {
	t.Helper()
	ctx := t.Context()
	v, _, err := w.Door.Enter(ctx, name, "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	code, err := w.Door.Code(ctx, door.Authorization{App: app, Visitor: v.ID, Redirect: door.OutOfBand, Scopes: app.Scopes})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := w.Door.Exchange(ctx, app, code, door.OutOfBand, "")
	if err != nil {
		t.Fatal(err)
	}
	return token
}
