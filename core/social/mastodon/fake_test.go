package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
)

// queue keeps the last order, and gives all of them where somebody waits.
type queue struct {
	key   string
	order control.Order
	all   chan control.Order
}

// Add implements Asker.
func (q *queue) Add(ctx context.Context, _, key string, _ time.Time, order control.Order) (c control.Command, err error) {
	q.key, q.order = key, order
	if q.all == nil {
		return c, nil
	}
	select {
	case q.all <- order:
	case <-ctx.Done():
	}
	return c, nil
}

// fake is a server of which a test says what it answers.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	answer  func(account string, w http.ResponseWriter, r *http.Request) bool // false: as usual
	posts   []string                                                          // account: text
	visible []string
	polls   []string // what is asked of polls, with their options and how long they last
	asked   []string // account: path, of all else that changes something
}

func newFake(t *testing.T) *fake {
	f := &fake{}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// ServeHTTP implements http.Handler. The token of a resident is its account.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	account := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer account-")
	if f.answer != nil && f.answer(account, w, r) {
		return
	}
	_ = r.ParseForm()
	var v any = []any{}
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "verify_credentials"):
		v = map[string]any{"id": "id" + account, "acct": account}
	case strings.HasSuffix(path, "/instance"):
		v = map[string]any{"uri": "x", "configuration": map[string]any{
			"statuses": map[string]any{"max_characters": 600}, "polls": map[string]any{"max_options": 3, "max_characters_per_option": 10},
		}}
	case r.Method == http.MethodPost && strings.HasSuffix(path, "/statuses"):
		f.posts = append(f.posts, account+": "+r.FormValue("status"))
		f.visible = append(f.visible, r.FormValue("visibility"))
		id := fmt.Sprint(100 + len(f.posts))
		made := map[string]any{"id": id, "url": "https://x/" + id, "content": r.FormValue("status"), "visibility": r.FormValue("visibility")}
		if options := r.Form["poll[options][]"]; len(options) > 0 {
			f.polls = append(f.polls, strings.Join(options, "|")+" "+r.FormValue("poll[expires_in]"))
			made["poll"] = map[string]any{"id": "poll" + id}
		}
		v = made
	case r.Method == http.MethodPost:
		f.asked = append(f.asked, strings.TrimSuffix(account+": "+strings.TrimPrefix(path, "/api/v1/")+" "+strings.Join(r.Form["choices[]"], " "), " "))
		v = map[string]any{"id": "1"}
	}
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fake) said() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.posts)
}

// did is what was asked of the server beside posts, in order of its names.
func (f *fake) did() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(slices.Values(f.asked))
}

// told is a run of one tick with some actions, and its bridge to a fake.
func told(t *testing.T, f *fake, actions map[string][]event.Action, rows ...event.Row) (*Bridge, *journal.Journal, Options) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	book, err := journal.Create(ctx, filepath.Join(dir, "run.db"), journal.Meta{RunID: "town/base/1", Created: time.Unix(1, 0), Clock: journal.Clock{Step: time.Hour, Ticks: 9}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	o := Options{
		Dir: dir, Journal: book, Residents: residents(), Language: "ru", Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Tokens:  map[string]Token{"a0001": "account-anna", "a0002": "account-boris", "a0003": "account-vera"},
		Network: there(f.URL),
	}
	b, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	c := event.Commit{Time: "2026-03-02T08:00:00Z", Digest: []byte{1}, Rows: rows}
	for _, r := range residents() {
		for _, a := range actions[r.ID] {
			e := event.New(0, r.ID, event.KindAction, a)
			e.Seq = len(c.Events)
			c.Events = append(c.Events, e)
		}
	}
	if err := book.Commit(ctx, c); err != nil {
		t.Fatal(err)
	}
	b.Committed()
	return b, book, o
}

// there is the network of a study whose residents live on a server.
func there(server string) spec.Network {
	return spec.Network{Provider: spec.Remote, Server: server, Accounts: "tokens.txt", Reach: &spec.Reach{
		Public: "public", Groups: "private", Visitors: true, Parallel: 4, Poll: time.Hour, Retry: time.Millisecond, Flush: time.Minute,
	}}
}

// row is a row of the run's network.
func row(t *testing.T, kind, id string, v any) event.Row {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return event.Row{Kind: kind, ID: id, JSON: data}
}

// about is an action on a post or a person.
func about(kind, target, agent string) event.Action {
	a := action(kind, "", "", "")
	a.Target, a.TargetAgent = target, agent
	return a
}

func action(kind, id, text, audience string) event.Action {
	a := event.Action{ID: id, Text: text, Audience: audience}
	a.Kind = kind
	return a
}

func (b *Bridge) flushed(t *testing.T, limit time.Duration) Standing {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s, err := b.Flush(ctx, func(Standing) {})
	if err == nil {
		err = b.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAudiencesKeepTheirBoundsAndOneBadTokenStopsNobodyElse(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.answer = func(account string, w http.ResponseWriter, _ *http.Request) bool {
		if account == "boris" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		return account == "boris"
	}
	group := action("post", "p3", "для своих", "group")
	group.Group = "Тайный клуб"
	secret := action("direct", "p4", "по секрету", "direct")
	secret.TargetAgent = "a0003"
	b, _, _ := told(t, f, map[string][]event.Action{
		"a0001": {action("post", "p1", "всем", "public"), action("post", "p2", "подписчикам", "followers"), group, secret},
		"a0002": {action("post", "p5", "никому", "public")},
	})
	s := b.flushed(t, 20*time.Second)
	if s.Left != 1 || !strings.Contains(s.Trouble, "Борис") || !strings.Contains(s.Trouble, "tokens.txt") || strings.Contains(s.Trouble, "account-boris") {
		t.Errorf("%+v", s)
	}
	want := []string{"anna: всем", "anna: подписчикам", "anna: для своих\n\n#ТайныйКлуб", "anna: @vera по секрету"}
	if got := f.said(); !slices.Equal(got, want) || !slices.Equal(f.visible, []string{"public", "private", "private", "direct"}) {
		t.Errorf("%q %q", got, f.visible)
	}
}

func TestAServerThatIsDownKeepsNothingFromComingLater(t *testing.T) {
	t.Parallel()
	f, down := newFake(t), true
	f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case down:
			w.WriteHeader(http.StatusBadGateway)
			return true
		case len(r.FormValue("status")) > 950:
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"error":"too long"}`)
			return true
		}
		return false
	}
	long := strings.Repeat("слово ", 95) // the server says 600 characters, and takes fewer
	b, book, o := told(t, f, map[string][]event.Action{"a0001": {action("post", "p1", long, "public"), action("post", "p2", "потом", "public")}})
	if s := b.flushed(t, 3*time.Second); s.Left != 2 || !strings.Contains(s.Trouble, "out of reach") {
		t.Errorf("%+v", s)
	}
	f.mu.Lock()
	down = false
	f.mu.Unlock()
	if left, err := Left(t.Context(), o.Dir, book); err != nil || !left {
		t.Fatal(left, err)
	}
	again, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if s := again.flushed(t, 20*time.Second); s.Left != 0 || s.Trouble != "" {
		t.Errorf("%+v", s)
	}
	if got := f.said(); len(got) != 2 || !strings.HasSuffix(got[0], "слово…") || got[1] != "anna: потом" {
		t.Errorf("%q", got)
	}
	if left, err := Left(t.Context(), o.Dir, book); err != nil || left {
		t.Error(left, err)
	}
}
