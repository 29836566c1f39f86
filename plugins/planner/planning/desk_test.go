package planning_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// decide has a desk decide with a model that replies so. It returns what the
// model was asked.
func decide(t *testing.T, req sdk.PlanRequest, reply string) (sdk.Decision, sdk.GenerateRequest) {
	t.Helper()
	host := &planningtest.Host{Replies: map[string]string{"plan": reply}}
	d, err := planning.NewDesk(sdk.Setup{Language: "ru", Host: host}, fstest.MapFS{"prompts/plan.ru.tmpl": {Data: []byte("Реши.")}})
	if err != nil {
		t.Fatal(err)
	}
	scene, err := d.Scene(req)
	if err != nil {
		t.Fatal(err)
	}
	decision, err := scene.Decide(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return decision, host.Asked()[0]
}

func TestAReplyIsTakenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply string
		want  sdk.Decision
	}{
		"no purpose keeps the plan": {
			`{"thought":"t","purpose":" ","place":"x","actions":[]}`,
			sdk.Decision{Thought: "t"},
		},
		"numbers and nulls become text": {
			`{"purpose":"p","place":"парк","actions":[{"kind":"vote","option":2,"target":null,"ok":true}]}`,
			sdk.Decision{
				Plan:    &sdk.Plan{Purpose: "p", Place: "парк"},
				Actions: []sdk.Action{{Kind: "vote", Args: map[string]string{"option": "2", "ok": "true"}}},
			},
		},
		"an action without a kind is for the environment to refuse": {
			`{"actions":[{"text":"x"}]}`,
			sdk.Decision{Actions: []sdk.Action{{Args: map[string]string{"text": "x"}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := decide(t, planningtest.Request("ru"), c.reply)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("decision (-want +got):\n%s", diff)
			}
		})
	}
}

// actionOf decodes what a reply schema says of an action.
func actionOf(t *testing.T, schema json.RawMessage) (kinds []string, enums map[string][]string) {
	t.Helper()
	var s struct {
		Properties struct {
			Actions struct {
				Items struct {
					Properties map[string]struct{ Enum []string }
				}
			}
		}
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatalf("schema %s: %v", schema, err)
	}
	enums = map[string][]string{}
	for name, property := range s.Properties.Actions.Items.Properties {
		enums[name] = property.Enum
	}
	kinds = enums["kind"]
	delete(enums, "kind")
	return kinds, enums
}

func TestTheSchemaHoldsTheUnionOfArguments(t *testing.T) {
	t.Parallel()
	req := planningtest.Request("ru")
	arg := func(name string, values ...string) sdk.ArgSpec { return sdk.ArgSpec{Name: name, Values: values} }
	req.Actions = []sdk.ActionSpec{
		{Kind: "a", Args: []sdk.ArgSpec{arg("tone", "dry", "warm"), arg("free"), arg("id", "p1", "p2"), arg("some", "x")}},
		{Kind: `b"<`, Args: []sdk.ArgSpec{arg("tone", "warm", "loud"), arg("some"), arg("kind", "no")}},
		{Kind: "c", Args: []sdk.ArgSpec{arg("some", "y"), arg("many", strings.Fields("а б в г д е ж з и к")...)}},
	}
	_, asked := decide(t, req, `{}`)
	kinds, enums := actionOf(t, asked.Schema)
	if diff := cmp.Diff([]string{"a", `b"<`, "c"}, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	want := map[string][]string{"tone": {"dry", "warm", "loud"}, "free": nil, "id": nil, "some": nil, "many": nil}
	if diff := cmp.Diff(want, enums); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
}

func TestEqualActionsHaveTheSameSchemaHoweverManyOthersCameBetween(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: map[string]string{"plan": `{}`}}
	d, err := planning.NewDesk(sdk.Setup{Language: "en", Host: host}, fstest.MapFS{"prompts/plan.en.tmpl": {Data: []byte("Decide.")}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 301 {
		req := planningtest.Request("en")
		if i%300 > 0 {
			req.Actions[0].Kind = fmt.Sprint("post", i)
		}
		scene, err := d.Scene(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scene.Decide(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	asked := host.Asked()
	if string(asked[0].Schema) != string(asked[300].Schema) || string(asked[0].Schema) == string(asked[1].Schema) {
		t.Error("the schema does not follow the actions")
	}
}

func TestThePersonaComesFirstAndIsTheSameInEveryTick(t *testing.T) {
	t.Parallel()
	one, other := planningtest.Request("ru"), planningtest.Request("ru")
	other.Tick, other.Agent.Mood, other.Agent.Plan, other.Observation = 9, sdk.Mood{Valence: -1, Arousal: 1}, sdk.Plan{}, sdk.Observation{}
	_, a := decide(t, one, `{}`)
	_, b := decide(t, other, `{}`)
	if a.Messages[0] != b.Messages[0] || a.Messages[0].Role != sdk.RoleSystem || !strings.Contains(a.Messages[0].Content, "Анна Петрова") {
		t.Errorf("system prompts:\n%s\n%s", a.Messages[0].Content, b.Messages[0].Content)
	}
	if a.Messages[1] == b.Messages[1] || !strings.Contains(b.Messages[1].Content, "плохое, взволнованное") {
		t.Errorf("situation:\n%s", b.Messages[1].Content)
	}
}

func TestAResidentWithoutAPersonaHasItsID(t *testing.T) {
	t.Parallel()
	req := planningtest.Request("ru")
	req.Agent.Persona = nil
	if _, asked := decide(t, req, `{}`); !strings.HasPrefix(asked.Messages[0].Content, "Ты — a0003.\n") {
		t.Errorf("got %q", asked.Messages[0].Content)
	}
}

func TestAgesAreDeclined(t *testing.T) {
	t.Parallel()
	for age, want := range map[int]string{21: "21 год", 11: "11 лет", 32: "32 года", 112: "112 лет", 45: "45 лет"} {
		req := planningtest.Request("ru")
		req.Agent.Persona.Age = age
		if _, asked := decide(t, req, `{}`); !strings.Contains(asked.Messages[0].Content, ", "+want+",") {
			t.Errorf("%d: %.60q", age, asked.Messages[0].Content)
		}
	}
}

func FuzzAnyReplyIsReadInBounds(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, `{"thought":"a","purpose":"b","actions":[{"kind":"post","text":"x"}]}`, `{"actions":[{"kind":{"a":1}},null]}`} {
		f.Add(s)
	}
	req := planningtest.Request("ru")
	f.Fuzz(func(t *testing.T, reply string) {
		host := &planningtest.Host{Replies: map[string]string{"plan": reply}}
		d, err := planning.NewDesk(sdk.Setup{Language: "ru", Host: host}, fstest.MapFS{"prompts/plan.ru.tmpl": {Data: []byte("Реши.")}})
		if err != nil {
			t.Fatal(err)
		}
		scene, err := d.Scene(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := scene.Decide(t.Context(), nil, nil)
		if err == nil && (len(got.Actions) > req.MaxActions || len([]rune(got.Thought)) > 300) {
			t.Errorf("%+v", got)
		}
	})
}
