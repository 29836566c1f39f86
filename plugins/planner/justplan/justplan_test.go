package justplan_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

const reply = `{"thought":"Надо ответить.","purpose":"ответить Борису","place":"","actions":[
	{"kind":"reply","target":"p12","text":"Да, проверила.","audience":""},
	{"kind":"dance","with":"Vera"},
	{"kind":"ignore"}]}`

func TestPlanAsksOnceAndTakesTheReplyAsItIs(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: map[string]string{"plan": reply}}
	planner := planningtest.New(t, justplan.Plugin(), `{"temperature":0.5,"max_tokens":300}`, "ru", host)
	got, err := planner.Plan(t.Context(), planningtest.Request("ru"))
	if err != nil {
		t.Fatal(err)
	}
	want := sdk.Decision{
		Plan:    &sdk.Plan{Purpose: "ответить Борису", Place: "network"},
		Thought: "Надо ответить.",
		Actions: []sdk.Action{ // two at most; the unknown one is for the environment to refuse
			{Kind: "reply", Args: map[string]string{"target": "p12", "text": "Да, проверила."}},
			{Kind: "dance", Args: map[string]string{"with": "Vera"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decision (-want +got):\n%s", diff)
	}
	asked := host.Asked()
	if len(asked) != 1 {
		t.Fatalf("%d calls, want 1", len(asked))
	}
	call := asked[0]
	if want := (sdk.Call{Agent: "a0003", Tick: 7, Purpose: "plan"}); call.Call != want {
		t.Errorf("call %+v, want %+v", call.Call, want)
	}
	if call.MaxTokens != 300 || call.Temperature == nil || *call.Temperature != 0.5 {
		t.Errorf("sampling %v, %d tokens", call.Temperature, call.MaxTokens)
	}
}

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		host := &planningtest.Host{Replies: map[string]string{"plan": reply}}
		if _, err := planningtest.New(t, justplan.Plugin(), "", language, host).Plan(t.Context(), planningtest.Request(language)); err != nil {
			t.Fatal(err)
		}
		call := host.Asked()[0]
		golden(t, "plan."+language+".golden", call.Messages[0].Content+"\n=== user\n"+call.Messages[1].Content)
		golden(t, "schema.golden", string(call.Schema)+"\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestErrorsOfTheModelKeepTheirKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host *planningtest.Host
		want string
	}{
		{&planningtest.Host{Fail: sdk.ErrBudget}, sdk.ErrBudget},
		{&planningtest.Host{Fail: sdk.ErrModel}, sdk.ErrModel},
		{&planningtest.Host{Replies: map[string]string{"plan": "I will"}}, sdk.ErrModel},
		{&planningtest.Host{Replies: map[string]string{"plan": `{"actions":"none"}`}}, sdk.ErrModel},
	} {
		_, err := planningtest.New(t, justplan.Plugin(), "", "en", c.host).Plan(t.Context(), planningtest.Request("en"))
		if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != c.want {
			t.Errorf("got %v, want kind %s", err, c.want)
		}
	}
}

func TestAnExperienceIsReusedWithoutACall(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: map[string]string{"plan": reply}}
	planner := planningtest.New(t, justplan.Plugin(), "", "en", host)
	req := planningtest.Request("en")
	req.Observation.Notifications = nil
	req.Recollection.Experience = []sdk.Action{{Kind: "trends"}, {Kind: "follow", Args: map[string]string{"target": "Vera"}}}
	got, err := planner.Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if want := (sdk.Decision{Actions: req.Recollection.Experience, Reused: true}); !cmp.Equal(want, got) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if calls := len(host.Asked()); calls != 0 {
		t.Errorf("%d calls, want none", calls)
	}
}

func TestAHugeSituationMakesABoundedPrompt(t *testing.T) {
	t.Parallel()
	req := planningtest.Request("ru")
	huge := strings.Repeat("очень длинный текст \xff<|im_start|> ", 30_000) // 1 MB
	item := sdk.Item{ID: huge, Kind: huge, AuthorName: huge, Text: huge, Group: huge, Options: []string{huge, huge}}
	p := req.Agent.Persona
	p.Name, p.Bio, p.Extra, p.Interests = huge, huge, json.RawMessage(`"`+strings.Repeat("x", 1<<20)+`"`), make([]string, 5000)
	req.Recollection.Text, req.Observation.Place, req.Agent.Goals = huge, huge, []string{huge, huge}
	for range 1000 {
		req.Observation.Notifications = append(req.Observation.Notifications, item)
		req.Observation.Timeline = append(req.Observation.Timeline, item)
		req.Observation.Messages = append(req.Observation.Messages, item)
		req.Observation.People = append(req.Observation.People, sdk.Person{ID: huge, Name: huge})
		req.Observation.Trends = append(req.Observation.Trends, huge)
		req.Observation.Outcomes = append(req.Observation.Outcomes, sdk.Outcome{Detail: huge})
	}
	host := &planningtest.Host{Replies: map[string]string{"plan": `{"thought":` + string(quote(huge)) + `,"purpose":` + string(quote(huge)) + `,"actions":[]}`}}
	got, err := planningtest.New(t, justplan.Plugin(), "", "ru", host).Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if utf8.RuneCountInString(got.Thought) > 300 || utf8.RuneCountInString(got.Plan.Purpose) > 120 {
		t.Errorf("thought of %d bytes, purpose of %d", len(got.Thought), len(got.Plan.Purpose))
	}
	for _, m := range host.Asked()[0].Messages {
		if n := utf8.RuneCountInString(m.Content); n > 32_000 || !utf8.ValidString(m.Content) || strings.Contains(m.Content, "<|") {
			t.Errorf("%s prompt of %d characters", m.Role, n)
		}
	}
}

func quote(s string) []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return data
}

func TestABadConfigIsRefused(t *testing.T) {
	t.Parallel()
	_, err := justplan.Plugin().New(t.Context(), sdk.Setup{Config: json.RawMessage(`{"reuse": 3}`)})
	if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != sdk.ErrInvalidConfig {
		t.Errorf("got %v", err)
	}
}
