package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// measuring also knows a metric plugin.
type measuring struct{ catalog }

func (m measuring) Lookup(ref string) (sdk.Info, json.RawMessage, error) {
	if ref != "metric/mood" {
		return m.catalog.Lookup(ref)
	}
	return sdk.Info{Kind: sdk.KindMetric, Metrics: []sdk.MetricInfo{{Name: "mean"}}}, json.RawMessage(`{"type":"object","properties":{"of":{"type":"string"}}}`), nil
}

func loadMeasuring(t *testing.T, yaml string) (*spec.Study, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "study.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return spec.Load(file, spec.Options{Plugins: measuring{}})
}

const asking = "apiVersion: gorod/v1\nkind: Experiment\nname: x\nclock: {ticks: 4}\npopulation: [{group: g, inline: [{name: Анна}, {name: Борис}]}]\n"

func TestWhatIsAskedMustSaySomething(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, want string }{
		"empty id":         {`surveys: [{id: "", questions: [{text: a}]}]`, "surveys[0].id is empty"},
		"id of spaces":     {`surveys: [{id: " ", questions: [{text: a}]}]`, `surveys[0].id cannot be " "`},
		"control in an id": {`interviews: [{id: "a\nb", questions: [a]}]`, `interviews[0].id cannot be "a\nb"`},
		"mark in an id":    {`interventions: [{id: "a#2", when: {tick: 1}, do: [{stop: true}]}]`, `interventions[0].id cannot be "a#2"`},
		"long id":          {`propositions: [{id: ` + strings.Repeat("я", 101) + `, claim: a}]`, "propositions[0].id cannot be"},
		"question id":      {`surveys: [{id: a, questions: [{id: "\t", text: a}]}]`, `surveys[0].questions[0].id cannot be`},
		"question":         {`surveys: [{id: a, questions: [{text: ""}]}]`, "surveys[0].questions[0].text is empty"},
		"interview":        {`interviews: [{id: a, questions: [a, " "]}]`, "interviews[0].questions[1] is empty"},
		"option":           {`surveys: [{id: a, questions: [{text: a, type: single, options: [a, ""]}]}]`, "options[1] is empty"},
		"claim":            {`propositions: [{id: a, claim: ""}]`, "propositions[0].claim is empty"},
		"instruction":      {`extract: [{name: a, instruction: "", schema: {type: object, properties: {a: {}}}}]`, "extract[0].instruction is empty"},
		"ends of a scale":  {`surveys: [{id: a, questions: [{text: a, low: bad}]}]`, "low and high are not used"},
		"of the world":     {`propositions: [{id: a, claim: b, of: {group: g}}]`, "of is not used"},
		"nobody":           {`surveys: [{id: a, agents: [], questions: [{text: a}]}]`, "an empty list of residents"},
		"metric twice":     {`metrics: [{plugin: metric/mood}, {plugin: metric/mood, config: {of: b}}]`, `metric plugin "metric/mood" twice`},
		"after the last":   {`surveys: [{id: a, at: [2026-03-02T11:30], questions: [{text: a}]}]`, "the last at 2026-03-02T11:00"},
		"no time":          {"clock: {step: 0s}\nsurveys: [{id: a, every: 1h, ticks: [1], questions: [{text: a}]}]", "time must go forward"},
	} {
		_, err := loadMeasuring(t, strings.Replace(asking, "clock: {ticks: 4}\n", "", strings.Count(c.yaml, "clock:"))+c.yaml+"\n")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnInterventionMustChangeSomething(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, want string }{
		"told nothing":   {"when: {tick: 1}, do: [{tell: {text: ' '}}]", "do[0].tell.text is empty"},
		"no mood":        {"when: {tick: 1}, do: [{mood: {}}]", "an effect that changes nothing"},
		"no feed":        {"when: {tick: 1}, do: [{feed: {}}]", "an effect that changes nothing"},
		"empty goal":     {"when: {tick: 1}, do: [{goals: {set: ['']}}]", "do[0].goals.set[0] is empty"},
		"part of a step": {"when: {tick: 1}, times: 0, cooldown: 90m, do: [{stop: true}]", "interventions[0].cooldown is out of range"},
		"never met":      {"when: {query: {at_least: 3, at_most: 2}}, do: [{stop: true}]", "it is never met"},
		"holds a score":  {"when: {proposition: {claim: a, at_least: 3, holds: false}}, do: [{stop: true}]", "holds is not used"},
		"of a survey":    {"when: {metric: {plugin: metric/mood, name: mood, item: survey/s/q, above: 0}}, do: [{stop: true}]", "a condition does not see answers to surveys"},
		"no claim":       {"when: {proposition: {claim: '', at_least: 3}}, do: [{stop: true}]", "proposition.claim is empty"},
	} {
		_, err := loadMeasuring(t, asking+"interventions: [{id: a, "+c.yaml+"}]\n")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := loadMeasuring(t, asking+"events: [{id: a, tick: 1, text: b}]\ninterventions: [{id: a, when: {tick: 1}, do: [{stop: true}]}]\n")
	if err == nil || !strings.Contains(err.Error(), `"a" is an event too`) {
		t.Errorf("an event's id: %v", err)
	}
}

// A run directory holds the study as Marshal writes it: what it leaves out must
// come back.
func TestWhatIsAskedAndChangedIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	s, err := loadMeasuring(t, asking+`
metrics: [{plugin: metric/mood, config: {of: b}}]
surveys: [{id: "../x", every: 1h, end: true, questions: [{text: "{{.}}", type: scale, min: 0, max: 1}, {text: "?\n?", type: single, options: ["1", "true"]}]}]
interviews: [{id: "нет: да", ticks: [0], questions: ["- a"]}]
propositions: [{id: "null", claim: "~", about: each, of: {agents: [Анна]}, double_check: true}]
extract: [{name: e, instruction: b, schema: {type: object, properties: {z: {type: integer, minimum: 0}, a: {enum: ["1", 1, null]}}}}]
interventions:
  - {id: a, when: {tick: 0}, times: 0, do: [{follow: {}}, {unfollow: {who: {group: g}}}, {feed: {size: 0}}, {feed: {discover: 0}}]}
  - {id: b, when: {metric: {plugin: metric/mood, config: {}, name: mean, above: 0}}, do: [{goals: {set: ["1"]}}, {mood: {arousal: -0.5}}]}
  - {id: c, when: {query: {at_least: 0, of: {group: g}}}, do: [{model: {use: default}}]}
  - {id: d, when: {proposition: {claim: a, mode: check, holds: false}}, do: [{stop: true}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := loadMeasuring(t, string(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if second, err := again.Marshal(); err != nil || string(second) != string(text) {
		t.Errorf("%v: %s\nbecame %s", err, text, second)
	}
	for name, pair := range map[string][2]any{
		"surveys": {s.Surveys, again.Surveys}, "interviews": {s.Interviews, again.Interviews}, "interventions": {s.Interventions, again.Interventions},
		"propositions": {s.Propositions, again.Propositions}, "metrics": {s.Metrics, again.Metrics},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %+v became %+v", name, pair[0], pair[1])
		}
	}
}
