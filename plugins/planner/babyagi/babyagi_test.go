package babyagi_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/babyagi"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	did     = `{"thought":"Надо начать.","place":"network","actions":[{"kind":"post","text":"Кто читал договор?"}],"result":"Спросила соседей о договоре."}`
	created = `{"tasks":["Сравнить ставки","Позвонить Борису","Прочитать договор"]}`
)

// host answers so that every turn goes on; vectors are all alike.
func host(changes ...func(*planningtest.Host)) *planningtest.Host {
	h := &planningtest.Host{
		Replies: map[string]string{"execute": did, "create": created, "prioritise": `{"order":[4,2,3]}`, "manage": `{"tasks":[]}`},
		Vector:  func(string) []float32 { return []float32{1, 0} },
		Fail:    sdk.ErrModel,
	}
	for _, change := range changes {
		change(h)
	}
	return h
}

func planner(t *testing.T, config string, h sdk.Host) sdk.Planner {
	t.Helper()
	return planningtest.New(t, babyagi.Plugin(), config, "ru", h)
}

// plan takes a turn in a tick, with what became of earlier actions.
func plan(t *testing.T, p sdk.Planner, kept store, tick int64, outcomes ...sdk.Outcome) sdk.Decision {
	t.Helper()
	req := planningtest.Request("ru")
	req.Tick, req.Observation.Outcomes = tick, outcomes
	return planFor(t, p, kept, req)
}

func planFor(t *testing.T, p sdk.Planner, kept store, req sdk.PlanRequest) sdk.Decision {
	t.Helper()
	d, err := p.Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	kept.apply(d.Changes)
	return d
}

// store keeps records as a host does.
type store map[[2]string]sdk.Record

func (s store) apply(changes []sdk.RecordChange) {
	for _, c := range changes {
		if id := [2]string{c.Agent, c.Key}; c.Delete {
			delete(s, id)
		} else {
			s[id] = c.Record
		}
	}
}

func (s store) records() []sdk.Record {
	return slices.SortedFunc(maps.Values(s), func(a, b sdk.Record) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Key, b.Key))
	})
}

// list is the record of the agent's tasks.
type list struct {
	Objective string
	Tasks     []struct {
		ID   int64
		Text string
	}
	Turns, Made int
}

func (s store) list(t *testing.T) list {
	t.Helper()
	var l list
	if err := json.Unmarshal(s[[2]string{"a0003", "list"}].JSON, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l list) texts() []string {
	var out []string
	for _, task := range l.Tasks {
		out = append(out, task.Text)
	}
	return out
}

func (s store) result(t *testing.T, key string) (r struct{ Task, Text, Outcomes string }) {
	t.Helper()
	if err := json.Unmarshal(s[[2]string{"a0003", key}].JSON, &r); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return r
}

func facts(t *testing.T, call sdk.GenerateRequest) babyagi.Facts {
	t.Helper()
	f, ok := call.Facts.(babyagi.Facts)
	if !ok {
		t.Fatalf("facts of %s are %T", call.Call.Purpose, call.Facts)
	}
	return f
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func kind(err error) string {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Kind
}

func TestATurnExecutesTheFirstTaskCreatesAndPrioritises(t *testing.T) {
	t.Parallel()
	h, kept := host(), store{}
	p := planner(t, `{"temperature":0.5}`, h)
	got := plan(t, p, kept, 1)
	got.Changes = nil
	same(t, "decision", sdk.Decision{
		Plan: &sdk.Plan{Purpose: "Составить список задач для цели", Place: "network"}, Thought: "Надо начать.",
		Actions: []sdk.Action{{Kind: "post", Args: map[string]string{"text": "Кто читал договор?"}}},
	}, got)
	same(t, "calls", []string{"execute", "create", "prioritise"}, h.Purposes())
	l := kept.list(t)
	same(t, "list", []string{"Прочитать договор", "Сравнить ставки", "Позвонить Борису"}, l.texts())
	if l.Objective != "Понять, стоит ли переложить сбережения." || l.Turns != 1 || l.Made != 4 {
		t.Errorf("list %+v", l)
	}
	for i, call := range h.Asked() {
		if want := (sdk.Call{Agent: "a0003", Tick: 1, Purpose: h.Purposes()[i]}); call.Call != want || call.Temperature == nil {
			t.Errorf("call %+v, want %+v", call.Call, want)
		}
	}
	same(t, "what prioritising was told", babyagi.Facts{
		Objective: l.Objective, Task: "Составить список задач для цели", Result: "Спросила соседей о договоре.",
		Tasks: []string{"Сравнить ставки", "Позвонить Борису", "Прочитать договор"},
	}, facts(t, h.Asked()[2]))

	if got = plan(t, p, kept, 2); got.Plan.Purpose != "Прочитать договор" {
		t.Errorf("the second turn took %q", got.Plan.Purpose)
	}
	same(t, "calls of two turns", []string{"execute", "create", "prioritise", "execute", "create", "prioritise"}, h.Purposes())
	same(t, "list after two turns", []string{"Сравнить ставки", "Позвонить Борису"}, kept.list(t).texts())
}

func TestMergedATurnIsTwoCalls(t *testing.T) {
	t.Parallel()
	h, kept := host(), store{}
	h.Script = map[string][]string{"manage": {
		`{"tasks":[{"id":0,"task":"Сравнить ставки"},{"id":0,"task":"Позвонить Борису"},{"id":7,"task":"Прочитать договор"}]}`,
		`{"tasks":[{"id":4,"task":""},{"id":0,"task":"Спросить Веру"},{"id":3,"task":"другими словами"}]}`,
		`{"tasks":[]}`,
	}}
	p := planner(t, `{"merge":true}`, h)
	for tick, want := range [][]string{
		{"Сравнить ставки", "Позвонить Борису", "Прочитать договор"},
		{"Прочитать договор", "Спросить Веру", "Позвонить Борису"},
		{"Спросить Веру", "Позвонить Борису"},
	} {
		plan(t, p, kept, int64(tick))
		same(t, "list", want, kept.list(t).texts())
	}
	same(t, "calls", []string{"execute", "manage", "execute", "manage", "execute", "manage"}, h.Purposes())
}

func TestWhatBecameOfItsActionsIsPartOfAResult(t *testing.T) {
	t.Parallel()
	h, kept := host(), store{}
	p := planner(t, "", h)
	plan(t, p, kept, 1)
	h.Script = map[string][]string{"execute": {`{"result":"Подумала."}`}}
	plan(t, p, kept, 2,
		sdk.Outcome{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Кто читал договор?"}}, OK: true},
		sdk.Outcome{Action: sdk.Action{Kind: "reply"}, Detail: "нет такой записи"})
	const whole = `Спросила соседей о договоре. post "Кто читал договор?": сделано; reply: не вышло, нет такой записи`
	if got := kept.result(t, "result/00000000"); got.Text+" "+got.Outcomes != whole {
		t.Errorf("got %+v", got)
	}
	same(t, "embedded", []string{"Прочитать договор", "Составить список задач для цели: " + whole}, h.Embedded())
	same(t, "context", []string{whole}, facts(t, h.Asked()[3]).Context)
	// The second turn took no actions: what is told now came of nothing it did.
	plan(t, p, kept, 3, sdk.Outcome{Action: sdk.Action{Kind: "ignore"}, OK: true})
	if got := kept.result(t, "result/00000001"); got.Outcomes != "" || got.Text != "Подумала." {
		t.Errorf("got %+v", got)
	}
	if n := len(h.Embedded()); n != 4 {
		t.Errorf("%d texts embedded, want each once: %q", n, h.Embedded())
	}
}

// seven results at known angles to the task: cosine similarities to it are
// 0.6, 1, 0, 0.8, 0.6, -1 and 0.28.
func TestTheFiveResultsMostSimilarToTheTaskAreItsContext(t *testing.T) {
	t.Parallel()
	vectors := map[string][]float32{
		"задача": {1, 0}, "a: 1": {3, 4}, "b: 2": {2, 0}, "c: 3": {0, 1}, "d: 4": {0.8, 0.6},
		"e: 5": {3, -4}, "f: 6": {-1, 0}, "g: 7": {0.28, 0.96},
	}
	records := []sdk.Record{{Agent: "a0003", Key: "list", Kind: "list", JSON: []byte(
		`{"first":"Понять, стоит ли переложить сбережения.","objective":"Понять","tasks":[{"id":9,"text":"задача"}],"last_task":9}`)}}
	for i, name := range strings.Split("a b c d e f g", " ") {
		data := []byte(`{"seq":` + string(rune('1'+i)) + `,"task":"` + name + `","text":"` + string(rune('1'+i)) + `"}`)
		records = append(records, sdk.Record{Agent: "a0003", Key: "result/0000000" + string(rune('1'+i)), Kind: "result", JSON: data})
	}
	for config, want := range map[string][]string{
		"":                {"2", "4", "5", "1", "7"}, // of 1 and 5, equally similar, the later first
		`{"context": 2}`:  {"2", "4"},
		`{"context": 20}`: {"2", "4", "5", "1", "7", "3", "6"},
		`{"context": 0}`:  nil,
	} {
		h := host(func(h *planningtest.Host) { h.Vector = func(text string) []float32 { return vectors[text] } })
		p := planner(t, config, h)
		if err := p.(sdk.Restorer).Restore(t.Context(), records); err != nil {
			t.Fatal(err)
		}
		plan(t, p, store{}, 3)
		same(t, "context with "+config, want, facts(t, h.Asked()[0]).Context)
		prompt := h.Asked()[0].Messages[1].Content
		if want != nil && strings.Index(prompt, "«b»: «2»") > strings.Index(prompt, "«d»: «4»") || strings.Contains(prompt, "«f»: «6»") != (len(want) == 7) {
			t.Errorf("prompt with %s:\n%s", config, prompt)
		}
	}
}

func TestEmbeddingsOfAnotherModelAreNoMatch(t *testing.T) {
	t.Parallel()
	h, kept := host(), store{}
	p := planner(t, "", h)
	plan(t, p, kept, 1)
	plan(t, p, kept, 2)
	h.Vector = func(string) []float32 { return []float32{1, 0, 0} }
	plan(t, p, kept, 3)
	if got := facts(t, h.Asked()[6]).Context; len(got) != 2 || got[0] != "Спросила соседей о договоре." {
		t.Errorf("context %q", got)
	}
}
