//go:build components

package annotate_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/llm-city/gorod/eval/annotate"
)

// window is a tab of Chromium of a width, for a reader who prefers a scheme.
func window(t *testing.T, width int64, scheme string) context.Context {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(done)
	ctx, stop := chromedp.NewExecAllocator(ctx,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(stop)
	tab, closed := chromedp.NewContext(ctx)
	t.Cleanup(closed)
	prefers := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		features := []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}
		return tab.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": features, "media": "screen"}, nil)
	})
	if err := chromedp.Do(tab, chromedp.EmulateViewport(width, 900), prefers); err != nil {
		t.Fatal(err)
	}
	return tab
}

// look evaluates an expression in the page.
func look[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// until waits for something in the page.
func until(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	if err := chromedp.Do(tab, chromedp.WaitReady(chromedp.CSS(selector))); err != nil {
		t.Fatal(err)
	}
}

// GOROD_SHOTS=DIR keeps the screenshots to be looked at.
func TestThePageIsAnsweredByKeysInBothThemesAndOnAPhone(t *testing.T) {
	t.Parallel()
	shots := os.Getenv("GOROD_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
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
			tab := window(t, c.width, c.scheme)
			console := chromedp.Console(tab)
			if err := chromedp.Do(tab, chromedp.Navigate(web.URL+server.Path())); err != nil {
				t.Fatal(err)
			}
			until(t, tab, "#name")
			look[bool](t, tab, loaded)
			shoot(t, tab, filepath.Join(shots, c.name+"-name.png"))
			look[bool](t, tab, `(document.querySelector('#name').value = 'Аня', document.querySelector('.go').click(), true)`)
			until(t, tab, ".answers")
			look[bool](t, tab, loaded)
			if got := look[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != c.background {
				t.Errorf("background %s", got)
			}
			if look[bool](t, tab, `window.innerWidth < document.documentElement.scrollWidth`) {
				t.Error("the page is wider than the window")
			}
			if look[bool](t, tab, `[...document.querySelectorAll('button')].some(b => b.getBoundingClientRect().height < 44)`) {
				t.Error("a button is too small for a finger")
			}
			shoot(t, tab, filepath.Join(shots, c.name+".png"))
			for _, next := range []string{`form[action="/q/2"]`, `form[action="/q/3"]`, `main > nav`} {
				look[bool](t, tab, loaded)
				look[bool](t, tab, `(setTimeout(() => document.dispatchEvent(new KeyboardEvent('keydown', {key: '2', bubbles: true}))), true)`)
				until(t, tab, next)
			}
			if got := look[string](t, tab, `location.pathname`); got != "/done" {
				t.Errorf("in the end at %s", got)
			}
			shoot(t, tab, filepath.Join(shots, c.name+"-done.png"))
			if sum := session.Summary(); len(sum.Annotators) != 1 || sum.Annotators[0].Answered != 3 {
				t.Errorf("%+v", sum)
			}
			look[bool](t, tab, `console.info("the end") ?? true`)
			for m, err := range console {
				if err != nil {
					t.Fatal(err)
				}
				if m.Text == "the end" {
					break
				}
				t.Errorf("the console says: %s", m.String())
			}
		})
	}
}

// loaded resolves when the page has its style and its script has run.
const loaded = `new Promise(done => document.readyState === 'complete' ? done(true) : addEventListener('load', () => done(true)))`

func shoot(t *testing.T, tab context.Context, file string) {
	t.Helper()
	shot, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, shot, 0o600); err != nil {
		t.Fatal(err)
	}
}
