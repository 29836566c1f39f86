package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// hostile are texts that must stay texts.
const (
	script  = `<script>window.pwned=1</script>`
	image   = `"><img src=x onerror="window.pwned=1">`
	formula = `=HYPERLINK("http://evil.example","x")`
	reverse = "tx\u202ecod"
	scheme  = `javascript:window.pwned=1`
)

// residents are four; what they say of themselves is hostile.
func residents(t *testing.T) (all []journal.Resident) {
	t.Helper()
	for i, p := range []sdk.Persona{
		{Name: "Анна Соколова", Age: 34, Gender: "female", Occupation: "учительница", Interests: []string{"книги"}, Traits: map[string]float64{"openness": 0.8}},
		{Name: script, Age: 19, Gender: "male", Occupation: image, Bio: image, Interests: []string{script}, Traits: map[string]float64{"openness": -0.8}},
		{Name: formula, Age: 47, Gender: "male", Residence: scheme, Relationships: map[string]string{script: image}, Beliefs: map[string]float64{script: 0.5}},
		{Name: "Вера " + reverse, Goals: []string{script}},
	} {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, journal.Resident{ID: fmt.Sprintf("a%04d", i+1), Name: p.Name, Group: []string{"соседи", image}[i%2], Model: "default", Persona: data})
	}
	return all
}

// told are events of a run of six ticks in which everything happens.
func told(tick int64) (events []event.Event) {
	add := func(agent string, kind event.Kind, payload any) {
		events = append(events, event.New(tick, agent, kind, payload))
	}
	feeling := func(v float64, label string) *sdk.Sentiment {
		return &sdk.Sentiment{Valence: v, Arousal: 0.4, Label: label}
	}
	act := func(agent, kind, id, target, to, text string, s *sdk.Sentiment) {
		add(agent, event.KindAction, event.Action{
			Action: sdk.Action{Kind: kind}, ID: id, Target: target, TargetAgent: to, Text: text, Sentiment: s,
			Audience: map[bool]string{true: "direct", false: "public"}[kind == "direct"],
		})
	}
	for i := range 4 {
		agent := fmt.Sprintf("a%04d", i+1)
		add(agent, event.KindMood, event.Mood{Valence: float64(i)/4 - 0.3 + float64(tick)/20, Arousal: 0.3})
		add(agent, event.KindPlan, event.Plan{Purpose: fmt.Sprintf("план %d %s", tick, script), Thought: image})
	}
	act("a0001", "post", fmt.Sprintf("p%d", 10*tick+1), "", "", fmt.Sprintf("Трамвай закрывают, и это плохо для города. Тик %d. %s", tick, script), feeling(-0.6, sdk.Negative))
	act("a0002", "reply", fmt.Sprintf("p%d", 10*tick+2), fmt.Sprintf("p%d", 10*tick+1), "a0001", image+" Новая дорога вместо трамвая нужна городу.", feeling(0.7, sdk.Positive))
	act("a0003", "direct", fmt.Sprintf("p%d", 10*tick+3), "", "a0001", formula, feeling(0, sdk.Neutral))
	act("a0004", "favourite", "", fmt.Sprintf("p%d", 10*tick+1), "a0001", "", nil)
	switch tick {
	case 1:
		add("a0001", event.KindTold, event.Told{Event: "tram", Text: "Закрывают трамвай " + script})
		add("a0002", event.KindTold, event.Told{Event: "tram", Text: "Закрывают трамвай " + script})
	case 2:
		add("", event.KindIntervention, event.Intervention{ID: image, Why: script, Effects: []event.Effect{{Kind: "goals", Agents: []string{"a0002"}, Detail: script}}})
		add("a0003", event.KindInvalid, event.Invalid{Why: script})
	}
	return events
}

// madeRun is the folder of a run of six ticks.
func madeRun(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	j, err := journal.Create(t.Context(), filepath.Join(dir, journalFile), journal.Meta{
		Gorod: "test", Study: "made", Cell: "base", Seed: 7, RunID: "r", StudyDigest: "d", Language: "ru", Created: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		Clock: journal.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: 12}, Residents: residents(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	for tick := range int64(6) {
		commitTick(t, j, tick)
	}
	record(t, filepath.Join(dir, cassetteFile))
	return dir
}

func commitTick(t *testing.T, j *journal.Journal, tick int64) {
	t.Helper()
	events := told(tick)
	for i := range events {
		events[i].Seq = i
	}
	err := j.Commit(t.Context(), event.Commit{
		Tick: tick, Time: time.Date(2026, 3, 2, 8+int(tick), 0, 0, 0, time.UTC).Format(time.RFC3339), Events: events, Steps: 4, Digest: emptyDigest(t), Usage: event.Usage{Calls: 1, Hits: 3, Errors: 1, Peak: 4},
		Agents: []event.AgentState{{ID: "a0001", Goals: []string{"цель " + script}}},
		Rows: []event.Row{
			{Kind: rowGroup, ID: "g1", JSON: json.RawMessage(`{"name":"<script>window.pwned=1</script>","about":"о городе","audience":"public","owner":"a0002"}`)},
			{Kind: rowMember, ID: "a0001", JSON: json.RawMessage(`["<script>window.pwned=1</script>"]`)},
			{Kind: rowFollow, ID: "a0001", JSON: json.RawMessage(`["a0002","a0003"]`)},
		},
		Records: []event.PluginChanges{{Plugin: "memory", Changes: []sdk.RecordChange{{Record: sdk.Record{
			Agent: "a0001", Key: fmt.Sprintf("k%d", tick), Kind: "person", JSON: json.RawMessage(`{"text":"<script>window.pwned=1</script>","vector":[0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1]}`),
		}}}}},
		Incidents: []event.Incident{{Tick: tick, Kind: restarted, Source: "memory", Detail: script}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// emptyDigest is the state of a digest over nothing.
func emptyDigest(t *testing.T) []byte {
	t.Helper()
	d, err := sim.NewDigest(nil)
	if err != nil {
		t.Fatal(err)
	}
	state, err := d.State()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// mind answers what models are asked.
type mind struct{}

func (mind) Generate(context.Context, llm.Request) (llm.Response, error) {
	return llm.Response{Text: `{"answer":"` + "<script>window.pwned=1</script>" + `"}`, PromptTokens: 10, ReplyTokens: 3, Endpoint: image, Latency: 20 * time.Millisecond}, nil
}

func (mind) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, nil
}

func record(t *testing.T, path string) {
	t.Helper()
	c, err := cassette.Open(t.Context(), path, cassette.Record)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		_, err := c.Layer(mind{}).Generate(t.Context(), llm.Request{
			Model: script, Agent: "a0001", Tick: int64(i), Purpose: image, Index: i, Messages: []sdk.Message{{Role: "user", Content: script}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// site is a panel that serves, with its token and the run's folder.
type site struct {
	*Panel
	url, token, dir string
	now             time.Time
}

const runName = "made-20260302/base/7"

// open serves a panel over a made run.
func open(t *testing.T, change func(*Options)) *site {
	t.Helper()
	return openAt(t, madeRun(t), change)
}

// openAt serves a panel over a run.
func openAt(t *testing.T, dir string, change func(*Options)) *site {
	t.Helper()
	s := &site{dir: dir, token: NewToken(), now: time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)}
	opts := Options{
		Runs: []Run{{Name: runName, Dir: s.dir}}, Token: s.token, Version: "test", Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&opts)
	}
	var err error
	if s.Panel, err = New(opts); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Panel)
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = web.URL
	return s
}

// at is an address of the run's pages.
func (s *site) at(path string) string { return s.url + "/r/" + slugOf(runName) + "/" + path }

// reader is a browser that does not follow redirects.
func reader(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answered is what a request brought.
type answered struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, c *http.Client, at string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, c, req)
}

func post(t *testing.T, c *http.Client, at string, form url.Values) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(t, c, req)
}

func send(t *testing.T, c *http.Client, req *http.Request) answered {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header, string(body)}
}

// enter logs an operator in and says what its forms carry.
func (s *site) enter(t *testing.T, c *http.Client, name string) (form string) {
	t.Helper()
	if a := post(t, c, s.url+"/login", url.Values{"token": {s.token}, "name": {name}, "next": {"/"}}); a.status != http.StatusSeeOther {
		t.Fatalf("login: %d %s", a.status, a.body)
	}
	at, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(at) {
		if cookie.Name == s.door.Cookie() {
			session, ok := s.door.Who(cookie.Value)
			if !ok {
				t.Fatal("the cookie is no session")
			}
			return s.door.Form(session)
		}
	}
	t.Fatal("no cookie")
	return ""
}

// queue is the run's commands.
func (s *site) commands(t *testing.T) []control.Command {
	t.Helper()
	q, err := control.OpenReadOnly(t.Context(), filepath.Join(s.dir, control.File))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	all, err := q.List(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// finish says what became of a command, as the run does.
func (s *site) finish(t *testing.T, id int64, answers ...event.Answer) {
	t.Helper()
	q, err := control.Open(t.Context(), filepath.Join(s.dir, control.File))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	var reply []control.Remark
	for _, a := range answers {
		reply = append(reply, control.Remark{Who: a.Agent, Text: a.Text})
	}
	if err := q.Finish(t.Context(), id, control.Done, 6, reply, ""); err != nil {
		t.Fatal(err)
	}
}

// choice is an answer to a question with options.
func choice(agent, question, option, why string) event.Answer {
	return event.Answer{Survey: "control-1", Question: question, Type: spec.Single, Agent: agent, Tick: 6, Options: []string{option}, Text: why}
}
