package panel

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/journal"
)

func reopened(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), filepath.Join(dir, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// address is one that a route answers to.
func (s *site) address(pattern string) string {
	_, path, _ := strings.Cut(pattern, " ")
	path = strings.NewReplacer("{run}", slugOf(runName), "{command}", "1", "{id}", "a0001", "{$}", "").Replace(path)
	return s.url + path
}

func TestNothingIsOrderedWithoutASessionAndItsForm(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	inside, outside := reader(t), reader(t)
	form := s.enter(t, inside, "Аня")
	order := url.Values{"pace": {"pause"}, "text": {"x"}, "to": {"all"}, "goals": {"x"}, "text1": {"x"}}
	with := func(form string) url.Values {
		v := url.Values{"form": {form}}
		for k, values := range order {
			v[k] = values
		}
		return v
	}
	writes := 0
	for _, r := range s.routeList() {
		if !strings.HasPrefix(r.pattern, "POST ") {
			continue
		}
		writes++
		at := s.address(r.pattern)
		if a := post(t, outside, at, with(form)); a.status != http.StatusUnauthorized {
			t.Errorf("%s without a session: %d", r.pattern, a.status)
		}
		for _, wrong := range []string{"", "wrong", form[1:]} {
			if a := post(t, inside, at, with(wrong)); a.status != http.StatusForbidden {
				t.Errorf("%s with the form %q: %d", r.pattern, wrong, a.status)
			}
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(with(form).Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(header, value)
			if a := send(t, inside, req); a.status != http.StatusForbidden {
				t.Errorf("%s with %s: %s: %d", r.pattern, header, value, a.status)
			}
		}
	}
	if writes < 7 {
		t.Errorf("%d routes write", writes)
	}
	if _, err := os.Stat(filepath.Join(s.dir, control.File)); !os.IsNotExist(err) {
		t.Errorf("there is a queue: %v", err)
	}
}

func TestControlPagesAskForTheToken(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	for _, r := range s.routeList() {
		if !r.control {
			continue
		}
		a := get(t, c, s.address(r.pattern))
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login?next=%2Fr%2F") {
			t.Errorf("%s: %d to %s", r.pattern, a.status, a.header.Get("Location"))
		}
	}
	for _, forged := range []string{"", "x", "0.0.0.0", "QWxpY2U.AAAA.9999999999.AAAA"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.at("control"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: s.door.Cookie(), Value: forged})
		if a := send(t, c, req); a.status != http.StatusSeeOther {
			t.Errorf("cookie %q: %d", forged, a.status)
		}
	}
}

func TestAWrongTokenIsRefusedAndTriesAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	for range 5 {
		a := post(t, c, s.url+"/login?lang=en", url.Values{"token": {"guess"}, "name": {script}})
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "The token is wrong.") || a.header.Get("Set-Cookie") != "" {
			t.Fatalf("%d %v", a.status, a.header)
		}
		check(t, "login", "en", a.body)
	}
	a := post(t, c, s.url+"/login", url.Values{"token": {s.token}, "name": {"Аня"}})
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("after five wrong tokens: %d", a.status)
	}
}

func TestTheCookieIsForThisPanelAlone(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		s := open(t, func(o *Options) { o.Secure = secure })
		a := post(t, reader(t), s.url+"/login", url.Values{"token": {s.token}, "name": {"Аня"}, "next": {"//evil.example/"}})
		cookie := a.header.Get("Set-Cookie")
		if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") || strings.Contains(cookie, "Secure") != secure || strings.Contains(cookie, s.token) {
			t.Errorf("cookie %q", cookie)
		}
		if to := a.header.Get("Location"); to != "/" {
			t.Errorf("sent on to %q", to)
		}
	}
}

func TestNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"/r/x/?tick=2": "/r/x/?tick=2", "": "/", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/",
		"/a\r\nSet-Cookie: x=y": "/", "r/x": "/", "/%2f/evil.example": "/",
	} {
		if got := local(at); got != want {
			t.Errorf("%q leads to %q, want %q", at, got, want)
		}
	}
}

func TestOtherNamesOfThisMachineAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t, func(o *Options) { o.Hosts = []string{"lab.example.org"} })
	for host, status := range map[string]int{
		"localhost:8117": 200, "127.0.0.1": 200, "[::1]:80": 200, "LAB.example.org": 200, "evil.example": 421, "10.0.0.1": 421, "127.0.0.1.evil.example": 421,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		if a := send(t, reader(t), req); a.status != status {
			t.Errorf("%s: %d, want %d", host, a.status, status)
		}
	}
}

func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	a := post(t, c, s.at("control/event"), url.Values{"form": {form}, "to": {"all"}, "text": {strings.Repeat("x", maxForm)}})
	if a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", a.status)
	}
	if a := post(t, reader(t), s.url+"/login", url.Values{"token": {strings.Repeat("x", maxForm)}}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("before anybody is let in: %d", a.status)
	}
}

func TestAPrivatePanelShowsNothingWithoutTheToken(t *testing.T) {
	t.Parallel()
	s := open(t, func(o *Options) { o.Private = true })
	c := reader(t)
	for path := range readable() {
		if a := get(t, c, s.at(path)); a.status != http.StatusSeeOther || strings.Contains(a.body, "Анна") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	for _, path := range []string{"/", "/nothing"} {
		if a := get(t, c, s.url+path); a.status != http.StatusSeeOther {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	for path, status := range map[string]int{"/metrics": http.StatusUnauthorized, "/login": http.StatusOK} {
		if a := get(t, c, s.url+path); a.status != status {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if a := send(t, c, req); a.status != http.StatusOK {
		t.Errorf("metrics with the token: %d", a.status)
	}
	s.enter(t, c, "Аня")
	if a := get(t, c, s.at("")); a.status != http.StatusOK {
		t.Errorf("after the login: %d", a.status)
	}
}

// A browser keeps the cookies of all panels of one machine together.
func TestOneBrowserIsInSeveralPanelsAtOnce(t *testing.T) {
	t.Parallel()
	first, second := open(t, nil), open(t, nil)
	c := reader(t)
	for _, s := range []*site{first, second} {
		s.enter(t, c, "Ольга")
	}
	for i, s := range []*site{first, second} {
		if a := get(t, c, s.at("control")); a.status != http.StatusOK {
			t.Errorf("panel %d: %d", i, a.status)
		}
	}
}
