package api_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/social/api"
)

// app is a client that registered.
type app struct {
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	RedirectURIs []string `json:"redirect_uris"`
}

func (w *town) register(t *testing.T, redirect, scopes string) app {
	t.Helper()
	r := w.send(t, "POST", "/api/v1/apps", "", url.Values{"client_name": {"клиент <b>"}, "redirect_uris": {redirect}, "scopes": {scopes}}.Encode())
	if r.status != http.StatusOK {
		t.Fatalf("register: %d %s", r.status, r.body)
	}
	return plain[app](t, r)
}

func (w *town) wish(a app, more url.Values) string {
	q := url.Values{"response_type": {"code"}, "client_id": {a.ClientID}, "redirect_uri": a.RedirectURIs[:1], "scope": {"read write"}}
	for name, values := range more {
		q[name] = values
	}
	return w.URL + "/oauth/authorize?" + q.Encode()
}

const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

// token is one of a visitor.
func (w *town) token(t *testing.T, name, scopes string) string {
	t.Helper()
	a := w.register(t, outOfBand, scopes)
	page := newBrowser().allow(t, w.wish(a, url.Values{"scope": {scopes}}), url.Values{"name": {name}})
	r := w.exchange(t, a, code(t, page), nil)
	if r.status != http.StatusOK {
		t.Fatalf("token: %d %s", r.status, r.body)
	}
	return plain[struct {
		AccessToken string `json:"access_token"`
	}](t, r).AccessToken
}

func (w *town) exchange(t *testing.T, a app, code string, more url.Values) reply {
	t.Helper()
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {a.ClientID}, "client_secret": {a.ClientSecret}, "code": {code}, "redirect_uri": a.RedirectURIs[:1],
	}
	for name, values := range more {
		form[name] = values
	}
	return w.send(t, "POST", "/oauth/token", "", form.Encode())
}

func TestTheBrowserIsSentOnlyWhereTheAppHasRegistered(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	a := w.register(t, "https://client.example/back?x=1\nmyapp://login", "read write")
	page := newBrowser().allow(t, w.wish(a, url.Values{"state": {"s&1"}}), url.Values{"name": {"alice"}})
	to, err := url.Parse(page.header.Get("Location"))
	if err != nil || page.status != http.StatusFound || to.Host != "client.example" || to.Query().Get("state") != "s&1" || to.Query().Get("x") != "1" || to.Query().Get("code") == "" {
		t.Errorf("%d %s", page.status, page.header.Get("Location"))
	}
	for _, wrong := range []url.Values{
		{"redirect_uri": {"https://evil.example/"}}, {"redirect_uri": {"https://client.example/back"}}, {"client_id": {"nobody"}},
		{"response_type": {"token"}}, {"scope": {"admin:write"}}, {"scope": {"follow"}}, {"code_challenge": {"x"}, "code_challenge_method": {"plain"}},
	} {
		page := newBrowser().allow(t, w.wish(a, wrong), url.Values{"name": {"alice"}})
		if page.status != http.StatusBadRequest || page.header.Get("Location") != "" || strings.Contains(page.body, "<form") {
			t.Errorf("%v: %d to %q", wrong, page.status, page.header.Get("Location"))
		}
	}
	for _, bad := range []string{"javascript:alert(1)", "data:text/html,x", "not a uri", "/relative", "https://", "https://x/#f", ""} {
		if r := w.send(t, "POST", "/api/v1/apps", "", url.Values{"client_name": {"x"}, "redirect_uris": {bad}}.Encode()); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%q is registered: %d", bad, r.status)
		}
	}
}

func TestTheFormIsSentByNoOtherSite(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	a := w.register(t, outOfBand, "read write")
	address := w.wish(a, nil)
	for name, change := range map[string]func(b *browser, r *http.Request){
		"without the cookie":      func(b *browser, r *http.Request) { clear(b.jar) },
		"with another's cookie":   func(b *browser, r *http.Request) { b.jar["gorod_form"].Value = strings.Repeat("A", 26) },
		"from another origin":     func(b *browser, r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"as the browser reports":  func(b *browser, r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"without the form's word": func(b *browser, r *http.Request) {},
	} {
		b := newBrowser()
		get, _ := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		page := b.send(t, get)
		form := get.URL.Query()
		form.Set("name", "mallory")
		if name != "without the form's word" {
			form.Set("form", hidden.FindStringSubmatch(page.body)[1])
		}
		r, _ := http.NewRequestWithContext(t.Context(), "POST", w.URL+"/oauth/authorize", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(b, r)
		if answer := b.send(t, r); answer.status != http.StatusUnprocessableEntity || shownCode.MatchString(answer.body) {
			t.Errorf("%s: %d", name, answer.status)
		}
	}
	get, _ := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	page := newBrowser().send(t, get)
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(page.body, "<script") || strings.Contains(page.body, "клиент <b>") {
		t.Errorf("the page: %s\n%s", policy, page.body)
	}
	for _, c := range (&http.Response{Header: page.header}).Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/oauth/authorize" {
			t.Errorf("cookie %+v", c)
		}
	}
}

func TestANameBelongsToWhoChoseIt(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	a := w.register(t, outOfBand, "read write")
	first := newBrowser()
	if page := first.allow(t, w.wish(a, nil), url.Values{"name": {"Alice"}, "password": {"секрет"}}); !shownCode.MatchString(page.body) {
		t.Fatal(page.body)
	}
	for _, c := range []struct {
		browser *browser
		fields  url.Values
		enters  bool
	}{
		{newBrowser(), url.Values{"name": {"alice"}}, false},
		{newBrowser(), url.Values{"name": {"ALICE"}, "password": {"угадал?"}}, false},
		{newBrowser(), url.Values{"name": {"alice"}, "password": {"секрет"}}, true},
		{newBrowser(), url.Values{"continue": {"1"}}, false},
		{first, url.Values{"name": {"alice"}}, true},
		{first, url.Values{"continue": {"1"}}, true},
		{first, url.Values{"name": {"bob"}}, true},
		{newBrowser(), url.Values{"name": {"bob"}, "password": {""}}, false},
		{newBrowser(), url.Values{"name": {"anna_petrova"}}, false}, // a resident
		{newBrowser(), url.Values{"name": {"a"}}, false},
		{newBrowser(), url.Values{"name": {"Вася"}}, false},
		{newBrowser(), url.Values{"name": {"x@evil.example"}}, false},
		{newBrowser(), url.Values{"name": {"<script>"}}, false},
	} {
		page := c.browser.allow(t, w.wish(a, nil), c.fields)
		if shownCode.MatchString(page.body) != c.enters {
			t.Errorf("%v: %d\n%s", c.fields, page.status, page.body)
		}
		if strings.Contains(page.body, "<script") {
			t.Error("a name is markup")
		}
	}
	tries := 0
	for ; tries < 50; tries++ {
		if page := newBrowser().allow(t, w.wish(a, nil), url.Values{"name": {"alice"}, "password": {"нет"}}); strings.Contains(page.body, "attempts") || strings.Contains(page.body, "попыток") {
			break
		}
	}
	if tries > 20 {
		t.Errorf("%d passwords were tried", tries)
	}
}

func TestACodeIsExchangedOnceByItsApp(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	a, other := w.register(t, outOfBand, "read write"), w.register(t, outOfBand, "read write")
	verifier := strings.Repeat("v", 50)
	sum := sha256.Sum256([]byte(verifier))
	b := newBrowser()
	fresh := func() string {
		return code(t, b.allow(t, w.wish(a, url.Values{"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}), url.Values{"name": {"alice"}}))
	}
	right := url.Values{"code_verifier": {verifier}}
	for name, try := range map[string]func() reply{
		"no verifier":    func() reply { return w.exchange(t, a, fresh(), nil) },
		"wrong verifier": func() reply { return w.exchange(t, a, fresh(), url.Values{"code_verifier": {"x"}}) },
		"another app":    func() reply { return w.exchange(t, other, fresh(), right) },
		"another place": func() reply {
			return w.exchange(t, a, fresh(), url.Values{"code_verifier": {verifier}, "redirect_uri": {"https://evil.example"}})
		},
		"no code": func() reply { return w.exchange(t, a, "", right) },
	} {
		if r := try(); r.status != http.StatusBadRequest || plain[map[string]string](t, r)["error"] != "invalid_grant" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	c := fresh()
	if r := w.exchange(t, a, c, right); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.exchange(t, a, c, right); r.status != http.StatusBadRequest {
		t.Errorf("a second time: %d", r.status)
	}
	a.ClientSecret = "guessed"
	if r := w.exchange(t, a, fresh(), right); r.status != http.StatusUnauthorized || plain[map[string]string](t, r)["error"] != "invalid_client" {
		t.Errorf("a wrong secret: %d %s", r.status, r.body)
	}
	if r := w.exchange(t, other, "x", url.Values{"grant_type": {"password"}}); plain[map[string]string](t, r)["error"] != "unsupported_grant_type" {
		t.Errorf("%s", r.body)
	}
}

func TestATokenDoesWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	reader, writer := w.token(t, "reader", "read"), w.token(t, "writer", "write:statuses")
	a := w.register(t, outOfBand, "read")
	r := w.send(t, "POST", "/oauth/token", "", url.Values{"grant_type": {"client_credentials"}, "client_id": {a.ClientID}, "client_secret": {a.ClientSecret}}.Encode())
	client := plain[struct {
		AccessToken string `json:"access_token"`
	}](t, r).AccessToken
	for _, c := range []struct {
		token, method, path, body string
		want                      int
	}{
		{"", "GET", "/api/v1/timelines/public", "", 200},
		{"", "GET", "/api/v1/timelines/home", "", 401},
		{"", "POST", "/api/v1/statuses", "status=x", 401},
		{"forged", "GET", "/api/v1/timelines/public", "", 401},
		{client, "GET", "/api/v1/apps/verify_credentials", "", 200},
		{client, "GET", "/api/v1/accounts/verify_credentials", "", 401},
		{client, "POST", "/api/v1/statuses", "status=x", 401},
		{reader, "GET", "/api/v1/timelines/home", "", 200},
		{reader, "POST", "/api/v1/statuses", "status=x", 403},
		{reader, "POST", "/api/v1/accounts/1/follow", "", 403},
		{reader, "PATCH", "/api/v1/accounts/update_credentials", "display_name=x", 403},
		{writer, "POST", "/api/v1/statuses", "status=x", 200},
		{writer, "GET", "/api/v1/timelines/home", "", 403},
		{writer, "POST", "/api/v1/accounts/1/follow", "", 403},
		{writer, "GET", "/api/v1/notifications", "", 403},
	} {
		if r := w.send(t, c.method, c.path, c.token, c.body); r.status != c.want {
			t.Errorf("%s %s with %.6q: %d, want %d\n%s", c.method, c.path, c.token, r.status, c.want, r.body)
		}
	}
	if r := w.send(t, "POST", "/oauth/revoke", "", url.Values{"client_id": {a.ClientID}, "client_secret": {a.ClientSecret}, "token": {reader}}.Encode()); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.send(t, "GET", "/api/v1/timelines/home", reader, ""); r.status != 200 {
		t.Error("an app revokes the token of another")
	}
	if r := w.send(t, "POST", "/oauth/revoke", "", url.Values{"client_id": {a.ClientID}, "client_secret": {a.ClientSecret}, "token": {client}}.Encode()); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.send(t, "GET", "/api/v1/apps/verify_credentials", client, ""); r.status != 401 {
		t.Errorf("a revoked token: %d", r.status)
	}
}

// No write is done without a token: every route that is not a GET is tried.
func TestNoWriteIsDoneWithoutAToken(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	open := []string{"POST /api/v1/apps", "POST /oauth/token", "POST /oauth/revoke"}
	tried := 0
	for _, pattern := range api.Patterns() {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok || method == "GET" || slices.Contains(open, pattern) {
			continue
		}
		tried++
		if r := w.send(t, method, strings.ReplaceAll(path, "{id}", "1048576"), "", "status=x"); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", pattern, r.status)
		}
	}
	if tried < 15 {
		t.Errorf("only %d routes were tried", tried)
	}
}
