//go:build components

package report

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/llm-city/gorod/core/browsertest"
)

// open opens a page that was written.
func open(t *testing.T, file string, before ...chromedp.Action[chromedp.Void]) (context.Context, func() []string) {
	t.Helper()
	place := url.URL{Scheme: "file", Path: file}
	return browsertest.Open(t, append(before, chromedp.Navigate(place.String()), chromedp.WaitReady(chromedp.CSS("main")))...)
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
			browsertest.Ask[bool](t, tab, settled)
			if blank := browsertest.Ask[[]string](t, tab, blankCharts); len(blank) > 0 {
				t.Error(strings.Join(blank, ", "))
			}
			if n := browsertest.Ask[int](t, tab, `document.querySelectorAll('.plot canvas').length`); n < 8 {
				t.Errorf("%d charts", n)
			}
			if browsertest.Ask[bool](t, tab, browsertest.TooWide) {
				t.Error("the page is wider than the window")
			}
			if text := browsertest.Ask[string](t, tab, showTip); !strings.Contains(text, ":") {
				t.Errorf("a tooltip says %q", text)
			}
			if whole := browsertest.Ask[bool](t, tab, copyDigest); !whole {
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

func TestThePageSuitsAPhoneADarkRoomAndPaper(t *testing.T) {
	t.Parallel()
	shots := browsertest.Shots(t)
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
			tab, said := open(t, files.HTML, chromedp.EmulateViewport(c.width, 900), browsertest.Prefer(c.scheme, "screen"))
			browsertest.Ask[bool](t, tab, settled)
			if c.media == "print" {
				browsertest.Ask[bool](t, tab, `dispatchEvent(new Event("beforeprint"))`)
				browsertest.Do(t, tab, browsertest.Prefer(c.scheme, c.media))
				browsertest.Ask[bool](t, tab, settled)
			}
			if got := browsertest.Ask[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != c.page {
				t.Errorf("background %s", got)
			}
			if got := browsertest.Ask[string](t, tab, `echarts.getInstanceByDom(document.querySelector('.plot')).getOption().series[0].itemStyle.color`); got != c.line {
				t.Errorf("the first line is %s", got)
			}
			if browsertest.Ask[bool](t, tab, browsertest.TooWide) {
				t.Error("the page is wider than the window")
			}
			browsertest.Keep(t, filepath.Join(shots, c.name+".jpg"), browsertest.Take(t, tab, chromedp.FullScreenshot(80)))
			browsertest.Keep(t, filepath.Join(shots, c.name+".pdf"), browsertest.Take(t, tab, chromedp.PrintToPDF()))
			if lines := said(); len(lines) > 0 {
				t.Errorf("the console says:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}
