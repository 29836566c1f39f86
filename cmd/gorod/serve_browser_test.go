//go:build components

package main_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/llm-city/gorod/core/browsertest"
)

// tab is a tab of a Chromium of its own, of a width, for a reader who prefers a
// scheme.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T, width int64, scheme string) *tab {
	t.Helper()
	b := &tab{t, browsertest.Tab(t, 8*time.Minute)}
	b.resize(width, scheme)
	return b
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) resize(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 900), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		features := []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}
		if err := target.Call(ctx, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil); err != nil {
			return err
		}
		return target.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": features, "media": "screen"}, nil)
	}))
}

func (b *tab) open(at string) {
	b.t.Helper()
	b.do(chromedp.Navigate(at), chromedp.WaitReady(chromedp.CSS("main")))
	look[bool](b, `new Promise(done => document.readyState === 'complete' ? done(true) : addEventListener('load', () => done(true)))`)
}

// look evaluates an expression in the page.
func look[T any](b *tab, expression string) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// submit fills in a form of the page and sends it by the button of its own.
func (b *tab) submit(form string, fields map[string]string, button string) {
	b.t.Helper()
	for name, value := range fields {
		if !look[bool](b, `(f => { const e = document.querySelector('`+form+` [name=`+name+`]'); if (!e) return false; e.value = f; return e.value === f; })(`+quoted(value)+`)`) {
			b.t.Fatalf("%s has no field %s that takes %q", form, name, value)
		}
	}
	look[bool](b, `(setTimeout(() => document.querySelector('`+form+` `+button+`').click()), true)`)
}

func quoted(s string) string { return "`" + strings.ReplaceAll(s, "`", "\\`") + "`" }

// shows waits until the page shows a text, without anybody reloading it.
func (b *tab) shows(text string) {
	b.t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(100 * time.Millisecond) {
		found, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.readyState === 'complete' && document.querySelector('main')?.textContent.includes(`+quoted(text)+`)`, chromedp.EvalAwaitPromise))
		if err == nil && found { // a page that changes just now is looked at again
			return
		}
	}
	b.t.Fatalf("%s does not show %q:\n%s", look[string](b, `location.href`), text, look[string](b, `document.querySelector('main').innerText.slice(0, 1500)`))
}

func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("GOROD_SHOTS")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// hostile is a study whose residents say what must stay text.
const hostile = `apiVersion: gorod/v1
kind: Experiment
name: hostile
language: ru
clock: {ticks: 100000}
population:
  - group: двор
    inline:
      - {name: "<script>window.pwned=1</script>", gender: female, interests: ["<img src=x onerror=window.pwned=1>"], bio: "\"><svg onload=window.pwned=1>"}
      - {name: "Борис", gender: male, interests: ["<script>window.pwned=1</script>"], goals: ["<b onclick=window.pwned=1>"]}
      - {name: "Вера", gender: female, interests: [книги], traits: {openness: 0.9}}
      - {name: "Глеб", gender: male, interests: [еда], traits: {openness: -0.9}}
agents: {activity: [1]}
`

// GOROD_SHOTS=DIR keeps screenshots to be looked at.
func TestARunIsWatchedAndSteeredInABrowser(t *testing.T) {
	t.Parallel()
	dir := write(t, hostile)
	p := serving(t, dir, "run", "study.yaml", "--out", "out", "--no-report", "--serve", "127.0.0.1:0")
	p.until(p.URL+"?lang=en", "Model calls")
	b := newTab(t, 1280, "light")
	console := chromedp.Console(b.ctx)
	run := p.run(0)

	b.open(run + "control?lang=en")
	b.submit("main form", map[string]string{"token": "wrong", "name": "Аня"}, ".primary")
	b.shows("The token is wrong.")
	b.submit("main form", map[string]string{"token": p.Token, "name": "Аня"}, ".primary")
	b.shows("Commands")
	for _, c := range [][2]string{{"ru", "Провести опрос"}, {"en", "Take a poll"}} {
		look[bool](b, `(setTimeout(() => document.querySelector('button[value=`+c[0]+`]').click()), true)`)
		b.shows(c[1])
	}

	// The page of a run that goes on changes by itself.
	b.open(run)
	before := look[string](b, `document.querySelector('.scrub output').textContent`)
	for began := time.Now(); look[string](b, `document.querySelector?.('.scrub output')?.textContent ?? ''`) == before; time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("the page of a run that goes on stays as it is")
		}
	}
	b.open(run + "control")
	look[bool](b, `(setTimeout(() => document.querySelector('button[value=pause]').click()), true)`)
	b.shows("paused")

	// An event: residents learn of it, and the page shows it.
	b.submit(`form[action$="/event"]`, map[string]string{"text": "Открыли парк <img src=x onerror=window.pwned=1>", "to": "all"}, ".primary")
	b.shows("Открыли парк")
	look[bool](b, `(setTimeout(() => document.querySelector('button[value=step]').click()), true)`)
	b.shows("1 tick")
	b.open(run)
	b.shows("4 residents were told")

	// A talk: the answers come into the page.
	b.open(run + "control/talk?with=a0003")
	b.submit("main form", map[string]string{"text": "Что вы думаете о парке?"}, ".primary")
	b.shows("Your next remark")
	if n := look[int](b, `document.querySelectorAll('.message').length`); n != 2 {
		t.Errorf("%d remarks in the talk", n)
	}
	b.shoot("panel-talk")

	// A poll: its chart.
	b.open(run + "control/poll")
	b.submit("main form", map[string]string{"text1": "Нужен ли парк?", "options1": "да\nнет", "text2": "Довольны ли вы?", "type2": "scale"}, ".primary")
	b.shows("By trait")
	if n := look[int](b, `document.querySelectorAll('.bars.poll svg.bar .fill').length`); n != 9 {
		t.Errorf("%d bars", n)
	}
	b.shoot("panel-poll")
	poll := look[string](b, `location.href`)

	// Every page, in both themes and on a phone: no wider than the window, and
	// nothing of what residents say has run.
	pages := map[string]string{
		"runs": p.URL, "overview": run, "chats": run + "chats", "people": run + "people", "person": run + "people/a0001", "memory": run + "people/a0002/memory",
		"ties": run + "ties", "place": run + "place", "models": run + "models", "past": run + "?tick=2", "control": run + "control", "poll": poll,
	}
	first := map[string]string{"overview": run}
	for _, c := range []struct {
		width  int64
		scheme string
		pages  map[string]string
	}{{1280, "light", pages}, {390, "dark", pages}, {1280, "dark", first}, {390, "light", first}} {
		b.resize(c.width, c.scheme)
		want := map[string]string{"light": "rgb(247, 248, 249)", "dark": "rgb(18, 21, 26)"}[c.scheme]
		for name, at := range c.pages {
			b.open(at)
			if got := look[string](b, `getComputedStyle(document.body).backgroundColor`); got != want {
				t.Errorf("%s, %s: background %s", name, c.scheme, got)
			}
			if wide := look[int](b, `document.documentElement.scrollWidth`); int64(wide) > c.width {
				t.Errorf("%s is %d wide in a window of %d", name, wide, c.width)
			}
			if look[bool](b, `'pwned' in window || document.querySelector('main script, main img, [onerror], [onload], [onclick]') !== null`) {
				t.Errorf("%s runs what a resident says", name)
			}
			b.shoot(fmt.Sprintf("panel-%s-%s-%d", name, c.scheme, c.width))
		}
	}
	// The reader's own choice goes over that of the system.
	b.open(run)
	look[bool](b, `(setTimeout(() => document.querySelector('button[value=light]').click()), true)`)
	for began := time.Now(); look[string](b, `document.documentElement?.dataset.theme ?? ''`) != "light"; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("the theme is not changed")
		}
	}
	if got := look[string](b, `getComputedStyle(document.body).backgroundColor`); got != "rgb(247, 248, 249)" {
		t.Errorf("background %s", got)
	}
	// The first key leads to the content.
	look[bool](b, `(document.querySelector('.skip').focus(), true)`)
	if left := look[float64](b, `document.querySelector('.skip').getBoundingClientRect().left`); left < 0 {
		t.Error("the link to the content is not seen when it has the focus")
	}
	b.open(run + "control")
	look[bool](b, `(document.querySelector('#stop').open = true, setTimeout(() => document.querySelector('button[value=stop]').click()), true)`)
	if code := p.ended(); code != 3 {
		t.Errorf("the run that was stopped ends with %d", code)
	}
	look[bool](b, `console.info("the end") ?? true`)
	for m, err := range console {
		if err != nil {
			t.Fatal(err)
		}
		if m.Text == "the end" {
			break
		}
		if !strings.Contains(m.String(), "403") && !strings.Contains(m.String(), "ERR_") { // the wrong token; the panel ends with the run
			t.Errorf("the console says: %s", m.String())
		}
	}
}
