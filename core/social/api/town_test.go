package api_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/runner/runnertest"
	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/api/apitest"
)

func TestMain(m *testing.M) {
	runnertest.Serve(os.Args)
	os.Exit(m.Run())
}

const study = `apiVersion: gorod/v1
kind: Experiment
name: town
clock: {start: 2026-03-02T08:00, step: 1h, ticks: %d}
population:
  - group: соседи
    inline: [{name: Анна Петрова, gender: женский, occupation: врач, bio: "Любит <b>чай</b>.", interests: [трамваи]}, {name: Борис}, {name: Вера}]
agents: {activity: [1]}
environment:
  network:
    feed: {rank: hot}
    follows: {graph: complete}
    groups: [{name: Дачный клуб, about: о грядках, audience: public, members: [Анна Петрова, Борис]}]
`

// town is a town of three residents.
type town struct{ *apitest.Town }

func newTown(t testing.TB, ticks int, change func(*api.Options)) *town {
	t.Helper()
	return &town{apitest.New(t, fmt.Sprintf(study, ticks), change)}
}

// reply is an answer over HTTP.
type reply struct {
	status int
	header http.Header
	body   string
}

// send makes a request: a body that begins with { is JSON, any other a form.
func (w *town) send(t testing.TB, method, path, token, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return do(t, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, r)
}

func do(t testing.TB, client *http.Client, r *http.Request) reply {
	t.Helper()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, string(data)}
}

// browser is somebody at the page where names are chosen.
type browser struct {
	*http.Client
	jar map[string]*http.Cookie
}

func newBrowser() *browser {
	return &browser{jar: map[string]*http.Cookie{}, Client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) send(t *testing.T, r *http.Request) reply {
	t.Helper()
	for _, c := range b.jar {
		r.AddCookie(c)
	}
	answer := do(t, b.Client, r)
	for _, c := range (&http.Response{Header: answer.header}).Cookies() {
		b.jar[c.Name] = c
	}
	return answer
}

var hidden = regexp.MustCompile(`name="form" value="([^"]*)"`)

// allow fills in the page at an address of authorization.
func (b *browser) allow(t *testing.T, address string, fields url.Values) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := b.send(t, r)
	found := hidden.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || found == nil {
		return page
	}
	form := r.URL.Query()
	form.Set("form", found[1])
	for name, values := range fields {
		form[name] = values
	}
	place, _, _ := strings.Cut(address, "?")
	if r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, place, strings.NewReader(form.Encode())); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(t, r)
}

var shownCode = regexp.MustCompile(`<code id="code">([^<]*)</code>`)

// code is the code that a page shows.
func code(t *testing.T, page reply) string {
	t.Helper()
	found := shownCode.FindStringSubmatch(page.body)
	if found == nil {
		t.Fatalf("no code on the page: %d\n%s", page.status, page.body)
	}
	return found[1]
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
