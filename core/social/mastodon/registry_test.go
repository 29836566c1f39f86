package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/spec"
)

// registry is a server on which accounts can be made, as Mastodon has them.
type registry struct {
	*httptest.Server
	mu       sync.Mutex
	apps     map[string]string // secrets
	accounts map[string]*member
	taken    map[string]bool // names of other people
	password bool            // it lets people in by a password
	approval bool            // somebody has to let people in
	requests int
	// fault may answer instead of the server; after is asked when it has done it.
	fault, after func(w http.ResponseWriter, r *http.Request) bool
}

// member is an account of it.
type member struct {
	id, email, password string
	approved            bool
}

func newRegistry(t *testing.T) *registry {
	s := &registry{apps: map[string]string{}, accounts: map[string]*member{}, taken: map[string]bool{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP implements http.Handler.
func (s *registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	_ = r.ParseForm()
	if s.fault != nil && s.fault(w, r) {
		return
	}
	code, v := s.answer(r, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if s.after != nil && s.after(w, r) {
		return
	}
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

type said map[string]any

func (s *registry) answer(r *http.Request, token string) (int, any) {
	switch path := strings.TrimPrefix(r.URL.Path, "/api/v1"); {
	case path == "/instance":
		return 200, said{"version": "4.3.17"}
	case path == "/apps":
		id := fmt.Sprintf("app-number-%d", len(s.apps)+1)
		s.apps[id] = "secret-of-" + id
		return 200, said{"client_id": id, "client_secret": s.apps[id]}
	case path == "/oauth/token":
		return s.grant(r)
	case path == "/accounts" && r.Method == http.MethodPost:
		if !strings.HasPrefix(token, "token-of-app") {
			return 403, said{"error": "This action is outside the authorized scopes"}
		}
		return s.register(r)
	case path == "/accounts/verify_credentials":
		name := strings.TrimPrefix(token, "token-of-")
		switch m := s.accounts[name]; {
		case m == nil:
			return 401, said{"error": "The access token is invalid"}
		case !m.approved:
			return 403, said{"error": "Your login is currently pending approval"}
		default:
			return 200, said{"id": m.id, "acct": name}
		}
	case strings.HasPrefix(path, "/admin/accounts"):
		return s.administer(r, token, path)
	}
	return 404, said{"error": "Record not found"}
}

func (s *registry) grant(r *http.Request) (int, any) {
	if secret := s.apps[r.FormValue("client_id")]; secret == "" || secret != r.FormValue("client_secret") {
		return 401, said{"error": "invalid_client"}
	}
	if r.FormValue("grant_type") == "client_credentials" && r.FormValue("scope") == "read write" {
		return 200, said{"access_token": "token-of-app"}
	}
	for name, m := range s.accounts {
		if s.password && r.FormValue("grant_type") == "password" && m.email == r.FormValue("username") && m.password == r.FormValue("password") {
			return 200, said{"access_token": "token-of-" + name}
		}
	}
	return 400, said{"error": "unsupported_grant_type", "error_description": "The authorization grant type is not supported."}
}

func (s *registry) register(r *http.Request) (int, any) {
	name := r.FormValue("username")
	if s.accounts[name] != nil || s.taken[name] {
		return 422, said{"error": "Validation failed: Username has already been taken", "details": said{"username": []said{{"error": "ERR_TAKEN", "description": "has already been taken"}}}}
	}
	if r.FormValue("agreement") != "true" || r.FormValue("reason") == "" || len(r.FormValue("password")) < 8 {
		return 422, said{"error": "Validation failed", "details": said{"agreement": []said{{"error": "ERR_ACCEPTED", "description": "must be accepted"}}}}
	}
	s.accounts[name] = &member{fmt.Sprint(len(s.accounts) + 1), r.FormValue("email"), r.FormValue("password"), !s.approval}
	return 200, said{"access_token": "token-of-" + name}
}

func (s *registry) administer(r *http.Request, token, path string) (int, any) {
	if token != "token-of-admin" {
		return 403, said{"error": "This action is outside the authorized scopes"}
	}
	name := r.FormValue("username")
	if r.Method == http.MethodGet {
		if m := s.accounts[name]; m != nil {
			return 200, []said{{"id": m.id, "username": name, "domain": nil, "email": m.email, "approved": m.approved, "confirmed": true}}
		}
		return 200, []said{}
	}
	for _, m := range s.accounts {
		if path == "/admin/accounts/"+m.id+"/approve" {
			m.approved = true
			return 200, said{"id": m.id}
		}
	}
	return 404, said{"error": "Record not found"}
}

// names are those of its accounts.
func (s *registry) names() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for name, m := range s.accounts {
		out[name] = m.email
	}
	return out
}

// enrolment is that of three residents, one of whom may have an account.
func (s *registry) enrolment(t *testing.T, file string) Enrolment {
	t.Helper()
	n := there(s.URL)
	n.Accounts, n.Create = filepath.Join(t.TempDir(), "accounts.txt"), &spec.Create{Email: "town+{name}@example.org", Reason: "a resident"}
	if file != "" {
		save(t, n.Accounts, file)
	}
	return Enrolment{
		Network: n, Residents: residents(), Language: "ru", Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// dying is a process that ends with one of its requests: the server has got it,
// or not.
type dying struct {
	at     int
	done   bool
	cancel context.CancelFunc
}

// RoundTrip implements http.RoundTripper.
func (d *dying) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.at--; d.at != 0 {
		return http.DefaultTransport.RoundTrip(r)
	}
	defer d.cancel()
	if d.done {
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		answer.Body.Close()
	}
	return nil, errors.New("it is over")
}
