package api_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/social/api"
)

func TestPublicPagesShowWhatEverybodyMayRead(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice := w.token(t, "alice", "read write follow")
	post := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, `{"status":"<img src=x onerror=alert(1)> @anna_petrova #дачныйклуб https://example.org/?a=1&b=2","poll":{"options":["<b>да</b>","нет"]}}`))
	w.send(t, "POST", "/api/v1/statuses", alice, "status=ответ&in_reply_to_id="+post.ID)
	w.send(t, "POST", "/api/v1/statuses", alice, "status=для+подписчиков&visibility=private")
	w.Step(t)
	for path, want := range map[string]string{
		"/public": "onerror=alert", "/@alice": "Алиса|alice", "/@anna_petrova": "Любит &lt;b&gt;чай", "/groups": "Дачный клуб",
		"/tags/дачныйклуб": "о грядках", "/@alice/" + post.ID: "ответ",
	} {
		r := w.send(t, "GET", path, "", "", "Accept-Language", "ru")
		if r.status != 200 || !regexp.MustCompile(want).MatchString(r.body) || !strings.Contains(r.body, `<html lang="ru">`) {
			t.Errorf("%s: %d, want %s\n%s", path, r.status, want, r.body)
		}
		if regexp.MustCompile(`<img src=x|<script|<b>|для подписчиков| style=| on[a-z]+="`).MatchString(r.body) {
			t.Errorf("%s shows what it must not:\n%s", path, r.body)
		}
		policy := r.header.Get("Content-Security-Policy")
		if policy != "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'" {
			t.Errorf("%s: %s", path, policy)
		}
	}
	if r := w.send(t, "GET", "/public", "", "", "Accept-Language", "en"); !strings.Contains(r.body, "Timeline") || !strings.Contains(r.body, `<html lang="en">`) {
		t.Error("not in English")
	}
	for path, want := range map[string]int{
		"/": 302, "/@nobody": 404, "/anna_petrova": 404, "/@alice/1": 404, "/@anna_petrova/" + post.ID: 404, "/@alice/x": 404, "/tags/": 404,
		"/site/style.css": 200, "/site/town.html": 404, "/site/..%2f..%2fpages.go": 404, "/avatars/1.svg": 200, "/avatars/header.svg": 200, "/avatars/99.svg": 404, "/avatars/1.png": 404,
		"/avatars/..%2f..%2frun.db": 404,
	} {
		if r := w.send(t, "GET", path, "", ""); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	if r := w.send(t, "POST", "/public", "", ""); r.status != 405 {
		t.Errorf("a page takes a form: %d", r.status)
	}
	avatar := w.send(t, "GET", "/avatars/1.svg", "", "")
	if avatar.header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(avatar.header.Get("Content-Security-Policy"), "default-src 'none'") || xml.Unmarshal([]byte(avatar.body), new(struct{})) != nil {
		t.Errorf("%v %s", avatar.header, avatar.body)
	}
}

func TestPagesGoBackInTime(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice := w.token(t, "alice", "read write")
	for i := range 70 {
		if r := w.send(t, "POST", "/api/v1/statuses", alice, fmt.Sprintf("status=номер-%d-конец", i)); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	seen := map[string]bool{}
	older := regexp.MustCompile(`href="(/@alice\?max_id=\d+)" rel="next"`)
	pages := 0
	for path := "/@alice"; path != ""; pages++ {
		r := w.send(t, "GET", path, "", "")
		for _, s := range regexp.MustCompile(`номер-\d+-конец`).FindAllString(r.body, -1) {
			if seen[s] {
				t.Errorf("%s stands twice", s)
			}
			seen[s] = true
		}
		path = ""
		if next := older.FindStringSubmatch(r.body); next != nil {
			path = next[1]
		}
	}
	if len(seen) != 70 || pages != 3 {
		t.Errorf("%d posts on %d pages", len(seen), pages)
	}
}

func TestASiteServesItsRunFromTheBeginning(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	dir := t.TempDir() // where a run has not begun
	site, err := api.OpenSite(t.Context(), api.SiteOptions{Dir: dir, Base: "https://town.example/net", Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/net", site))
	defer func() {
		server.Close()
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	}()
	get := func(path string) reply {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/net"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return do(t, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, r)
	}
	if r := get("/api/v1/instance"); r.status != http.StatusServiceUnavailable {
		t.Errorf("before the run: %d", r.status)
	}
	w.Step(t)
	w.End()
	copied(t, w.Dir, dir, "run.db-wal") // other readers keep it
	copied(t, w.Dir, dir, "run.db")
	for end := time.Now().Add(patience); get("/api/v1/instance").status != 200; {
		if time.Now().After(end) {
			t.Fatal("the run is not noticed")
		}
	}
	if r := get("/api/v1/accounts/1"); !strings.Contains(r.body, `"url":"https://town.example/net/@anna_petrova"`) || !strings.Contains(r.body, "https://town.example/net/avatars/1.svg") {
		t.Errorf("%s", r.body)
	}
	if r := get("/"); r.header.Get("Location") != "/net/public" {
		t.Errorf("%v", r.header)
	}
	if r := get("/public"); !strings.Contains(r.body, `href="/net/site/style.css"`) || !strings.Contains(r.body, `href="/net/groups"`) {
		t.Errorf("%s", r.body)
	}
}

// copied is a file of a run that nobody writes any more.
func copied(t *testing.T, from, to, name string) {
	t.Helper()
	in, err := os.Open(filepath.Join(from, name))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(filepath.Join(to, name+".part"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Close()
	}
	if err == nil {
		err = os.Rename(filepath.Join(to, name+".part"), filepath.Join(to, name))
	}
	if err != nil {
		t.Fatal(err)
	}
}
