//go:build components

package report

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// open opens a page in Chromium. The second result tells what the console said
// until it is called: there, a breach of the content security policy is told.
func open(t *testing.T, file string, before ...chromedp.Action[chromedp.Void]) (context.Context, func() []string) {
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
	console := chromedp.Console(tab)
	place := url.URL{Scheme: "file", Path: file}
	steps := append(before, chromedp.Navigate(place.String()), chromedp.WaitReady(chromedp.CSS("main")))
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
	return tab, func() (said []string) {
		const end = "the end"
		ask[bool](t, tab, `console.info("`+end+`") ?? true`)
		for m, err := range console {
			if err != nil {
				t.Fatal(err)
			}
			if m.Text == end {
				break
			}
			said = append(said, m.String())
		}
		return said
	}
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// settled resolves when the charts have painted.
const settled = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 300))))`

// blank names the charts on which too little is drawn.
const blankCharts = `[...document.querySelectorAll('.plot')].map(p => {
	const c = p.querySelector('canvas');
	if (!c || !c.width) return p.id + ' has no canvas';
	const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
	let n = 0;
	for (let i = 3; i < d.length; i += 4) if (d[i]) n++;
	return n > 300 ? '' : p.id + ' is blank';
}).filter(Boolean)`

const tooWide = `window.innerWidth < document.documentElement.scrollWidth`

func TestChartsAreDrawnUnderTheContentPolicy(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]Study{
		"Russian": town("ru", 2, 3, 12, 24), "English": town("en", 1, 1, 4, 6), "many": town("ru", 9, 2, 40, 300), "hostile": hostile("ru"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := Write(t.Context(), t.TempDir(), in)
			if err != nil {
				t.Fatal(err)
			}
			tab, said := open(t, files.HTML)
			ask[bool](t, tab, settled)
			if blank := ask[[]string](t, tab, blankCharts); len(blank) > 0 {
				t.Error(strings.Join(blank, ", "))
			}
			if n := ask[int](t, tab, `document.querySelectorAll('.plot canvas').length`); n < 8 {
				t.Errorf("%d charts", n)
			}
			if ask[bool](t, tab, tooWide) {
				t.Error("the page is wider than the window")
			}
			if text := ask[string](t, tab, showTip); !strings.Contains(text, ":") {
				t.Errorf("a tooltip says %q", text)
			}
			if whole := ask[bool](t, tab, copyDigest); !whole {
				t.Error("a digest can be neither copied nor read whole")
			}
			if lines := said(); len(lines) > 0 {
				t.Errorf("the console says:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

// copyDigest presses the first digest: it is copied, or shown whole where the
// browser keeps the clipboard from the page.
const copyDigest = `new Promise(done => {
	const button = document.querySelector('.copy');
	button.click();
	setTimeout(() => done(button.classList.contains('done') || button.textContent === button.dataset.copy), 300);
})`

// showTip opens the tooltip of the first chart.
const showTip = `new Promise(done => {
	const chart = echarts.getInstanceByDom(document.querySelector('.plot'));
	chart.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 1});
	setTimeout(() => done(document.querySelector('.tip')?.textContent ?? ''), 300);
})`

// GOROD_SHOTS=DIR keeps the screenshots to be looked at.
func TestThePageSuitsAPhoneADarkRoomAndPaper(t *testing.T) {
	t.Parallel()
	shots := os.Getenv("GOROD_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	small, large := town("ru", 2, 3, 12, 24), town("en", 9, 2, 40, 300)
	for _, c := range []struct {
		name, scheme string
		media        string
		width        int64
		in           Study
		page, line   string // colours
	}{
		{"light", "light", "screen", 1280, small, "rgb(251, 251, 250)", "#0072b2"},
		{"dark", "dark", "screen", 1280, small, "rgb(20, 23, 28)", "#56a8e8"},
		{"phone", "light", "screen", 390, small, "rgb(251, 251, 250)", "#0072b2"},
		{"large", "light", "screen", 1440, large, "rgb(251, 251, 250)", "#0072b2"},
		{"paper", "dark", "print", 800, small, "rgb(255, 255, 255)", "#0072b2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files, err := Write(t.Context(), t.TempDir(), c.in)
			if err != nil {
				t.Fatal(err)
			}
			tab, said := open(t, files.HTML, chromedp.EmulateViewport(c.width, 900), preferring(c.scheme, "screen"))
			ask[bool](t, tab, settled)
			if c.media == "print" {
				ask[bool](t, tab, `dispatchEvent(new Event("beforeprint"))`)
				if err := chromedp.Do(tab, preferring(c.scheme, c.media)); err != nil {
					t.Fatal(err)
				}
				ask[bool](t, tab, settled)
			}
			if got := ask[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != c.page {
				t.Errorf("background %s", got)
			}
			if got := ask[string](t, tab, `echarts.getInstanceByDom(document.querySelector('.plot')).getOption().series[0].itemStyle.color`); got != c.line {
				t.Errorf("the first line is %s", got)
			}
			if ask[bool](t, tab, tooWide) {
				t.Error("the page is wider than the window")
			}
			shot, err := chromedp.Run(tab, chromedp.FullScreenshot(80))
			if err != nil {
				t.Fatal(err)
			}
			pdf, err := chromedp.Run(tab, chromedp.PrintToPDF())
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range map[string][]byte{c.name + ".jpg": shot, c.name + ".pdf": pdf} {
				if err := os.WriteFile(filepath.Join(shots, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if lines := said(); len(lines) > 0 {
				t.Errorf("the console says:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

// preferring sets what the page is told of the reader's colour scheme and
// medium.
func preferring(scheme, media string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		features := []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}
		return tab.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": features, "media": media}, nil)
	})
}
