package gotosocialtest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/mattn/go-mastodon"
)

const password = "correct horse battery staple 1"

// Account makes an account, and gives the token of a client that it has let in
// as its owner would in a browser.
func (s *Server) Account(t testing.TB, name string) (token string) {
	t.Helper()
	s.admin(t, "account", "create", "--username", name, "--email", name+"@example.org", "--password", password)
	return s.token(t, name, "read write follow")
}

// Administrator is an Account that may let others in.
func (s *Server) Administrator(t testing.TB, name string) (token string) {
	t.Helper()
	s.admin(t, "account", "create", "--username", name, "--email", name+"@example.org", "--password", password)
	s.admin(t, "account", "promote", "--username", name)
	return s.token(t, name, "admin:read:accounts admin:write:accounts")
}

// Confirm confirms the addresses of accounts that were asked for over the network,
// as their letters would.
func (s *Server) Confirm(t testing.TB, names ...string) {
	t.Helper()
	s.end(t) // it would not read again what it holds in memory
	for _, name := range names {
		s.admin(t, "account", "confirm", "--username", name)
	}
	s.begin(t)
}

func (s *Server) token(t testing.TB, name, scopes string) (token string) {
	t.Helper()
	const back = "http://127.0.0.1/back"
	app, err := mastodon.RegisterApp(t.Context(), &mastodon.AppConfig{Server: s.URL, ClientName: "gorod", Scopes: scopes, RedirectURIs: back})
	if err != nil {
		t.Fatalf("register with GoToSocial: %v", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), back) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	visit(t, browser, http.MethodGet, app.AuthURI, nil)
	visit(t, browser, http.MethodPost, s.URL+"/auth/sign_in", url.Values{"username": {name + "@example.org"}, "password": {password}})
	to, err := url.Parse(visit(t, browser, http.MethodPost, s.URL+"/oauth/authorize", nil).Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	c := mastodon.NewClient(&mastodon.Config{Server: s.URL, ClientID: app.ClientID, ClientSecret: app.ClientSecret})
	if err := c.GetUserAccessToken(t.Context(), to.Query().Get("code"), back); err != nil {
		t.Fatalf("token of %s: %v", name, err)
	}
	return c.Config.AccessToken
}

func visit(t testing.TB, browser *http.Client, method, at string, form url.Values) http.Header {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %s %v\n%.2000s", method, at, answer.Status, err, body)
	}
	return answer.Header
}
