//go:build components

package annotate_test

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/llm-city/gorod/core/browsertest"
	"github.com/llm-city/gorod/eval/annotate"
)

func TestThePageIsAnsweredByKeysInBothThemesAndOnAPhone(t *testing.T) {
	t.Parallel()
	shots := browsertest.Shots(t)
	for _, c := range []struct {
		name, scheme, language, background string
		width                              int64
		ask                                annotate.Ask
	}{
		{"annotate-light", "light", "ru", "rgb(251, 251, 250)", 1280, annotate.Pairs},
		{"annotate-dark", "dark", "ru", "rgb(20, 23, 28)", 1280, annotate.Own},
		{"annotate-phone", "light", "ru", "rgb(251, 251, 250)", 390, annotate.Pairs},
		{"annotate-phone-dark", "dark", "en", "rgb(20, 23, 28)", 390, annotate.Marks},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			session := opened(t, annotate.Options{Dir: evaluated(t, c.language, 5), Ask: []annotate.Ask{c.ask}, Limit: 3})
			server, err := annotate.NewServer(session)
			if err != nil {
				t.Fatal(err)
			}
			web := httptest.NewServer(server)
			t.Cleanup(web.Close)
			tab, said := browsertest.Open(t, chromedp.EmulateViewport(c.width, 900), browsertest.Prefer(c.scheme, "screen"), chromedp.Navigate(web.URL+server.Path()))
			browsertest.Until(t, tab, "#name")
			browsertest.Ask[bool](t, tab, loaded)
			browsertest.Keep(t, filepath.Join(shots, c.name+"-name.png"), browsertest.Take(t, tab, chromedp.FullScreenshot(100)))
			browsertest.Ask[bool](t, tab, `(document.querySelector('#name').value = 'Аня', document.querySelector('.go').click(), true)`)
			browsertest.Until(t, tab, ".answers")
			browsertest.Ask[bool](t, tab, loaded)
			if got := browsertest.Ask[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != c.background {
				t.Errorf("background %s", got)
			}
			if browsertest.Ask[bool](t, tab, browsertest.TooWide) {
				t.Error("the page is wider than the window")
			}
			if browsertest.Ask[bool](t, tab, `[...document.querySelectorAll('button')].some(b => b.getBoundingClientRect().height < 44)`) {
				t.Error("a button is too small for a finger")
			}
			browsertest.Keep(t, filepath.Join(shots, c.name+".png"), browsertest.Take(t, tab, chromedp.FullScreenshot(100)))
			for _, next := range []string{`form[action="/q/2"]`, `form[action="/q/3"]`, `main > nav`} {
				browsertest.Ask[bool](t, tab, loaded)
				browsertest.Ask[bool](t, tab, `(setTimeout(() => document.dispatchEvent(new KeyboardEvent('keydown', {key: '2', bubbles: true}))), true)`)
				browsertest.Until(t, tab, next)
			}
			if got := browsertest.Ask[string](t, tab, `location.pathname`); got != "/done" {
				t.Errorf("in the end at %s", got)
			}
			browsertest.Keep(t, filepath.Join(shots, c.name+"-done.png"), browsertest.Take(t, tab, chromedp.FullScreenshot(100)))
			if sum := session.Summary(); len(sum.Annotators) != 1 || sum.Annotators[0].Answered != 3 {
				t.Errorf("%+v", sum)
			}
			if lines := said(); len(lines) > 0 {
				t.Errorf("the console says:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

// loaded resolves when the page has its style and its script has run.
const loaded = `new Promise(done => document.readyState === 'complete' ? done(true) : addEventListener('load', () => done(true)))`
