package panel

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestIDsAreNoPaths(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	s.enter(t, c, "Аня")
	for _, id := range []string{"..%2f..%2frun.db", "%2e%2e", "%2fetc%2fpasswd", "a0001%00", "a0001%2f..", "-1", "0", "9223372036854775808", "0x1", "%ff", url.PathEscape(script)} {
		for _, path := range []string{"people/" + id, "people/" + id + "/memory", "chats/" + id, "control/commands/" + id, "control/talk/" + id, "control/poll/" + id, "control/poll/" + id + "/answers.csv"} {
			if a := get(t, c, s.at(path)); a.status != http.StatusNotFound || strings.Contains(a.body, s.dir) {
				t.Errorf("%s: %d", path, a.status)
			}
		}
	}
}

// polled is a poll with hostile questions, options and answers.
func (s *site) polled(t *testing.T, c *http.Client, form string) (at string) {
	t.Helper()
	at = s.give(t, c, form, "control/poll", url.Values{"to": {"all"}, "text1": {image}, "type1": {"single"}, "options1": {script + "\n" + formula}, "text2": {script}, "type2": {"open"}})
	answers := []event.Answer{
		choice("a0001", "poll-1", script, image), choice("a0003", "poll-1", formula, formula), {Question: "poll-2", Type: spec.Open, Agent: "a0002", Text: script}, {Question: "poll-2", Agent: "a0004", Missing: image},
	}
	data, err := json.Marshal(answers)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(s.dir, control.File), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE commands SET state = 'done', tick = 6, answers = ?", string(data)); err != nil {
		t.Fatal(err)
	}
	return s.url + at
}

func TestWhatIsAskedAndAnsweredStaysText(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, script)
	at := s.polled(t, c, form)
	for _, lang := range []string{"ru", "en"} {
		for _, by := range []string{"", "&by=group", "&by=occupation", "&by=trait:openness", "&by=" + url.QueryEscape(script)} {
			a := get(t, c, at+"?lang="+lang+by)
			if a.status != http.StatusOK || !strings.Contains(a.body, "&lt;script&gt;window.pwned=1&lt;/script&gt;") {
				t.Errorf("%s %s: %d", lang, by, a.status)
			}
			check(t, at+by, lang, a.body)
		}
		check(t, "commands", lang, get(t, c, s.at("control?lang="+lang)).body)
	}
	a := get(t, c, at+"/answers.csv")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", a.header)
	}
	if cell := regexp.MustCompile(`(?m)(^|[,;])"?[=@+]`).FindString(a.body); cell != "" {
		t.Errorf("a cell begins as %q:\n%s", cell, a.body)
	}
}

func TestTownsAndRoomsShowHostileTextAsText(t *testing.T) {
	t.Parallel()
	town, townDir := begun(t)
	commitOf(t, town, 0, []event.Row{
		row(rowTown, "town", map[string]any{}), row(rowBuilding, image, map[string]any{"type": script, "x": 1, "y": 1}), row(rowResident, "a0001", map[string]any{"at": image, "home": script, "job": image}),
	}, nil, event.New(0, "mayor", event.KindDecree, event.Decree{Action: sdk.Action{Kind: script}, Detail: image, Thought: script}), event.New(0, "", event.KindTown, event.Town{Buildings: 1}))
	room, roomDir := begun(t)
	said := func(who string) event.Event {
		return did(who, "say", event.Action{ID: image, Text: script, Group: script, Sentiment: &sdk.Sentiment{Label: script, Emotion: image}})
	}
	commitOf(t, room, 0, nil, nil, said("a0001"), said("a0002"), event.New(0, "", event.KindControl, event.Control{ID: 1, Who: script, Order: json.RawMessage(`{"pause":true}`), Refused: image, Effects: []event.Effect{{Kind: script, Detail: image, Agents: []string{script}}}}))
	for name, dir := range map[string]string{"town": townDir, "room": roomDir} {
		s := openAt(t, dir, func(o *Options) { o.Runs[0].Name = script + "/base/1" })
		for _, path := range []string{"", "place", "people/a0001", "chats", "chats/room", "ties", "models"} {
			a := get(t, reader(t), s.url+"/r/"+url.PathEscape(slugOf(script+"/base/1"))+"/"+path+"?lang=en")
			if a.status != http.StatusOK && path != "chats/room" {
				t.Errorf("%s of a %s: %d", path, name, a.status)
			}
			check(t, name+" "+path, "en", a.body)
		}
		check(t, "runs", "en", get(t, reader(t), s.url+"?lang=en").body)
	}
}

// pipes is a listener with one client.
type pipes struct {
	once chan net.Conn
	gone chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.once:
		return c, nil
	case <-p.gone:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.gone); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestAReaderOfAStreamThatNeverReadsIsLetGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tick := int64(0)
		run := &watched{hub: hub{now: func(context.Context) (pulse, error) { tick++; return pulse{Tick: tick}, nil }}}
		p := &Panel{}
		ended := make(chan time.Time, 1)
		web := &http.Server{ReadHeaderTimeout: time.Second, WriteTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = p.stream(r.Context(), &request{Request: r, w: w, panel: p, run: run}) // what it cannot send is no error
			ended <- time.Now()
		})}
		l := &pipes{make(chan net.Conn, 1), make(chan struct{})}
		client, server := net.Pipe()
		l.once <- server
		go func() { _ = web.Serve(l) }()
		began := time.Now()
		if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if took := (<-ended).Sub(began); took > patience+time.Second {
			t.Errorf("let go after %s", took)
		}
		if p.readers.n != 0 || len(run.hub.readers) != 0 {
			t.Error("it is counted still")
		}
		if err := errors.Join(web.Close(), client.Close()); err != nil {
			t.Error(err)
		}
	})
}

func TestNoOtherSiteLogsSomebodyIn(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	for _, path := range []string{"/login", "/look", "/logout"} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			form := url.Values{"token": {s.token}, "name": {"Аня"}, "lang": {"en"}, "theme": {"dark"}}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(header, value)
			if a := send(t, reader(t), req); a.status != http.StatusForbidden || a.header.Get("Set-Cookie") != "" {
				t.Errorf("%s with %s: %d, cookie %q", path, header, a.status, a.header.Get("Set-Cookie"))
			}
		}
	}
}

func TestEveryReadOfAPrivatePanelNeedsTheToken(t *testing.T) {
	t.Parallel()
	s := open(t, func(o *Options) { o.Private = true })
	reads := 0
	for _, r := range s.routeList() {
		if !strings.HasPrefix(r.pattern, "GET ") || r.pattern == "GET /login" {
			continue
		}
		reads++
		a := get(t, reader(t), s.address(r.pattern))
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login?next=") {
			t.Errorf("%s: %d", r.pattern, a.status)
		}
	}
	if reads < 15 {
		t.Errorf("%d routes read", reads)
	}
}

func TestASessionThatIsOverOrdersNothing(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	if a := get(t, c, s.at("control")); a.status != http.StatusOK {
		t.Fatalf("%d", a.status)
	}
	s.now = s.now.Add(13 * time.Hour)
	if a := post(t, c, s.at("control/pace"), url.Values{"form": {form}, "pace": {"pause"}}); a.status != http.StatusUnauthorized {
		t.Errorf("an order: %d", a.status)
	}
	if a := get(t, c, s.at("control")); a.status != http.StatusSeeOther {
		t.Errorf("the page: %d", a.status)
	}
}

func TestNothingOfARunIsKeptByCaches(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	at := s.polled(t, c, s.enter(t, c, "Аня"))
	pages := []string{s.url + "/", s.url + "/login", s.url + "/metrics", s.url + "/nothing", at, at + "/answers.csv"}
	for path := range mergeMaps(readable(), steering()) {
		pages = append(pages, s.at(path))
	}
	for _, at := range slices.Sorted(slices.Values(pages)) {
		a := get(t, c, at)
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Referrer-Policy") != "same-origin" || a.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", at, a.header)
		}
	}
}
