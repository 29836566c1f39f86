package panel

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// readable are the pages that show and do not steer, with what they must tell.
func readable() map[string]string {
	return map[string]string{
		"": "Анна Соколова", "chats": "Анна Соколова", "chats?show=answered": "×1", "chats?show=private": "HYPERLINK", "chats/p1": "трамвая",
		"people": "учительница", "people?q=учит&order=talk": "Анна", "people/a0001": "план 5", "people/a0002": "план 5", "people/a0003": "evil.example",
		"people/a0001/memory": "k5", "people/a0001/memory?kind=person": "k5", "ties": "Анна Соколова", "place": "о городе", "models": "memory",
		"?tick=2": "2", "chats?tick=0": "Тик 0", "people?tick=1": "план 1", "people/a0001?tick=0": "план 0", "ties?tick=3": "Анна", "models?tick=0": "memory",
		"place?tick=2": "о городе", "chats?page=99": "Анна", "?tick=99999999": "трамвая", "people/a0001/memory?tick=0": "k0",
	}
}

// steering are the pages that only an operator sees.
func steering() map[string]string {
	return map[string]string{"control": "textarea", "control/talk": "Анна Соколова", "control/poll": "poll-to"}
}

func parse(t *testing.T, text string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// check finds in a page what only hostile text could have put there, and what
// its own policy forbids.
func check(t *testing.T, at, lang, text string) {
	t.Helper()
	root := parse(t, text)
	titles := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				t.Errorf("%s: <%s %s=%q>", at, n.Data, a.Key, a.Val)
			}
		}
		switch n.Data {
		case "script":
			if !strings.HasPrefix(attr["src"], "/static/") || n.FirstChild != nil {
				t.Errorf("%s: a script that is not a file of the panel", at)
			}
		case "img":
			if !strings.HasPrefix(attr["src"], "/static/") {
				t.Errorf("%s: an image from %q", at, attr["src"])
			}
		case "style", "iframe", "object", "base":
			t.Errorf("%s: <%s>", at, n.Data)
		case "html":
			if attr["lang"] != lang {
				t.Errorf("%s: in %q", at, attr["lang"])
			}
		case "h1":
			titles++
		}
	}
	if titles != 1 || strings.Contains(text, "\u202e") || strings.Contains(text, "<no value>") || strings.Contains(text, "%!") {
		t.Errorf("%s: %d titles, or text that is not clean", at, titles)
	}
}

func TestEveryPageIsShownInBothLanguagesAndHostileTextStaysText(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	s.enter(t, c, "Аня")
	for _, lang := range []string{"ru", "en"} {
		for path, tells := range mergeMaps(readable(), steering()) {
			at := s.at(path)
			if strings.Contains(at, "?") {
				at += "&lang=" + lang
			} else {
				at += "?lang=" + lang
			}
			a := get(t, c, at)
			if a.status != http.StatusOK || !strings.Contains(a.body, tells) {
				t.Errorf("%s: %d, does not tell %q", at, a.status, tells)
			}
			if a.header.Get("Content-Security-Policy") != policy || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", at, a.header)
			}
			check(t, at, lang, a.body)
		}
		check(t, "runs", lang, get(t, c, s.url+"/?lang="+lang).body)
		check(t, "login", lang, get(t, c, s.url+"/login?lang="+lang).body)
		check(t, "error", lang, get(t, c, s.url+"/nothing?lang="+lang).body)
	}
}

func mergeMaps(maps ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func TestLabelsNameWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	s.enter(t, c, "Аня")
	for path := range mergeMaps(readable(), steering()) {
		ids, labelled := map[string]int{}, map[string]bool{}
		var fields []*html.Node
		for n := range parse(t, get(t, c, s.at(path)).body).Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			id, kind := attribute(n, "id"), attribute(n, "type")
			if id != "" {
				ids[id]++
			}
			switch n.Data {
			case "label":
				labelled[attribute(n, "for")] = true
			case "select", "textarea", "input":
				if kind != "hidden" {
					fields = append(fields, n)
				}
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: %d elements are %q", path, n, id)
			}
		}
		for _, n := range fields {
			if !labelled[attribute(n, "id")] && !inside(n, "label") {
				t.Errorf("%s: <%s name=%q> has no label", path, n.Data, attribute(n, "name"))
			}
		}
	}
}

func attribute(n *html.Node, name string) string {
	at := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if at < 0 {
		return ""
	}
	return n.Attr[at].Val
}

func inside(n *html.Node, element string) bool {
	for p := range n.Ancestors() {
		if p.Data == element {
			return true
		}
	}
	return false
}

func TestThePastIsShownAsItWas(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	now, then := get(t, c, s.at("chats")), get(t, c, s.at("chats?tick=0"))
	if !strings.Contains(now.body, "Тик 5") || strings.Contains(then.body, "Тик 5") {
		t.Error("what came later is shown in the past")
	}
	if !strings.Contains(now.body, "hx-get=") || strings.Contains(then.body, "hx-get=") {
		t.Error("the present is live, the past is not")
	}
	if overview := get(t, c, s.at("?tick=0")); strings.Contains(overview.body, "Закрывают трамвай") {
		t.Error("an event of tick 1 is shown after tick 0")
	}
	if overview := get(t, c, s.at("?tick=1")); !strings.Contains(overview.body, "Закрывают трамвай") {
		t.Error("the event of tick 1 is not shown after it")
	}
	if there := get(t, c, s.at("chats/p51?tick=0")); there.status != http.StatusNotFound {
		t.Errorf("a chat of the future: %d", there.status)
	}
	if !strings.Contains(then.body, s.at("people")[len(s.url):]+"?tick=0") {
		t.Error("the menu leaves the past")
	}
}

func TestThePanelFollowsARunThatGoesOn(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	if a := get(t, c, s.at("chats")); strings.Contains(a.body, "Тик 6") {
		t.Fatal("a tick that is not there")
	}
	commitTick(t, reopened(t, s.dir), 6)
	a := get(t, c, s.at("chats"))
	if !strings.Contains(a.body, `data-seen="{&#34;tick&#34;:6,`) {
		t.Error("the page does not say after what it was made")
	}
	if !strings.Contains(a.body, "Тик 6") {
		t.Error("the new tick is not shown")
	}
}

func TestARunIsFoundByItsNameAlone(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	for _, name := range []string{"..", "%2e%2e", "..%2f..%2fetc", "%2fetc%2fpasswd", "made-20260302", "made-20260302%2fbase%2f7", "made-20260302~base~7%00", "."} {
		if a := get(t, c, s.url+"/r/"+name+"/chats"); a.status == http.StatusOK {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	for _, path := range []string{"/static/..%2fpages%2flayout.html", "/static/style.css", "/static/%2e%2e%2fpanel.go"} {
		if a := get(t, c, s.url+path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestARunThatHasNotBegunAndADamagedOneAreShown(t *testing.T) {
	t.Parallel()
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, journalFile), []byte(strings.Repeat("no journal ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, func(o *Options) {
		o.Runs = append(o.Runs, Run{Name: "later/base/1", Dir: t.TempDir()}, Run{Name: "damaged/base/1", Dir: damaged})
	})
	c := reader(t)
	if a := get(t, c, s.url+"/?lang=en"); a.status != http.StatusOK || !strings.Contains(a.body, "not begun") || !strings.Contains(a.body, "cannot be read") || !strings.Contains(a.body, "6 / 12") {
		t.Errorf("%d", a.status)
	}
	if a := get(t, c, s.url+"/metrics"); a.status != http.StatusOK || strings.Count(a.body, "gorod_run_tick{") != 1 {
		t.Errorf("metrics: %d\n%s", a.status, a.body)
	}
	form := s.enter(t, c, "Аня")
	if a := post(t, c, s.url+"/r/later~base~1/control/pace", map[string][]string{"form": {form}, "pace": {"pause"}}); a.status != http.StatusNotFound {
		t.Errorf("an order to a run that has not begun: %d", a.status)
	}
	if a := get(t, c, s.url+"/r/damaged~base~1/"); a.status != http.StatusInternalServerError || strings.Contains(a.body, damaged) {
		t.Errorf("a page of the damaged run: %d", a.status)
	}
	if a := get(t, c, s.url+"/r/later~base~1/?lang=en"); a.status != http.StatusNotFound || !strings.Contains(a.body, "has not begun") {
		t.Errorf("%d", a.status)
	}
}

func TestFilesAreKeptByBrowsersByTheirHashes(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	page := get(t, c, s.url+"/").body
	for base, at := range s.assets.names {
		a := get(t, c, s.url+at)
		if a.status != http.StatusOK || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || !strings.Contains(page, at) {
			t.Errorf("%s at %s: %d %v", base, at, a.status, a.header)
		}
	}
}

func TestTheLanguageIsThatOfTheAddressTheCookieOrTheBrowser(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	in := func(at, accept string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", accept)
		return send(t, c, req).header.Get("Content-Language")
	}
	if got := in(s.url, "de, en-GB;q=0.8, ru;q=0.1"); got != "en" {
		t.Errorf("of the browser: %s", got)
	}
	if got := in(s.url, "de"); got != "ru" {
		t.Errorf("of no browser's: %s", got)
	}
	if got := in(s.url+"?lang=ru", "en"); got != "ru" {
		t.Errorf("of the address: %s", got)
	}
	post(t, c, s.url+"/look", map[string][]string{"lang": {"en"}, "theme": {"dark"}})
	if got := in(s.url, "ru"); got != "en" {
		t.Errorf("of the cookie: %s", got)
	}
	if a := get(t, c, s.url); !strings.Contains(a.body, `data-theme="dark"`) {
		t.Error("the theme is not kept")
	}
}
