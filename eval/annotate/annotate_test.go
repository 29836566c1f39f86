package annotate_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/annotate"
	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/task"
)

// browser is one that has the page open.
type browser struct {
	t *testing.T
	*http.Client
	base string
	page string // last shown
	at   string // its path
}

func browse(t *testing.T, s *annotate.Session) *browser {
	t.Helper()
	server, err := annotate.NewServer(s)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	b := visitor(t, web.URL)
	if b.get(server.Path()) != http.StatusOK {
		t.Fatal(b.page)
	}
	return b
}

func visitor(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, Client: &http.Client{Jar: jar}, base: base}
}

func (b *browser) keep(resp *http.Response, err error) int {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page, b.at = string(data), resp.Request.URL.Path
	if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") || resp.Header.Get("Cache-Control") != "no-store" {
		b.t.Errorf("%s: %v", b.at, resp.Header)
	}
	return resp.StatusCode
}

func (b *browser) get(path string) int {
	b.t.Helper()
	return b.keep(b.Get(b.base + path)) //nolint:bodyclose // keep closes it
}

// send sends a form with the token of the page.
func (b *browser) send(path string, form url.Values) int {
	b.t.Helper()
	if token := regexp.MustCompile(`name="token" value="([A-Z0-9]+)"`).FindStringSubmatch(b.page); token != nil && !form.Has("token") {
		form.Set("token", token[1])
	}
	return b.keep(b.PostForm(b.base+path, form)) //nolint:bodyclose // keep closes it
}

func (b *browser) called(name string) { b.t.Helper(); b.send("/name", url.Values{"name": {name}}) }

// reply is what the page shows as a reply, from 1.
func (b *browser) reply(n int) string {
	return strings.Split(strings.Split(b.page, "<article>")[n], "</article>")[0]
}

// choose answers until all is done, by what the two replies say.
func (b *browser) choose(by func(b *browser) string) (n int) {
	b.t.Helper()
	for ; b.at != "/done"; n++ {
		if n > 1000 || b.send(b.at, url.Values{"choice": {by(b)}}) != http.StatusOK {
			b.t.Fatal(b.page)
		}
	}
	return n
}

// favour prefers the reply that says a word.
func favour(word string) func(*browser) string {
	return func(b *browser) string {
		switch {
		case strings.Contains(b.reply(1), word):
			return "1"
		case strings.Contains(b.reply(2), word):
			return "2"
		}
		return "0"
	}
}

func TestAnswersAreRowsOfPeople(t *testing.T) {
	t.Parallel()
	dir := evaluated(t, "ru", 30)
	s := opened(t, annotate.Options{Dir: dir})
	b := browse(t, s)
	b.called("Аня")
	if n := b.choose(favour("ответ tuned")); n != s.Questions() || n != 30 {
		t.Errorf("%d answers to %d questions", n, s.Questions())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wins, own, first := 0, 0, 0
	for _, r := range human(t, dir) {
		switch {
		case r.By != "human:Аня" || r.Words != "" || r.Task != "dialogue" || !strings.HasPrefix(r.Sample, "dialogue/"+r.Subject+"/"+r.Item+"/0/") || r.Cluster == "":
			t.Errorf("%+v", r)
		case r.Measure == "win" && r.Subject == "base" && r.Other == "tuned" && r.Value == 0 && r.Length == -1:
			wins++
		case r.Measure == "own" && r.Other == annotate.Person && (r.Subject == "tuned") == (r.Value == 1) && (r.Subject == "base") == (r.Value == 0.5) && r.Length > 0:
			own++
		default:
			t.Errorf("%+v", r)
		}
		if r.First {
			first++
		}
	}
	if wins+own != 30 || wins < 5 || own < 5 || first < 5 || first > 25 {
		t.Errorf("%d pairs, %d own, %d first", wins, own, first)
	}
	in, err := evaluation.Open(t.Context(), dir, []task.Kind{talks{30}})
	if err != nil {
		t.Fatal(err)
	}
	if m := in.Result.Tasks[0].Measures[0]; m.Name != "win" || len(m.Judges) != 1 || m.Judges[0].Verdicts != wins {
		t.Errorf("%+v", m)
	}
}

// A page tells nothing of who answered, and what replies hold stays text.
func TestThePageIsBlindAndEscaped(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		b := browse(t, opened(t, annotate.Options{Dir: evaluated(t, language, 12, "pairs")}))
		b.called(`<b>"Аня"`)
		b.choose(func(b *browser) string {
			stripped := regexp.MustCompile(`ответ (base|tuned),`).ReplaceAllString(b.page, "")
			for _, tell := range []string{"base", "tuned", "модель", "dialogue", "<script>", "<img", "\u202e", "{{", "<no value>"} {
				if strings.Contains(stripped, tell) {
					t.Errorf("the page shows %q:\n%s", tell, b.page)
				}
			}
			if !strings.Contains(b.page, `<html lang="`+language+`">`) || !strings.Contains(b.page, "&lt;script&gt;") || !strings.Contains(b.page, "Ася &lt;b&gt;20") {
				t.Errorf("%s", b.page)
			}
			return "0"
		})
	}
}

func TestAnAnnotatorGoesOnWhereTheyStoppedAndMayChangeTheirMind(t *testing.T) {
	t.Parallel()
	dir := evaluated(t, "ru", 10, "pairs")
	s := opened(t, annotate.Options{Dir: dir, Limit: 6, Ask: []annotate.Ask{annotate.Pairs}})
	b := browse(t, s)
	b.called("Аня")
	for range 3 {
		b.send(b.at, url.Values{"choice": {"1"}})
	}
	if len(human(t, dir)) != 3 {
		t.Error("answers are written when it ends, not at once")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// Killed while it wrote the next one.
	path := filepath.Join(dir, annotate.AnswersFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, `{"id": "torn`...), 0o600); err != nil {
		t.Fatal(err)
	}
	s = opened(t, annotate.Options{Dir: dir, Limit: 6, Ask: []annotate.Ask{annotate.Pairs}})
	b = browse(t, s)
	if b.called(" Аня "); b.at != "/q/4" || !strings.Contains(b.page, "отвечено 3") {
		t.Errorf("%s: %s", b.at, b.page)
	}
	before := human(t, dir)
	b.get("/q/2")
	if !strings.Contains(b.page, `data-key="1" class="chosen"`) {
		t.Error("the answer that was given is not shown")
	}
	if b.send("/q/2", url.Values{"choice": {"0"}}); b.at != "/q/4" {
		t.Error(b.at)
	}
	after, changed := human(t, dir), 0
	for i := range before {
		if after[i] != before[i] && after[i].Value == 0.5 {
			changed++
		}
	}
	if len(after) != 3 || changed != 1 {
		t.Errorf("%v, %v", before, after)
	}
	if b.choose(func(*browser) string { return "2" }) != 3 {
		t.Error("some are asked again")
	}
}

func TestWhoIsNamedBeforehandIsNotAskedForTheName(t *testing.T) {
	t.Parallel()
	dir := evaluated(t, "ru", 4)
	b := browse(t, opened(t, annotate.Options{Dir: dir, As: "  Вера  Петрова "}))
	if !strings.HasPrefix(b.at, "/q/") {
		t.Fatalf("%s: %s", b.at, b.page)
	}
	b.choose(func(*browser) string { return "1" })
	for _, r := range human(t, dir) {
		if r.By != "human:Вера Петрова" {
			t.Errorf("%+v", r)
		}
	}
	if _, err := annotate.Open(t.Context(), annotate.Options{Dir: dir, As: strings.Repeat("ы", 200)}); !errors.Is(err, annotate.ErrName) {
		t.Error(err)
	}
}

func TestTwoAnnotatorsAgreeOrNot(t *testing.T) {
	t.Parallel()
	dir := evaluated(t, "en", 20, "pairs")
	s := opened(t, annotate.Options{Dir: dir, Ask: []annotate.Ask{annotate.Pairs}})
	a := browse(t, s)
	a.called("Ann")
	a.choose(favour("ответ tuned"))
	b := browse(t, s)
	b.called("Боб")
	n := 0
	b.choose(func(b *browser) string {
		if n++; n%5 == 0 {
			return favour("ответ base")(b)
		}
		return favour("ответ tuned")(b)
	})
	sum := s.Summary()
	if len(sum.Annotators) != 2 || sum.Annotators[0].Name != "Ann" || sum.Annotators[1].Answered != s.Questions() || len(sum.Agreement) != 1 {
		t.Fatalf("%+v", sum)
	}
	if g := sum.Agreement[0]; g.Measure != "win" || g.Alpha.N != s.Questions() || g.Alpha.Value > 0.1 || g.Alpha.Why != "" {
		t.Errorf("%+v", g)
	}
	rows := human(t, dir)
	if len(rows) != 2*s.Questions() || rows[0].By != "human:Ann" || rows[1].By != "human:Боб" || rows[0].Other != "tuned" {
		t.Errorf("%+v", rows[:2])
	}
	sides := map[bool]int{}
	for i := 0; i < len(rows); i += 2 {
		sides[rows[i].First == rows[i+1].First]++
	}
	if sides[true] == 0 || sides[false] == 0 {
		t.Error("both annotators see the same side first")
	}
}

func TestMarksOfPeopleMeetThoseOfJudges(t *testing.T) {
	t.Parallel()
	dir := evaluated(t, "ru", 8, "marks")
	s := opened(t, annotate.Options{Dir: dir, Ask: []annotate.Ask{annotate.Marks}})
	if s.Questions() != 3*(8+7) {
		t.Errorf("%d questions", s.Questions())
	}
	b := browse(t, s)
	b.called("Аня")
	if strings.Count(b.page, "<article>") != 1 || strings.Count(b.page, "data-key=") != 5 {
		t.Error(b.page)
	}
	b.choose(func(b *browser) string {
		if strings.Contains(b.reply(1), "ответ tuned") {
			return "5"
		}
		return "2"
	})
	for _, r := range human(t, dir) {
		if want := map[string]float64{"tuned": 5, "base": 2}[r.Subject]; r.Value != want || r.Other != "" || r.First {
			t.Errorf("%+v", r)
		}
	}
	in, err := evaluation.Open(t.Context(), dir, []task.Kind{talks{8}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range in.Result.Tasks[0].Measures {
		if m.Name == "quality" && len(m.Human) != 2 {
			t.Errorf("no estimates with people's marks: %+v", m)
		}
	}
}

func TestNobodyElseGetsInOrAnswers(t *testing.T) {
	t.Parallel()
	s := opened(t, annotate.Options{Dir: evaluated(t, "ru", 4)})
	b := browse(t, s)
	b.called("Аня")
	asked := b.at
	stranger := visitor(t, b.base)
	for _, path := range []string{"/", "/?key=ABC", asked, "/done"} {
		if stranger.get(path) != http.StatusForbidden || strings.Contains(stranger.page, "разговор-") {
			t.Errorf("a stranger sees %s: %s", path, stranger.page)
		}
	}
	for name, form := range map[string]url.Values{"no token": {"choice": {"1"}, "token": {""}}, "another token": {"choice": {"1"}, "token": {"AAAA"}}} {
		if b.get(asked); b.send(asked, form) != http.StatusForbidden {
			t.Errorf("%s: %s", name, b.page)
		}
	}
	if b.get(asked); b.send(asked, url.Values{"choice": {"7"}}) != http.StatusBadRequest {
		t.Error("an answer that is none was taken")
	}
	for _, path := range []string{"/q/0", "/q/99", "/q/x"} {
		if b.get(path) != http.StatusNotFound {
			t.Error(path, b.page)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+asked, strings.NewReader("choice=1"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if resp, err := b.Do(req); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Error(resp, err)
	} else if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if n := s.Summary().Annotators; len(n) != 0 {
		t.Errorf("%v", n)
	}
	b.get("/")
	for _, name := range []string{"", "  ", strings.Repeat("я", 41)} {
		if b.send("/name", url.Values{"name": {name}}) != http.StatusBadRequest {
			t.Errorf("called %q", name)
		}
	}
}

func TestWhatCannotBeAnnotatedSaysWhy(t *testing.T) {
	t.Parallel()
	dir := evaluated(t, "ru", 2)
	for _, c := range []struct {
		o    annotate.Options
		says string
	}{
		{annotate.Options{Dir: dir, Task: "none"}, "there is no task none"},
		{annotate.Options{Dir: t.TempDir()}, runner.ErrNoEvaluation.Error()},
	} {
		if _, err := annotate.Open(t.Context(), c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v does not say %q", err, c.says)
		}
	}
	s := opened(t, annotate.Options{Dir: dir})
	if _, err := annotate.Open(t.Context(), annotate.Options{Dir: dir}); !errors.Is(err, annotate.ErrBusy) {
		t.Errorf("a second one: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, annotate.AnswersFile), []byte("{}\nno json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := annotate.Open(t.Context(), annotate.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "line 2 is no answer") {
		t.Error(err)
	}
}

func TestOnlyThisMachineIsListenedToUnlessTold(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{":8080": "every network", "8080": "write an address such as 127.0.0.1:0"} {
		if _, _, err := annotate.Listen(t.Context(), address); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:0": true, "0.0.0.0:0": false} {
		l, local, err := annotate.Listen(t.Context(), address)
		if err != nil || local != want {
			t.Errorf("%s: %v, %v", address, local, err)
			continue
		}
		if err := l.Close(); err != nil {
			t.Error(fmt.Errorf("%s: %w", address, err))
		}
	}
}
