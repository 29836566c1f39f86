package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/hosts"
	"github.com/llm-city/gorod/core/social/api"
)

// raw sends a path as it is written.
func (w *town) raw(t *testing.T, method, path, token string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque = "//" + r.URL.Host + path
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return do(t, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, r)
}

func TestPathsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	for _, path := range []string{
		"/site/../../../../etc/passwd", "/site/%2e%2e/%2e%2e/run.db", "/site/..%2f..%2fpages.go", "/site/town.html", "/site/", "/site", "/site/style.css%00.html", "/site/%5c..%5ctown.html",
		"/avatars/..%2f..%2frun.db", "/avatars/%2e%2e%2frun.db.svg", "/avatars/-1.svg", "/avatars/99999999999999999999.svg", "/avatars/1.svg%00", "/avatars/",
		"/@..%2f..%2frun.db", "/@..", "/@../..", "/@anna_petrova/..%2f..%2fvisitors.db", "/@anna_petrova/1/../../run.db", "/@%00", "/@%ff%fe", "/@anna_petrova%00",
		"/run.db", "/visitors.db", "/control.db", "/.git/config", "//evil.example/@anna_petrova", "/%2f%2fevil.example", "/..//evil.example/%2e%2e", "/%5cevil.example", "/@anna_petrova/%2f%2fevil.example",
		"/api/v1/accounts/..%2f..%2fx", "/api/v1/statuses/%2e%2e%2fx", "/api/v1/accounts/lookup?acct=..%2F..%2Frun.db", "/.well-known/webfinger?resource=acct:..%2f..%2fx",
	} {
		r := w.raw(t, "GET", path, "")
		if r.status != 400 && r.status != 404 && (r.status < 300 || r.status > 308) {
			t.Errorf("%s: %d %.200s", path, r.status, r.body)
		}
		if to := r.header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
			t.Errorf("%s leads to %s", path, to)
		}
		if strings.Contains(r.body, "SQLite") || strings.Contains(r.body, "{{") || strings.Contains(r.body, "root:") {
			t.Errorf("%s gives a file: %.200s", path, r.body)
		}
	}
	for _, path := range []string{"/tags/..%2f..%2frun.db", "/api/v1/timelines/tag/..%2f..%2frun.db", "/api/v1/tags/..%2frun.db"} {
		if r := w.raw(t, "GET", path, ""); r.status != 200 || strings.Contains(r.body, "..") || strings.Contains(r.body, "SQLite") {
			t.Errorf("%s: %d %.300s", path, r.status, r.body)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write")
	long := strings.Repeat("x", 70<<10)
	part := "--b\r\nContent-Disposition: form-data; name=\"status\"; filename=\"f\"\r\n\r\n" + long + "\r\n--b--\r\n"
	for name, c := range map[string]struct {
		path, kind, body string
		want             int
	}{
		"a form":                    {"/api/v1/statuses", "application/x-www-form-urlencoded", "status=" + long, 413},
		"JSON":                      {"/api/v1/statuses", "application/json", `{"status":"` + long + `"}`, 413},
		"parts":                     {"/api/v1/statuses", "multipart/form-data; boundary=b", part, 413},
		"a picture":                 {"/api/v2/media", "multipart/form-data; boundary=b", part, 413},
		"a form of unknown kind":    {"/api/v1/statuses", "text/plain", long, 422},
		"the page for names":        {"/oauth/authorize", "application/x-www-form-urlencoded", "name=" + long, 413},
		"an app":                    {"/api/v1/apps", "application/json", `{"client_name":"` + long + `"}`, 413},
		"JSON that is deep":         {"/api/v1/statuses", "application/json", strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), 400},
		"lists in lists":            {"/api/v1/statuses", "application/json", `{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", 400},
		"JSON that is wide":         {"/api/v1/statuses", "application/json", `{"a":[` + strings.Repeat("1,", 600) + `1]}`, 400},
		"parts without a boundary":  {"/api/v1/statuses", "multipart/form-data", part, 400},
		"parts that never end":      {"/api/v1/statuses", "multipart/form-data; boundary=b", part[:200], 400},
		"a number beyond all":       {"/api/v1/statuses", "application/json", `{"status":1e999999}`, 200},
		"what is no JSON":           {"/api/v1/statuses", "application/json", "\x00\xff{", 400},
		"a form that is no form":    {"/api/v1/statuses", "application/x-www-form-urlencoded", "status=%zz", 400},
		"a form with a thousand ;s": {"/api/v1/statuses", "application/x-www-form-urlencoded", "status=a" + strings.Repeat(";", 1000), 400},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", w.URL+c.path, struct{ *strings.Reader }{strings.NewReader(c.body)}) // of unknown length
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", c.kind)
		r.Header.Set("Authorization", "Bearer "+token)
		if got := do(t, http.DefaultClient, r); got.status != c.want {
			t.Errorf("%s: %d, want %d: %.200s", name, got.status, c.want, got.body)
		}
	}
}

func TestTheServerAnswersForItsOwnNamesAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, func(o *api.Options) {
		o.Base, o.Hosts = "https://town.example:8443/net", hosts.Hosts{Names: []string{"lab.example"}}
	})
	ask := func(host, path string) reply {
		r, err := http.NewRequestWithContext(t.Context(), "GET", w.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		return do(t, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, r)
	}
	for _, path := range []string{"/api/v1/instance", "/public", "/@anna_petrova", "/oauth/authorize", "/api/v1/streaming/public", "/api/v1/streaming", "/avatars/1.svg", "/nothing", "/.well-known/nodeinfo"} {
		for _, host := range []string{"evil.example", "evil.example:8118", "192.0.2.1", "town.example.evil.example", "127.0.0.1.evil.example", "localhost:evil"} {
			if r := ask(host, path); r.status != http.StatusMisdirectedRequest || strings.Contains(r.body, "Анна") || r.header.Get("Set-Cookie") != "" {
				t.Errorf("%s%s: %d %.200s", host, path, r.status, r.body)
			}
		}
	}
	for _, host := range []string{"localhost:9", "127.0.0.1", "[::1]:80", "town.example", "TOWN.example:8443", "lab.example"} {
		if r := ask(host, "/api/v1/instance"); r.status != 200 || !strings.Contains(r.body, "wss://town.example:8443/net") {
			t.Errorf("%s: %d %.300s", host, r.status, r.body)
		}
	}
}

// Browsers send cookies to one page alone, and no other site reads it.
func TestOtherSitesUseTheirOwnTokensAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	b := newBrowser()
	b.allow(t, w.wish(w.register(t, outOfBand, "read write"), nil), url.Values{"name": {"alice"}})
	session := b.jar["gorod_visitor"]
	if session == nil || !session.HttpOnly || session.SameSite != http.SameSiteLaxMode || session.Path != "/oauth/authorize" {
		t.Fatalf("session %+v", session)
	}
	for _, pattern := range api.Patterns() {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			continue
		}
		r, err := http.NewRequestWithContext(t.Context(), method, w.URL+filled(path), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://evil.example")
		r.AddCookie(session)
		got := do(t, http.DefaultClient, r)
		if got.header.Get("Access-Control-Allow-Credentials") != "" || got.header.Get("Access-Control-Allow-Origin") != "*" || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", pattern, got.header)
		}
		if slices.Contains(api.Private(), pattern) && got.status != http.StatusUnauthorized {
			t.Errorf("%s with a cookie: %d", pattern, got.status)
		}
	}
	for _, c := range []string{"GET /oauth/authorize", "POST /oauth/authorize", "OPTIONS /oauth/authorize", "GET /public", "GET /@alice", "GET /avatars/1.svg"} {
		method, path, _ := strings.Cut(c, " ")
		got := w.send(t, method, path, "", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
		for name := range got.header {
			if strings.HasPrefix(name, "Access-Control-Allow-Origin") || strings.HasPrefix(name, "Access-Control-Allow-Cred") {
				t.Errorf("%s %s: %v", c, name, got.header)
			}
		}
	}
}

// filled is a path of a pattern, of things that are not there.
func filled(path string) string { return strings.NewReplacer("{id}", "77", "{tag}", "x").Replace(path) }

func TestNothingOfARequestBecomesAHeader(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	const evil = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>"
	a := w.register(t, "https://client.example/back", "read write")
	page := newBrowser().allow(t, w.wish(a, url.Values{"state": {evil}, "nonsense": {evil}}), url.Values{"name": {"alice"}, "shown": {evil}})
	to, err := url.Parse(page.header.Get("Location"))
	if err != nil || to.Host != "client.example" || to.Query().Get("state") != evil {
		t.Errorf("%s, %v", page.header.Get("Location"), err)
	}
	token := w.token(t, "bob", "read write")
	w.send(t, "POST", "/api/v1/statuses", token, "status=%23x")
	for _, path := range []string{
		"/api/v1/timelines/tag/x?limit=1&q=" + url.QueryEscape(evil), "/api/v1/accounts/1/followers?limit=1&" + url.QueryEscape(evil) + "=1", "/@" + url.PathEscape(evil), "/tags/" + url.PathEscape(evil),
		"/public?max_id=" + url.QueryEscape(evil), "/api/v1/streaming/hashtag?tag=" + url.QueryEscape(evil) + "&stream=none", "/api/" + url.PathEscape(evil),
	} {
		if strings.Contains(path, "streaming") {
			path = strings.Replace(path, "hashtag", url.PathEscape(evil), 1)
		}
		r := w.send(t, "GET", path, "", "", "Accept-Language", "en;q=1\t<script>")
		for name, values := range r.header {
			if strings.Contains(name, "evil") || strings.Contains(strings.ToLower(strings.Join(values, " ")), "set-cookie: evil") || name == "Set-Cookie" {
				t.Errorf("%s: %s %v", path, name, values)
			}
		}
		if strings.Contains(r.body, "<script>") {
			t.Errorf("%s repeats markup: %.300s", path, r.body)
		}
	}
	if page.header.Get("Evil") != "" || len(page.header.Values("Set-Cookie")) > 2 {
		t.Errorf("%v", page.header)
	}
}

// Whatever is answered, a browser runs nothing of it.
func TestEveryAnswerHasAPolicyAndEveryNameIsText(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice := w.token(t, "alice", "read write follow")
	const evil = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	w.send(t, "PATCH", "/api/v1/accounts/update_credentials", alice, url.Values{"display_name": {evil}, "note": {evil}}.Encode())
	post := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, url.Values{
		"status": {evil + " https://x.example/\"onmouseover=alert(1) javascript:alert(1) #" + evil + " @anna_petrova"}, "spoiler_text": {evil}, "poll[options][]": {evil, "b"},
	}.Encode()))
	app := w.send(t, "POST", "/api/v1/apps", "", url.Values{"client_name": {evil}, "redirect_uris": {"https://client.example/" + url.PathEscape(evil)}, "scopes": {"read"}, "website": {"javascript:alert(1)"}}.Encode())
	if strings.Contains(app.body, "javascript") {
		t.Errorf("%s", app.body)
	}
	door := w.wish(plain[appJSON](t, app).app, url.Values{"scope": {"read"}, "state": {evil}})
	for _, path := range []string{
		"/public", "/@alice", "/@alice/" + post.ID, "/groups", "/tags/script", "/tags/" + url.PathEscape(evil), "/@nobody", "/" + url.PathEscape(evil), strings.TrimPrefix(door, w.URL), "/oauth/authorize?client_id=" + url.QueryEscape(evil),
		"/avatars/header.svg", "/avatars/" + plain[owner](t, w.send(t, "GET", "/api/v1/statuses/"+post.ID, "", "")).Account.ID + ".svg", "/avatars/x", "/site/style.css",
		"/api/v1/statuses/" + post.ID, "/api/v1/nothing", "/api/v1/timelines/home", "/nodeinfo/2.0", "/oauth/nothing",
	} {
		r := w.send(t, "GET", path, "", "")
		policy := r.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe") ||
			r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("X-Frame-Options") != "DENY" || r.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, r.header)
		}
		if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") && (strings.Contains(r.body, "<script") || strings.Contains(r.body, "<img src=x") || strings.Contains(r.body, `href="javascript`)) {
			t.Errorf("%s (%s) is markup: %s", path, kind, r.body)
		}
	}
	for _, content := range []string{post.Content, plain[owner](t, w.send(t, "GET", "/api/v1/statuses/"+post.ID, "", "")).Account.Note} {
		if strings.Contains(content, "<script") || strings.Contains(content, "<img") || strings.Contains(content, `"onmouseover`) {
			t.Errorf("HTML for clients: %s", content)
		}
	}
}

type appJSON struct{ app }

func (a *appJSON) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &a.app) }

type owner struct {
	Account struct{ ID, Note string }
}

// Nothing is fetched because a client names it.
func TestNothingIsFetched(t *testing.T) {
	t.Parallel()
	var visits atomic.Int64
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer canary.Close()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write follow push")
	at, host := canary.URL+"/x", strings.TrimPrefix(canary.URL, "http://")
	q := url.QueryEscape
	for _, ask := range []string{
		"POST /api/v1/apps client_name=x&website=" + q(at) + "&redirect_uris=" + q(at), "POST /api/v1/statuses status=" + q(at+" "+at+" @x@"+host), "PATCH /api/v1/accounts/update_credentials avatar=" + q(at) + "&header=" + q(at) + "&display_name=" + q(at) + "&note=" + q(at),
		"POST /api/v1/push/subscription subscription[endpoint]=" + q(at), "POST /api/v2/media url=" + q(at), "POST /api/v1/statuses status=x&media_ids[]=" + q(at), "POST /api/v1/reports comment=x&status_ids[]=" + q(at),
		"GET /api/v2/search?resolve=true&q=" + q(at), "GET /api/v2/search?resolve=true&q=" + q("@x@"+host), "GET /api/v1/accounts/search?resolve=true&q=" + q("x@"+host), "GET /api/v1/accounts/lookup?acct=" + q("x@"+host), "GET /.well-known/webfinger?resource=" + q(at),
		"GET /api/v1/streaming/health?url=" + q(at), "GET /avatars/" + q(at), "GET /@x@" + host, "GET /oauth/authorize?client_id=x&redirect_uri=" + q(at), "POST /oauth/token grant_type=x&redirect_uri=" + q(at),
	} {
		method, rest, _ := strings.Cut(ask, " ")
		path, body, _ := strings.Cut(rest, " ")
		if r := w.send(t, method, path, token, body, "Referer", at, "X-Forwarded-Host", host); r.status >= 500 {
			t.Errorf("%s: %d %s", ask, r.status, r.body)
		}
	}
	w.Step(t)
	w.send(t, "GET", "/public", "", "")
	if n := visits.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// Numbers out of all bounds and texts that are none are answered in order.
func TestNoParameterMakesTheServerFail(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write follow")
	w.send(t, "POST", "/api/v1/statuses", token, "status=@bob+x")
	other := w.token(t, "bob", "read write follow")
	w.send(t, "POST", "/api/v1/statuses", other, "status=@alice+x")
	w.Step(t)
	odd := []string{"-1", "0", "-9223372036854775808", "9223372036854775807", "99999999999999999999999", "1e9", "abc", "%00", "%ff", "1%00", "NaN", "0x10", "%D9%A1", "%20"}
	for _, pattern := range api.Patterns() {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok || strings.Contains(path, "health") {
			continue
		}
		for _, n := range odd {
			if strings.Contains(path, "{id}") {
				r := w.raw(t, method, strings.ReplaceAll(path, "{id}", n), token)
				if r.status != 404 && r.status != 422 && (r.status != 200 || !strings.HasSuffix(path, "featured_tags") && !strings.HasSuffix(path, "lists")) {
					t.Errorf("%s with %s: %d %.200s", pattern, n, r.status, r.body)
				}
			}
			q := url.Values{}
			for _, name := range []string{"max_id", "min_id", "since_id", "limit", "offset", "account_id", "id[]", "in_reply_to_id", "choices[]", "home[last_read_id]", "poll[expires_in]", "q", "acct", "tag", "resource"} {
				if value, err := url.PathUnescape(n); err == nil {
					q.Set(name, value)
				}
			}
			address := strings.NewReplacer("{id}", "1", "{tag}", n).Replace(path) + "?" + q.Encode()
			if r := w.raw(t, method, address, token); r.status >= 500 || !utf8.ValidString(r.body) || !json.Valid([]byte(r.body)) {
				t.Errorf("%s: %d %.200s", address, r.status, r.body)
			}
		}
	}
	for _, bad := range []string{"a\x00b", "\xff\xfe", "\xed\xa0\x80", "\u202eabc", strings.Repeat("\u0301", 3000), "a\u2028b"} {
		for _, form := range []url.Values{
			{"status": {bad}}, {"status": {"x"}, "poll[options][]": {bad, "b"}}, {"status": {"x"}, "spoiler_text": {bad}}, {"status": {bad + "@anna_petrova"}, "visibility": {"direct"}},
			{"display_name": {bad}}, {"client_name": {bad}, "redirect_uris": {"https://x/" + bad}}, {"timeline[]": {bad}}, {bad: {bad}},
		} {
			for _, c := range []string{"POST /api/v1/statuses", "PATCH /api/v1/accounts/update_credentials", "POST /api/v1/apps", "POST /api/v1/markers"} {
				method, path, _ := strings.Cut(c, " ")
				r := w.send(t, method, path, token, form.Encode(), "Idempotency-Key", url.QueryEscape(bad))
				if r.status >= 500 || !utf8.ValidString(r.body) || strings.ContainsAny(r.body, "\x00\u202e") || strings.Contains(r.body, `\u202e`) || strings.Contains(r.body, `\u0000`) {
					t.Errorf("%s %q: %d %.300s", c, form, r.status, r.body)
				}
			}
		}
	}
	if !w.Step(t) {
		t.Error("the run is over")
	}
}

func TestWhoGuessesTokensIsCutOffAndNobodyElse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	w := newTown(t, 60, func(o *api.Options) { o.Requests, o.Now = 10, func() time.Time { return now } })
	token := w.token(t, "alice", "read write")
	now = now.Add(6 * time.Minute)
	for i := range 15 {
		want := http.StatusUnauthorized
		if i >= 10 {
			want = http.StatusTooManyRequests
		}
		if r := w.send(t, "GET", "/api/v1/timelines/home", fmt.Sprint("guess", i), ""); r.status != want || (r.header.Get("Retry-After") != "") != (want == 429) {
			t.Errorf("guess %d: %d %v", i, r.status, r.header)
		}
	}
	if r := w.send(t, "GET", "/api/v1/timelines/home", token, ""); r.status != 200 {
		t.Errorf("a visitor from the same address: %d", r.status)
	}
}

// Behind a proxy on this machine clients are told apart, and nobody chooses who
// to be.
func TestClientsBehindAProxyAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base      string
		forwarded [][]string
		refused   []bool
	}{
		{"https://town.example", [][]string{{"192.0.2.1"}, {"192.0.2.1"}, {"192.0.2.2"}, {"9.9.9.9, 192.0.2.1"}, {"9.9.9.9", "192.0.2.1"}, {"192.0.2.3, nonsense"}}, []bool{false, true, false, true, true, false}},
		{"https://town.example", [][]string{{"2001:db8::1"}, {"2001:db8::2"}, {"2001:db8:0:1::1"}}, []bool{false, true, false}},
		{"", [][]string{{"192.0.2.1"}, {"192.0.2.2"}, nil}, []bool{false, true, true}},
	} {
		w := newTown(t, 60, func(o *api.Options) { o.Requests, o.Base = 1, c.base })
		for i, values := range c.forwarded {
			r, err := http.NewRequestWithContext(t.Context(), "GET", w.URL+"/api/v1/instance", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header["X-Forwarded-For"] = values
			if got := do(t, http.DefaultClient, r); (got.status == http.StatusTooManyRequests) != c.refused[i] {
				t.Errorf("%q %v: %d", c.base, values, got.status)
			}
		}
	}
}
