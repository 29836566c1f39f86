package spec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// catalog knows the built-ins by name, with a config each.
type catalog struct{}

func (catalog) Lookup(ref string) (sdk.Info, json.RawMessage, error) {
	known := map[string]string{
		"memory/longshort": "memory", "planner/justplan": "planner", "planner/qaframework": "planner", "sentiment/lexicon": "sentiment",
	}
	kind, ok := known[ref]
	if !ok {
		return sdk.Info{}, nil, errors.New("not installed")
	}
	return sdk.Info{Kind: kind}, json.RawMessage(`{"type":"object","additionalProperties":false,
		"properties":{"update_after":{"type":"integer","minimum":1,"default":8}}}`), nil
}

func load(t *testing.T, yaml string, set ...string) (*spec.Study, error) {
	t.Helper()
	dir := t.TempDir()
	persona := filepath.Join(dir, "anna.yaml")
	if err := os.WriteFile(persona, []byte("name: Анна\nage: 31\nhobby: лыжи\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	study, err := spec.Load(file, spec.Options{Set: set, Plugins: catalog{}})
	if err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), dir+"/", ""))
	}
	return study, err
}

const head = "apiVersion: gorod/v1\nkind: Experiment\nname: x\npopulation: [{personas: [anna.yaml], inline: [{name: Борис}]}]\n"

func TestAShortStudyGetsDefaults(t *testing.T) {
	t.Parallel()
	s, err := load(t, head)
	if err != nil {
		t.Fatal(err)
	}
	if s.Clock.Ticks != 24 || s.Environment.Network.Feed.Rank != "hot" || s.Agents.MaxActions != 2 || len(s.Agents.Activity) != 24 ||
		s.Models["default"].Provider != "reference" || s.Agents.Planner.Plugin != "planner/justplan" ||
		string(s.Agents.Memory.Config) != `{"update_after":8}` || s.Cassette != "record" || len(s.Measures) != 6 {
		t.Errorf("defaults are missing: %+v", s)
	}
	r := s.Residents()
	if len(r) != 2 || r[0].ID != "a0001" || r[0].Persona.Name != "Анна" || string(r[0].Persona.Extra) != `{"hobby":"лыжи"}` || r[1].Model != "default" {
		t.Errorf("residents %+v", r)
	}
}

func TestEveryProblemIsReportedAtOnceWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		yaml string
		want []string
	}{
		"malformed":        {"name: [\n", []string{"study.yaml:1:"}},
		"empty":            {"", []string{"apiVersion is missing", "kind is missing", "name is missing", "population is missing"}},
		"unknown key":      {head + "evnets: []\n", []string{`study.yaml:5:1: unknown key "evnets": it is not used here; did you mean "events"?`}},
		"wrong type":       {head + "clock: {ticks: many, step: 1}\n", []string{`study.yaml:5:16: clock.ticks has the wrong type: got "many"; give a whole number`, "study.yaml:5:28: clock.step"}},
		"range":            {head + "repeats: 0\nagents: {activity: [2]}\n", []string{"study.yaml:5:10: repeats is out of range: got 0", "agents.activity is out of range"}},
		"enum":             {head + "language: fr\n", []string{`study.yaml:5:11: language cannot be "fr": allowed: ru, en`}},
		"key twice":        {head + "seed: 1\nseed: 2\n", []string{"seed"}},
		"persona missing":  {strings.Replace(head, "anna", "ann", 1), []string{`study.yaml:4:26: no persona file "ann.yaml"`}},
		"unknown plugin":   {head + "agents: {memory: {plugin: memory/long}}\n", []string{`study.yaml:5:27: no plugin "memory/long": not installed`}},
		"wrong kind":       {head + "agents: {memory: {plugin: planner/justplan}}\n", []string{"planner/justplan is no memory plugin"}},
		"bad config":       {head + "agents:\n  memory:\n    config: {update_after: 0}\n", []string{"study.yaml:7:28: agents.memory.config.update_after"}},
		"unknown model":    {head + "agents: {model: qwen}\n", []string{`study.yaml:5:17: no model "qwen"`}},
		"ollama":           {head + "models: {default: {provider: ollama}}\n", []string{"models.default.model is missing"}},
		"off and budget":   {head + "cassette: off\nbudget: {max_calls: 5}\n", []string{"cassette: off cannot have a budget"}},
		"too many runs":    {head + "repeats: 10000\nmatrix: {axes: {agents.max_actions: [1,2,3,4,5,6,7,8,9,10,11]}}\n", []string{"too many runs: 110000"}},
		"password":         {head + "models: {default: {provider: openai, model: m, endpoints: [\"http://u:p@h/v1\"]}}\n", []string{"models.default.api_key_env"}},
		"openai":           {head + "models: {default: {provider: openai, model: m, endpoints: [localhost]}}\n", []string{`no URL: "localhost"`}},
		"two environments": {head + "environment: {network: {}, room: {topic: x}}\n", []string{"two environments"}},
		"room without":     {head + "environment: {room: {}}\n", []string{"environment.room.topic is missing"}},
		"host unknown":     {head + "environment: {room: {topic: x, host: Бориc}}\n", []string{`no resident "Бориc"`, `did you mean "Борис"?`}},
		"event":            {head + "events: [{text: a}, {text: b, tick: 99}, {text: c, tick: 1, group: g}, {tick: 1}]\n", []string{"5:11: when does it happen?", "outside of the clock", `no group "g"`, "events[3].text is missing"}},
		"event time":       {head + "events: [{text: a, at: 2027-01-01}]\n", []string{"outside of the clock"}},
		"measure":          {head + "measures: [mod]\n", []string{`no measure "mod"`, `"mood"`}},
		"persona":          {head + "  \n", nil},
		"traits":           {strings.Replace(head, "name: Борис", "name: Борис, traits: {extraversion: 3}, age: 999", 1), []string{"traits.extraversion is out of range", "age is out of range"}},
		"namesakes":        {strings.Replace(head, "Борис", "Анна", 1), []string{`two residents called "Анна"`}},
		"matrix path":      {head + "matrix: {axes: {name.x: [1]}}\n", []string{"study.yaml:5:26", "name.x"}},
		"matrix value":     {head + "matrix: {axes: {agents.planner.plugin: [planner/justplan, planner/none]}}\n", []string{`study.yaml:5:59: no plugin "planner/none"`}},
		"matrix key":       {head + "matrix: {axis: {}}\n", []string{`did you mean "axes"?`}},
		"alias bomb":       {bomb(), []string{"too much"}},
		"second document":  {head + "---\na: 1\n", []string{"second document"}},
	} {
		_, err := load(t, c.yaml)
		if (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: does not say %q:\n%v", name, w, err)
			}
		}
	}
}

func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return b.String()
}

func TestSetOverridesAndIsNamedInProblems(t *testing.T) {
	t.Parallel()
	s, err := load(t, head, "clock.ticks=3", "agents.memory.config.update_after=2", "events=[{text: x, tick: 1}]", "events[0].text=Снег", "description=")
	if err != nil || s.Clock.Ticks != 3 || string(s.Agents.Memory.Config) != `{"update_after":2}` || s.Events[0].Text != "Снег" {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = load(t, head, "clock.ticks=x", "seed", "name.first=1")
	for _, want := range []string{"--set seed: no value", "--set name.first=1: no such path"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err = load(t, head, "clock.ticks=x"); err == nil || !strings.Contains(err.Error(), "--set clock.ticks=x: clock.ticks has the wrong type") {
		t.Errorf("got %v", err)
	}
}

func TestURLsNeedNoQuotes(t *testing.T) {
	t.Parallel()
	for _, yaml := range []string{
		"models: {default: {provider: openai, model: m, endpoints: [http://127.0.0.1:80], parallel: 2}}\n",
		"models:\n  default: {provider: openai, model: m, endpoints: [http://127.0.0.1:80]}\n",
		"models:\n  default:\n    provider: openai\n    model: m\n    endpoints:\n      - http://127.0.0.1:80\n",
	} {
		s, err := load(t, head+yaml)
		if err != nil || s.Models["default"].Endpoints[0] != "http://127.0.0.1:80" {
			t.Errorf("%s: %v", yaml, err)
		}
	}
}

func TestTheMatrixMakesCells(t *testing.T) {
	t.Parallel()
	s, err := load(t, head+`matrix:
  axes:
    agents.planner.plugin: [planner/justplan, planner/qaframework]
    environment.network.feed.rank: [hot, random]
  exclude: [{agents.planner.plugin: planner/qaframework, environment.network.feed.rank: random}]
  include: [{clock.ticks: 5}]
`)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := s.Cells()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range cells {
		names = append(names, c.Name)
	}
	want := []string{"planner=justplan,feed=hot", "planner=justplan,feed=random", "planner=qaframework,feed=hot", "ticks=5"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("cells %q, want %q", names, want)
	}
	if cells[1].Study.Environment.Network.Feed.Rank != "random" || cells[3].Study.Clock.Ticks != 5 || s.Clock.Ticks != 24 {
		t.Error("values are not in their cells, or leaked out of them")
	}
}

func TestCellsAreCalledAfterThePluginsInThemAndTheirSettings(t *testing.T) {
	t.Parallel()
	s, err := load(t, head+`matrix:
  axes:
    agents.memory: [{plugin: memory/longshort}, {plugin: memory/longshort, config: {update_after: 5}}, {config: {update_after: 6}, plugin: memory/longshort}]
    environment.network.feed: [{rank: hot}, {rank: random, size: 3}]
`)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := s.Cells()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := 0; i < len(cells); i += 2 {
		names = append(names, cells[i].Name)
	}
	want := []string{"memory=longshort,feed=rank-hot", "memory=longshort-update_after-5,feed=rank-hot", "memory=longshort-update_after-6,feed=rank-hot"}
	if !reflect.DeepEqual(names, want) || cells[1].Name != "memory=longshort,feed=rank-random-size-3" {
		t.Errorf("cells %q and %q, want %q", names, cells[1].Name, want)
	}
}

func TestMarshalIsSelfContainedAndEqual(t *testing.T) {
	t.Parallel()
	s, err := load(t, head+"description: |\n  две\n  строки\nevents: [{text: a, at: 2026-03-02T12:00}]\nagents: {activity: [1]}\n"+
		"models: {default: {provider: openai, model: m, endpoints: [\"http://h:1\"], temperature: 0.5, logit_bias: {\"5\": -3}}}\n"+
		"matrix: {axes: {agents.planner.plugin: [planner/justplan, planner/qaframework]}}\n")
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := load(t, string(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	second, err := again.Marshal()
	if err != nil || string(second) != string(text) {
		t.Errorf("a second round differs:\n%s\n%s", text, second)
	}
	if !reflect.DeepEqual(again.Residents(), s.Residents()) || !reflect.DeepEqual(again.Events, s.Events) || !reflect.DeepEqual(again.Models, s.Models) {
		t.Error("the study is another after a round")
	}
}

func TestTenThousandResidentsShareTheirPersonas(t *testing.T) {
	t.Parallel()
	s, err := load(t, strings.Replace(head, "[{personas", "[{count: 10000, personas", 1))
	if err != nil {
		t.Fatal(err)
	}
	r := s.Residents()
	if len(r) != 10000 || r[9999].ID != "a10000" || r[9999].Persona.Name != "Борис 5000" || r[9999].Persona == r[1].Persona || r[0].Persona.Extra == nil {
		t.Errorf("last of %d: %+v", len(r), r[len(r)-1])
	}
}

func TestTheSchemaFitsWhatLoadTakes(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile(spec.JSONSchema())
	if err != nil {
		t.Fatal(err)
	}
	good := `{"apiVersion":"gorod/v1","kind":"Experiment","name":"x","population":[{"inline":[{"name":"А","hobby":1}]}],"clock":{"step":"1h30m"}}`
	if v := s.Validate([]byte(good)); v != nil {
		t.Errorf("refused: %v", v)
	}
	for _, bad := range []string{`{"evnets":1}`, `{"clock":{"step":"soon"}}`, `{"agents":{"activity":[2]}}`} {
		if v := s.Validate([]byte(bad)); len(v) < 2 {
			t.Errorf("%s passed: %v", bad, v)
		}
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	f.Add([]byte(head))
	f.Add([]byte(bomb()))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("matrix: {axes: {a: [1]}}\npopulation: [{inline: [{}]}]"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(dir, "x.yaml")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		study, err := spec.Load(file, spec.Options{Plugins: catalog{}})
		if err == nil {
			if _, err := study.Marshal(); err != nil {
				t.Error(err)
			}
		}
	})
}

// anywhere is a catalog that has every plugin that is named by an absolute path.
type anywhere struct{ catalog }

func (a anywhere) Lookup(ref string) (sdk.Info, json.RawMessage, error) {
	if filepath.IsAbs(ref) {
		return sdk.Info{Kind: "planner"}, json.RawMessage(`{}`), nil
	}
	return a.catalog.Lookup(ref)
}

func TestPathsOfPluginsMeanTheSameFromAnyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "study.yaml")
	yaml := `apiVersion: gorod/v1
kind: Experiment
name: x
population: [{inline: [{name: Борис}]}]
agents: {planner: {plugin: ./own, config: {plugin: ./kept}}}
matrix:
  axes: {agents.planner.plugin: [./own, ../other]}
`
	if err := os.WriteFile(file, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	study, err := spec.Load(file, spec.Options{Plugins: anywhere{}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := study.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{filepath.Join(dir, "own"), filepath.Join(filepath.Dir(dir), "other"), "./kept"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	here, err := filepath.Abs("here")
	if err != nil {
		t.Fatal(err)
	}
	study, err = spec.Load(file, spec.Options{Plugins: anywhere{}, Set: []string{"agents.planner.plugin=./here", "matrix=null"}})
	if err != nil || study.Agents.Planner.Plugin != here {
		t.Errorf("--set names %q, want %q: %v", study.Agents.Planner.Plugin, here, err)
	}
}
