package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
)

// trap is a host that nobody may turn to, whatever a server says.
func trap(t *testing.T) (url string, hits *atomic.Int64) {
	t.Helper()
	hits = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	t.Cleanup(s.Close)
	return s.URL, hits
}

// A server names other hosts wherever an answer has addresses: of streams, next
// pages, pictures, accounts and statuses.
func TestAddressesThatAServerGivesAreNeverTurnedTo(t *testing.T) {
	t.Parallel()
	elsewhere, hits := trap(t)
	account := map[string]any{"id": "77", "acct": "alice", "url": elsewhere, "uri": elsewhere, "avatar": elsewhere, "avatar_static": elsewhere, "header": elsewhere}
	status := map[string]any{
		"id": "500", "uri": elsewhere, "url": elsewhere, "visibility": "public", "content": `<p><img src="` + elsewhere + `"><a href="` + elsewhere + `">@anna</a> привет</p>`,
		"account": account, "media_attachments": []any{map[string]any{"id": "1", "url": elsewhere}}, "card": map[string]any{"url": elsewhere, "image": elsewhere},
		"mentions": []any{map[string]any{"id": "idanna", "username": "anna", "acct": "anna", "url": elsewhere}},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<%s/next?max_id=1>; rel="next", <%s/prev?min_id=9>; rel="prev"`, elsewhere, elsewhere))
		name := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer account-")
		var v any = []any{}
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "verify_credentials"):
			v = map[string]any{"id": "id" + name, "acct": name, "url": elsewhere, "avatar": elsewhere}
		case strings.HasSuffix(path, "/instance"):
			v = map[string]any{"uri": elsewhere, "urls": map[string]string{"streaming_api": "ws" + strings.TrimPrefix(elsewhere, "http")}, "thumbnail": elsewhere}
		case strings.HasSuffix(path, "/streaming"):
			http.Redirect(w, r, elsewhere, http.StatusFound)
			return
		case strings.HasSuffix(path, "/notifications") && name == "anna" && r.FormValue("min_id") == "1":
			v = []any{map[string]any{"id": "2", "type": "mention", "account": account, "status": status}}
		case strings.HasSuffix(path, "/notifications"):
			v = []any{map[string]any{"id": "1", "type": "follow", "account": account}}
		}
		_ = json.NewEncoder(w).Encode(v)
	}))
	t.Cleanup(server.Close)
	q := &queue{all: make(chan control.Order)}
	b := listening(t, server.URL, q, time.Millisecond)
	select {
	case order := <-q.all:
		if order.Visit == nil || strings.Contains(order.Visit.Text, "http") {
			t.Errorf("%+v", order)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if n := hits.Load(); n > 0 {
		t.Errorf("another host was asked %d times", n)
	}
}

func TestNobodyFollowsAServerElsewhereWithAToken(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			t.Parallel()
			elsewhere, hits := trap(t)
			f := newFake(t)
			f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, elsewhere+r.URL.Path, code)
				return true
			}
			b, _, _ := told(t, f, map[string][]event.Action{"a0001": {action("post", "p1", "всем", "public")}})
			s := b.flushed(t, 5*time.Second)
			if s.Left != 1 || hits.Load() > 0 || !strings.Contains(s.Trouble, "give the address that it sends to") {
				t.Errorf("%+v, another host was asked %d times", s, hits.Load())
			}
		})
	}
}

// What a server answers without end is given up early.
func TestEndlessAnswersAreCutOff(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		piece := []byte(strings.Repeat("[", 1<<20))
		for r.Context().Err() == nil {
			n, err := w.Write(piece)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	b := bridge(t)
	b.server, b.Now = server.URL, time.Now
	b.fill()
	b.pacer = newPacer(b.clock, 1, time.Millisecond)
	a := b.accounts["a0001"]
	a.client = b.client("account-anna")
	err := a.call(t.Context(), reading, func(ctx context.Context) error {
		_, err := a.client.GetNotifications(ctx, nil)
		return err
	})
	if err == nil || sent.Load() > 64<<20 {
		t.Errorf("%v after %d bytes", err, sent.Load())
	}
}

// A server may repeat what it was told: neither the run nor its journal is told
// of tokens and passwords.
func TestSecretsThatAServerRepeatsAreHidden(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.answer = func(account string, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"error":"account-%s is no token"}`, account)
		return true
	}
	b, _, _ := told(t, f, map[string][]event.Action{"a0001": {action("post", "p1", "всем", "public")}})
	if s := b.flushed(t, 20*time.Second); strings.Contains(s.Trouble, "account-") || !strings.Contains(s.Trouble, "token) is no token") {
		t.Errorf("%+v", s)
	}
	s := newRegistry(t)
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/accounts" {
			return false
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = fmt.Fprintf(w, `{"error":"the password %s of %s","details":{"password":[{"error":"ERR_INVALID","description":"%s is bad"}]}}`,
			r.FormValue("password"), r.Header.Get("Authorization"), r.FormValue("password"))
		return true
	}
	o := s.enrolment(t, "")
	_, err := Enrol(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "is bad") || strings.Contains(err.Error(), "token-of-app") {
		t.Fatal(err)
	}
	secret(t, err, load(t, o.Network.Accounts))
}
