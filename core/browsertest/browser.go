// Package browsertest looks at pages in Chromium, for tests of what people see.
package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Open opens a tab and does steps in it. The second result tells what the
// console said until it is called: a breach of the content security policy is
// told there.
func Open(t *testing.T, steps ...chromedp.Action[chromedp.Void]) (context.Context, func() []string) {
	t.Helper()
	tab := Tab(t, 2*time.Minute)
	console := chromedp.Console(tab)
	Do(t, tab, steps...)
	return tab, func() (said []string) {
		const end = "the end"
		Ask[bool](t, tab, `console.info("`+end+`") ?? true`)
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

// Tab is a tab of a Chromium of its own, closed with the test and after limit.
func Tab(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), limit)
	t.Cleanup(done)
	ctx, stop := chromedp.NewExecAllocator(ctx,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(stop)
	tab, closed := chromedp.NewContext(ctx)
	t.Cleanup(closed)
	return tab
}

// Do takes steps in a tab.
func Do(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
}

// Ask evaluates an expression in the page.
func Ask[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	return Take(t, tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Take takes a step that has a result, such as a screenshot.
func Take[T any](t *testing.T, tab context.Context, step chromedp.Action[T]) T {
	t.Helper()
	result, err := chromedp.Run(tab, step)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Keep writes something taken to a file.
func Keep(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Until waits for an element.
func Until(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	Do(t, tab, chromedp.WaitReady(chromedp.CSS(selector)))
}

// Prefer sets what the page is told of the reader's colour scheme and medium.
func Prefer(scheme, media string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		features := []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}
		return tab.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": features, "media": media}, nil)
	})
}

// Shots is where screenshots go: GOROD_SHOTS=DIR keeps them to be looked at.
func Shots(t *testing.T) string {
	if dir, _ := os.LookupEnv("GOROD_SHOTS"); dir != "" {
		return dir
	}
	return t.TempDir()
}

// TooWide is whether a page is wider than its window.
const TooWide = `window.innerWidth < document.documentElement.scrollWidth`
