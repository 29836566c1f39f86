//go:build components

package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/llm-city/gorod/core/browsertest"
)

const whole = `new Promise(done => document.readyState === 'complete' ? done(true) : addEventListener('load', () => done(true)))`

func TestPublicPagesInBothThemesAndOnAPhone(t *testing.T) {
	t.Parallel()
	shots := browsertest.Shots(t)
	w := newTown(t, 1000, nil)
	alice := w.token(t, "alice", "read write follow")
	w.send(t, "PATCH", "/api/v1/accounts/update_credentials", alice, "display_name="+url.QueryEscape(`<script>window.pwned=1</script>`))
	post := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice,
		`{"status":"<img src=x onerror=window.pwned=1> Оченьдлинноесловобезпробелов`+strings.Repeat("ы", 120)+` @anna_petrova #дачныйклуб https://example.org/`+strings.Repeat("a", 100)+`","poll":{"options":["<svg onload=window.pwned=1>","нет"]}}`))
	w.send(t, "POST", "/api/v1/statuses", alice, "status=ответ&in_reply_to_id="+post.ID)
	for range 6 {
		w.Step(t)
	}
	for _, c := range []struct {
		name, scheme, background string
		width                    int64
	}{
		{"light", "light", "rgb(253, 253, 252)", 1280}, {"dark", "dark", "rgb(22, 23, 27)", 1280},
		{"phone", "light", "rgb(253, 253, 252)", 390}, {"phone-dark", "dark", "rgb(22, 23, 27)", 390},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tab, said := browsertest.Open(t, chromedp.EmulateViewport(c.width, 900), browsertest.Prefer(c.scheme, "screen"))
			for name, path := range map[string]string{
				"public": "/public", "wall": "/@anna_petrova", "thread": "/@alice/" + post.ID, "group": "/tags/" + url.PathEscape("дачныйклуб"), "groups": "/groups",
				"missing": "/@nobody", "door": strings.TrimPrefix(w.wish(w.register(t, outOfBand, "read write"), nil), w.URL),
			} {
				browsertest.Do(t, tab, chromedp.Navigate(w.URL+path), chromedp.WaitReady(chromedp.CSS("main")))
				browsertest.Ask[bool](t, tab, whole)
				browsertest.Keep(t, filepath.Join(shots, "town-"+c.name+"-"+name+".png"), browsertest.Take(t, tab, chromedp.FullScreenshot(100)))
				if got := browsertest.Ask[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != c.background {
					t.Errorf("%s: background %s", name, got)
				}
				if browsertest.Ask[bool](t, tab, browsertest.TooWide) {
					t.Errorf("%s: the page is wider than the window", name)
				}
				if browsertest.Ask[bool](t, tab, `'pwned' in window || document.querySelectorAll('script, iframe, object, svg').length > 0 || [...document.images].some(i => !i.complete || i.naturalWidth === 0)`) {
					t.Errorf("%s: a text is markup, or a picture is not shown", name)
				}
			}
			for _, line := range said() {
				if !strings.Contains(line, "404 (Not Found)") { // the page that is missing
					t.Errorf("the console says: %s", line)
				}
			}
		})
	}
}

func TestAVisitorComesInWithABrowser(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	got := make(chan string, 1)
	client := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if c := r.URL.Query().Get("code"); c != "" {
			got <- c + " " + r.URL.Query().Get("state")
		}
		_, _ = rw.Write([]byte("<main>thank you</main>"))
	}))
	t.Cleanup(client.Close)
	a := w.register(t, client.URL+"/back", "read write")
	tab, said := browsertest.Open(t, chromedp.EmulateViewport(390, 900), chromedp.Navigate(w.wish(a, url.Values{"state": {"s"}})))
	for _, button := range []string{
		`(document.querySelector('[name=name]').value = 'Alice', document.querySelector('button'))`,
		`[...document.querySelectorAll('button')].find(b => b.textContent.includes('@alice'))`, // the browser remembers
	} {
		browsertest.Until(t, tab, "form button")
		browsertest.Ask[bool](t, tab, whole)
		browsertest.Ask[bool](t, tab, `(b => (setTimeout(() => b.click()), true))(`+button+`)`)
		code, state, _ := strings.Cut(<-got, " ")
		if r := w.exchange(t, a, code, nil); r.status != http.StatusOK || state != "s" {
			t.Errorf("%d %s, state %q", r.status, r.body, state)
		}
		browsertest.Do(t, tab, chromedp.Navigate(w.wish(a, url.Values{"state": {"s"}})))
	}
	if lines := said(); len(lines) > 0 {
		t.Errorf("the console says:\n%s", strings.Join(lines, "\n"))
	}
}
