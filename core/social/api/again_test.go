package api_test

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/api/apitest"
	"github.com/llm-city/gorod/core/social/view"
)

// Servers hold nothing: one that starts later shows what one shows that was
// there from the beginning, ids included.
func TestAServerThatStartsLaterShowsTheSame(t *testing.T) {
	t.Parallel()
	w := newTown(t, 200, nil)
	alice := w.token(t, "alice", "read write follow")
	for i := range 12 {
		for _, ask := range []string{
			fmt.Sprintf("POST /api/v1/statuses status=@anna_petrova+как+дела+%d?", i), fmt.Sprintf("POST /api/v1/statuses status=@boris+тихо+%d&visibility=direct", i),
			fmt.Sprintf("POST /api/v1/accounts/%d/follow ", i%3+1),
			fmt.Sprintf("POST /api/v1/statuses/%s/favourite ", newest(t, w)),
		} {
			method, rest, _ := strings.Cut(ask, " ")
			path, body, _ := strings.Cut(rest, " ")
			if r := w.send(t, method, path, alice, body); r.status >= 500 {
				t.Fatalf("%s: %d %s", ask, r.status, r.body)
			}
		}
		w.Step(t)
	}
	w.End()
	if err := w.View.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	later, err := view.Open(t.Context(), view.Options{Dir: w.Dir, Queue: w.Queue, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	second := &town{&apitest.Town{Server: httptest.NewServer(api.New(api.Options{
		View: later, Queue: w.Queue, Door: w.Door, Base: w.URL, Version: "test", Now: time.Now, Log: log, Requests: 1000,
	}))}}
	defer func() {
		second.Close()
		if err := later.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, path := range []string{
		"/api/v1/timelines/public?limit=40", "/api/v1/timelines/home?limit=40", "/api/v1/notifications?limit=80", "/api/v1/conversations", "/api/v1/favourites",
		"/api/v1/accounts/1/statuses?limit=40", "/api/v1/accounts/2", "/api/v1/accounts/3/followers", "/api/v1/accounts/verify_credentials", "/api/v1/trends/tags",
		"/api/v1/accounts/relationships?id[]=1&id[]=2", "/public", "/@boris",
	} {
		first, again := w.send(t, "GET", path, alice, ""), second.send(t, "GET", path, alice, "")
		if first.status != 200 || len(first.body) < 3 || first.body != again.body {
			t.Errorf("%s: %d and %d\n%.1500s\n%.1500s", path, first.status, again.status, first.body, again.body)
		}
	}
}

// newest is the id of the newest post of a resident.
func newest(t *testing.T, w *town) string {
	t.Helper()
	for _, p := range plain[[]struct {
		ID      string
		Account struct{ Bot bool }
	}](t, w.send(t, "GET", "/api/v1/timelines/public", "", "")) {
		if p.Account.Bot {
			return p.ID
		}
	}
	return "1"
}
