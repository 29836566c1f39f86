package mastodon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/runnertest"
)

// open lets anybody with an application make accounts on a server, unless that is
// closed.
func (s *elsewhere) open(t *testing.T) (address string, made *atomic.Int64, closed *atomic.Bool) {
	t.Helper()
	there, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	way, app := httputil.NewSingleHostReverseProxy(there), s.app(t)
	made, closed = &atomic.Int64{}, &atomic.Bool{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/api/v1/accounts" {
			way.ServeHTTP(w, r)
			return
		}
		if closed.Load() {
			http.Error(w, `{"error":"This action is not allowed"}`, http.StatusForbidden)
			return
		}
		made.Add(1)
		fmt.Fprintf(w, `{"access_token":%q}`, s.Token(t, app, r.FormValue("username")))
	}))
	t.Cleanup(front.Close)
	return front.URL, made, closed
}

// A study that says how gets its accounts when its run begins, and has them when
// it goes on.
func TestARunMakesItsAccountsOnce(t *testing.T) {
	t.Parallel()
	server := newElsewhere(t)
	address, made, closed := server.open(t)
	dir := t.TempDir()
	study := strings.Replace(fmt.Sprintf(townStudy, 5, address), "accounts: accounts.txt", "accounts: accounts.txt\n    create: {email: \"{name}@example.org\", prefix: town_}", 1)
	write(t, filepath.Join(dir, "source.yaml"), study, 0o600)
	for _, refused := range []bool{true, false, false} {
		closed.Store(refused)
		o, _, err := runnertest.Load(dir, &watch{deliver: func(o runner.Outbox) { t.Logf("%+v", o) }})
		if err != nil {
			t.Fatal(err)
		}
		results, err := runner.Run(t.Context(), o)
		if refused {
			if err != nil || results[0].Status != journal.Failed || !strings.Contains(results[0].Error, "registrations are closed") {
				t.Fatalf("%+v %v", results, err)
			}
			continue
		}
		if err != nil || results[0].Status != journal.Done {
			t.Fatalf("%+v %v", results, err)
		}
		if done := onServer(t, server); len(done) != 3 || len(done["@town_anna_petrova"]) == 0 {
			t.Errorf("on the server: %v", done)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "accounts.txt"))
	if err != nil || made.Load() != 3 || strings.Count(string(text), "@made ") != 3 {
		t.Errorf("%d accounts were made\n%s %v", made.Load(), text, err)
	}
}
