//go:build components

package main_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// unreadable lists the texts of a page that stand out too little against what
// they stand on (WCAG 2.1 AA: 4.5 to 1, of large letters 3 to 1), and what leaves
// the window without a way to scroll there.
const unreadable = `(() => {
  const out = new Set(), canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const back = e => { const under = []; for (let n = e; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor); if (c[3]) under.push(c); if (c[3] === 1) break; } return under.reduceRight((b, c) => over(c, b), [255, 255, 255, 1]); };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = texts.nextNode();) {
    const e = n.parentElement, s = getComputedStyle(e), svg = e.closest('svg');
    if (!n.data.trim() || !e.checkVisibility() || e.closest('.hidden, .skip, .off, option, title')) continue;
    const on = back(svg ? svg.parentElement : e), ink = rgb(svg ? s.fill : s.color);
    for (let p = e; p; p = p.parentElement) ink[3] *= getComputedStyle(p).opacity;
    const a = light(over(ink, on)), b = light(on), size = parseFloat(s.fontSize);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < (size >= 24 || size >= 18.66 && s.fontWeight >= 700 ? 3 : 4.5)) out.add(ratio.toFixed(2) + ' to 1: ' + e.outerHTML.slice(0, 90));
  }
  for (const e of document.querySelectorAll('body *:not(svg *)')) {
    const box = e.getBoundingClientRect();
    if (!e.checkVisibility() || !box.width || e.closest('.hidden, .skip') || box.right <= innerWidth + 1 && box.left >= -1) continue;
    let p = e.parentElement;
    while (p && !['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX)) p = p.parentElement;
    if (!p) out.add('outside: ' + e.outerHTML.slice(0, 90));
  }
  return [...out].join('\n');
})()`

// focused says what is wrong with where the focus is: nothing shows it, it is
// covered, or it names itself to nobody.
const focused = `(e => {
  if (e === document.body) return '';
  const s = getComputedStyle(e), box = e.getBoundingClientRect(), out = [];
  if (!(parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== 'none')) out.push('no ring');
  const there = document.elementFromPoint(box.left + Math.min(box.width / 2, 8), box.top + box.height / 2);
  if (!there || !e.contains(there) && !there.contains(e) && !(e.labels && [...e.labels].some(l => l.contains(there)))) out.push('covered');
  if (!e.textContent.trim() && !e.getAttribute('aria-label') && !(e.labels && e.labels.length)) out.push('no name');
  return out.length ? out.join(', ') + ': ' + e.outerHTML.slice(0, 120) : '';
})(document.activeElement)`

// stops are what the key Tab goes through; of radio buttons it is one of each
// name.
const stops = `(() => { const seen = new Set(); return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility() && e.tabIndex >= 0 && (e.type !== 'radio' || !seen.has(e.form.action + e.name) && seen.add(e.form.action + e.name))).length; })()`

// tiny are the targets that are hard to hit with a thumb.
const tiny = `[...document.querySelectorAll('a[href], button, select, summary, input:not([type=hidden], [type=range], [type=radio], [type=checkbox])')]
  .filter(e => e.checkVisibility() && !e.closest('p:not(.now, .by), td, th, dd, li li, .by, .skip, svg, ul.bars, ul.people, h2') && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 120)).join('\n')`

func tabKey() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, kind := range []string{"rawKeyDown", "keyUp"} {
			if err := target.Call(ctx, "Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestBrowserPagesAreReadableAndReachedByKeys(t *testing.T) {
	t.Parallel()
	var dirs []string
	for i, study := range []string{small, inRoom, inTown} {
		out := filepath.Join(t.TempDir(), fmt.Sprint("study", i))
		if a := gorod(t, write(t, study), "run", "study.yaml", "--out", out, "--no-report", "--set", "clock.ticks=6"); a.code != 0 {
			t.Fatal(a)
		}
		dirs = append(dirs, out)
	}
	p := serving(t, "", append(append([]string{"serve"}, dirs...), "--listen", "127.0.0.1:0")...)
	b := newTab(t, 1280, "light")
	b.open(p.URL + "login?lang=en&next=/")
	b.submit("main form", map[string]string{"token": p.Token, "name": "Аня"}, ".primary")
	b.shows("study2")
	run := p.run(0)
	pages := []string{
		p.URL, p.URL + "login", run, run + "chats", run + "people", run + "people/a0001", run + "people/a0001/memory", run + "ties", run + "place", run + "models", run + "?tick=2",
		run + "control", run + "control/talk", run + "control/poll", run + "nothing", p.run(1) + "place", p.run(2) + "place", p.run(2) + "place?tick=1",
	}
	for _, c := range []struct {
		width        int64
		scheme, lang string
	}{{1280, "light", "ru"}, {390, "dark", "ru"}, {1280, "dark", "en"}, {390, "light", "en"}} {
		b.resize(c.width, c.scheme)
		for _, at := range pages {
			b.open(at + map[bool]string{true: "&", false: "?"}[strings.Contains(at, "?")] + "lang=" + c.lang)
			if said := look[string](b, unreadable); said != "" {
				t.Errorf("%s, %s, %s, %d wide:\n%s", at, c.lang, c.scheme, c.width, said)
			}
			if said := look[string](b, tiny); c.width < 400 && said != "" {
				t.Errorf("%s: too small for a thumb:\n%s", at, said)
			}
		}
	}
	b.resize(1280, "light")
	for _, at := range pages {
		b.open(at)
		b.do(tabKey())
		if !look[bool](b, `document.activeElement.matches('.skip')`) {
			t.Errorf("%s: the first key does not lead to the content", at)
		}
		n, met := min(look[int](b, stops), 60), 1
		for ; met < n; met++ {
			b.do(tabKey())
			if said := look[string](b, focused); said != "" {
				t.Errorf("%s: %s", at, said)
			}
			if look[bool](b, `document.activeElement === document.body`) {
				break
			}
		}
		if met < n {
			t.Errorf("%s: keys reach %d of %d", at, met, n)
		}
	}
}
