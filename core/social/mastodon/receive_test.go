package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/control"
)

// wired is a bridge that knows people and asks a fake.
func wired(t *testing.T, f *fake) (*Bridge, *queue) {
	t.Helper()
	b, q := bridge(t), &queue{}
	b.Queue, b.server, b.Now = q, f.URL, time.Now
	b.blocked, b.settled = map[*account]bool{}, make(chan struct{})
	b.fill()
	b.pacer = newPacer(b.clock, 4, time.Millisecond)
	for _, a := range b.order {
		a.client = b.client(Token("account-" + a.face.Acct))
	}
	return b, q
}

func TestWhoAsksToFollowIsLetIn(t *testing.T) {
	t.Parallel()
	alice, boris := mastodon.Account{ID: "77", Acct: "alice@far.example"}, mastodon.Account{ID: "boris1", Acct: "boris"}
	for name, c := range map[string]struct {
		who      mastodon.Account
		visitors bool
		gone     bool // somebody has let them in already
		did      int
		visit    bool
	}{
		"a stranger":                       {alice, true, false, 1, true},
		"a stranger who was let in before": {alice, true, true, 0, true},
		"a stranger where none may come":   {alice, false, false, 0, false},
		"a resident":                       {boris, false, false, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
				if c.gone {
					http.NotFound(w, r)
				}
				return c.gone
			}
			b, q := wired(t, f)
			b.Network.Reach.Visitors = c.visitors
			if err := b.accounts["a0001"].receive(t.Context(), &mastodon.Notification{ID: "1", Type: "follow_request", Account: c.who}); err != nil {
				t.Fatal(err)
			}
			want := []string{fmt.Sprintf("anna: follow_requests/%s/authorize", c.who.ID)}
			if got := f.did(); !slices.Equal(got, want[:c.did]) {
				t.Errorf("%q, want %q", got, want[:c.did])
			}
			v := q.order.Visit
			if (v != nil) != c.visit || v != nil && (v.Kind != "follow" || v.To != "a0001" || v.Visitor.ID != "@alice@far.example") {
				t.Errorf("%+v", v)
			}
		})
	}
}

func TestResidentsLearnHowPollsEndedThatTheRunKnows(t *testing.T) {
	t.Parallel()
	b := bridge(t)
	a, q := b.accounts["a0001"], &queue{}
	b.Queue, b.Language = q, "ru"
	if err := b.store.meet(t.Context(), "m900", "@alice@far.example", "", place{Status: "900", Poll: "pl9"}); err != nil {
		t.Fatal(err)
	}
	ended := func(change func(*mastodon.Notification)) {
		poll := &mastodon.Poll{ID: "pl9", Expired: true, Options: []mastodon.PollOption{{Title: "в\u202e лес", VotesCount: 5}, {Title: "на реку", VotesCount: -1}}}
		n := &mastodon.Notification{ID: "1", Type: "poll", Account: mastodon.Account{ID: "anna1", Acct: "anna"}, Status: &mastodon.Status{ID: "900", Content: "<p>Куда<br>пойдём?</p>", Poll: poll}}
		change(n)
		if err := a.receive(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(*mastodon.Notification){
		"goes on":    func(n *mastodon.Notification) { n.Status.Poll.Expired = false },
		"is unknown": func(n *mastodon.Notification) { n.Status.ID = "901" },
		"is none":    func(n *mastodon.Notification) { n.Status.Poll = nil },
	} {
		if ended(change); q.key != "" {
			t.Fatalf("a poll that %s: %q", name, q.key)
		}
	}
	ended(func(*mastodon.Notification) {})
	if err := q.order.Check(); err != nil {
		t.Fatal(err)
	}
	tell := q.order.Effect.Tell
	if tell.Text != "Опрос на сервере окончен. Куда пойдём? в лес — 5; на реку — 0." || !slices.Equal(tell.Agents, []string{"Анна Петрова"}) || q.key != "mastodon:poll:a0001:900" {
		t.Errorf("%q %+v", q.key, tell)
	}
}

// waker is a server with a stream over a WebSocket.
type waker struct {
	mu      sync.Mutex
	news    []map[string]any
	streams int
	secret  string // what the address of a stream holds of a token
	open    chan *websocket.Conn
	looked  chan struct{} // for news, and there was none
	looks   int
}

func (s *waker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	account := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer account-")
	if r.URL.Path == "/api/v1/streaming" {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.streams++
		if strings.Contains(r.URL.String(), "account-") || account == "" {
			s.secret = r.URL.String()
		}
		s.mu.Unlock()
		if account == "anna" {
			s.open <- conn
		}
		<-conn.CloseRead(r.Context()).Done()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var v any = []any{}
	switch {
	case strings.HasSuffix(r.URL.Path, "verify_credentials"):
		v = map[string]any{"id": "id" + account, "acct": account}
	case strings.HasSuffix(r.URL.Path, "/instance"):
		v = map[string]any{"uri": "x"}
	case account == "anna" && strings.HasSuffix(r.URL.Path, "/notifications") && len(s.news) > 0 && r.FormValue("min_id") < fmt.Sprint(s.news[0]["id"]):
		v = s.news
	}
	_ = json.NewEncoder(w).Encode(v)
	if account == "anna" && r.FormValue("min_id") == "100" {
		s.looks++
		select {
		case s.looked <- struct{}{}:
		default:
		}
	}
}

func (s *waker) tell(news map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = []map[string]any{news}
}

// stream is that of an account which has looked for news, and does so again in
// an hour.
func (s *waker) stream(t *testing.T) *websocket.Conn {
	t.Helper()
	var conn *websocket.Conn
	select {
	case conn = <-s.open:
	case <-time.After(30 * time.Second):
		t.Fatal("no stream is opened")
	}
	<-s.looked
	return conn
}

// An account looks for news each hour; a mention comes at once all the same.
func TestAStreamWakesAnAccountLongBeforeItWouldLook(t *testing.T) {
	t.Parallel()
	s := &waker{open: make(chan *websocket.Conn, 3), looked: make(chan struct{}, 1)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.tell(map[string]any{"id": "100", "type": "follow", "account": map[string]any{}}) // there before the run
	q := &queue{all: make(chan control.Order)}
	b := listening(t, server.URL, q, time.Millisecond)
	conn := s.stream(t)
	s.tell(map[string]any{"id": "101", "type": "mention", "account": map[string]any{"id": "77", "acct": "alice"}, "status": map[string]any{
		"id": "500", "visibility": "public", "content": "<p>@anna как дела?</p>", "account": map[string]any{"id": "77", "acct": "alice"},
		"mentions": []any{map[string]any{"id": "idanna", "username": "anna", "acct": "anna"}},
	}})
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"stream":["user:notification"],"event":"notification"}`)); err != nil {
		t.Fatal(err)
	}
	select {
	case order := <-q.all:
		if v := order.Visit; v == nil || v.Kind != "post" || v.Text != "@Анна Петрова как дела?" {
			t.Errorf("%+v", order)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nobody was woken")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if s.secret != "" {
		t.Errorf("a token is in an address, which servers log: %s", s.secret)
	}
}

func TestAFloodOfNewsIsLookedAtNowAndThen(t *testing.T) {
	t.Parallel()
	s := &waker{open: make(chan *websocket.Conn, 3), looked: make(chan struct{}, 1)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.tell(map[string]any{"id": "100", "type": "follow", "account": map[string]any{}})
	b := listening(t, server.URL, &queue{}, time.Hour)
	conn := s.stream(t)
	for range 3000 {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"event":"notification"}`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Ping(t.Context()); err != nil { // it was all read
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looks > 1 {
		t.Errorf("it looked %d times", s.looks)
	}
}

// listening is the bridge of a run that has not begun.
func listening(t *testing.T, server string, q Asker, retry time.Duration) *Bridge {
	t.Helper()
	b, _, o := told(t, &fake{Server: &httptest.Server{URL: server}}, nil)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	o.Queue, o.Network.Reach.Retry = q, retry
	b, err := Open(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
