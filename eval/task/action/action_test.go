package action_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/action"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
)

func shipped() task.Setup { return tasktest.Setup(suite.Task{Action: &suite.Action{}}) }

func from(t *testing.T, lines string) task.Setup {
	t.Helper()
	file := filepath.Join(t.TempDir(), "actions.jsonl")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return tasktest.Setup(suite.Task{Action: &suite.Action{Situations: file}})
}

// shown are the options of a prompt in their order.
func shown(p task.Prompt) []string {
	var out []string
	for line := range strings.Lines(p.Messages[1].Content) {
		if len(line) > 3 && line[1] == ')' {
			out = append(out, strings.TrimSpace(line[3:]))
		}
	}
	return out
}

// chooser takes the option that it likes most; the first shown of equal ones.
func chooser(likes func(option string) int) *tasktest.Subject {
	return &tasktest.Subject{Answer: func(p task.Prompt) string {
		options, best := shown(p), 0
		for i, o := range options {
			if likes(o) > likes(options[best]) {
				best = i
			}
		}
		return `{"choice":"` + string(rune('A'+best)) + `"}`
	}}
}

const lines = `{"id":"1","role":"врач","situation":"Человек упал.","actions":["помочь","уйти","снять видео"],"fits":["помочь"]}
{"id":"2","role":"повар","situation":"Суп пересолен.","actions":["разбавить","вылить на гостей"],"fits":["разбавить"]}
{"id":"3","role":"студент","events":["концерт","лекция","уборка"]}
`

func TestWhoKnowsWhatFitsIsFound(t *testing.T) {
	t.Parallel()
	r := tasktest.Run(t, action.Kind{}, from(t, lines), chooser(func(o string) int {
		return slices.Index([]string{"уборка", "лекция", "концерт", "помочь", "разбавить"}, o)
	}))
	for measure, want := range map[string][]float64{"fits": {1, 1, 1, 1}, "stable": {1, 1}, "swap_consistent": {1}, "transitive": {1}} {
		if got := r.Values(measure); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v", measure, got)
		}
	}
}

func TestWhoAlwaysTakesTheFirstIsFound(t *testing.T) {
	t.Parallel()
	r := tasktest.Run(t, action.Kind{}, shipped(), chooser(func(string) int { return 0 }))
	if got, n := r.Mean("first"); got != 1 || n != 60 {
		t.Errorf("first %v of %d", got, n)
	}
	if got, _ := r.Mean("stable"); got != 0 {
		t.Errorf("stable %v", got)
	}
	if got, _ := r.Mean("fits"); got < 0.3 || got > 0.7 {
		t.Errorf("fits %v, which is far from what chance gives", got)
	}
	if got, _ := r.Mean("swap_consistent"); got != 0 {
		t.Errorf("consistent %v", got)
	}
	if got := r.Missing("transitive"); got["no three events with decided preferences"] != 8 {
		t.Errorf("%v", got)
	}
}

// Стone beats scissors, scissors paper, paper stone.
func TestPreferencesThatRunInACircleAreFound(t *testing.T) {
	t.Parallel()
	circle := &tasktest.Subject{Answer: func(p task.Prompt) string {
		o := shown(p)
		beats := map[string]string{"камень": "ножницы", "ножницы": "бумага", "бумага": "камень"}
		if beats[o[0]] == o[1] {
			return `{"choice":"A"}`
		}
		return `{"choice":"b"}`
	}}
	r := tasktest.Run(t, action.Kind{}, from(t, `{"id":"1","role":"игрок","events":["камень","ножницы","бумага"]}`), circle)
	if got := r.Values("transitive"); !reflect.DeepEqual(got, []float64{0}) {
		t.Errorf("transitive %v", got)
	}
	if got := r.Values("swap_consistent"); !reflect.DeepEqual(got, []float64{1}) {
		t.Errorf("consistent %v", got)
	}
}

func TestOrdersAreDrawnByTheSeedAndReversed(t *testing.T) {
	t.Parallel()
	orders := func(seed uint64) [][]string {
		s := &tasktest.Recorder{Subject: chooser(func(string) int { return 0 })}
		setup := shipped()
		setup.Suite.Seed = seed
		tasktest.Run(t, action.Kind{}, setup, s)
		var out [][]string
		for _, p := range s.Prompts {
			out = append(out, shown(p))
		}
		return out
	}
	one, same, other := orders(1), orders(1), orders(2)
	if !reflect.DeepEqual(one, same) || reflect.DeepEqual(one, other) {
		t.Error("orders do not follow the seed")
	}
	slices.Reverse(one[1])
	if !reflect.DeepEqual(one[0], one[1]) {
		t.Errorf("%v is not asked in reverse: %v", one[0], one[1])
	}
}

func TestUnusableRepliesAreMissing(t *testing.T) {
	t.Parallel()
	s := &tasktest.Subject{Answer: func(task.Prompt) string { return `{"choice":"Z"}` }}
	r := tasktest.Run(t, action.Kind{}, from(t, lines), s)
	const why = "the reply is none of the choices"
	if r.Missing("fits")[why] != 4 || len(r.Missing("stable")) != 1 || len(r.Missing("transitive")) != 1 {
		t.Errorf("%+v", r.Scores)
	}
	s.Fails = func(task.Prompt) string { return "a refusal" }
	if r := tasktest.Run(t, action.Kind{}, from(t, lines), s); r.Missing("first")["a refusal"] != 4 {
		t.Errorf("%+v", r.Scores)
	}
}

func TestTheReferenceProviderIsAskedAndSaysTheSameAgain(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		setup := shipped()
		setup.Suite.Language = language
		if n := tasktest.Again(t, action.Kind{}, setup, "fits"); n < 12 {
			t.Errorf("%s: %d values", language, n)
		}
	}
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	nowhere := shipped()
	nowhere.Task.Action.Situations = "nowhere.jsonl"
	tasktest.Refused(t, action.Kind{}, []tasktest.Bad{
		{"no file", "nowhere.jsonl", nowhere},
		{"empty", "actions.jsonl:1:1: no items", from(t, "\n")},
		{"no role", "actions.jsonl:1:1: field role is missing", from(t, `{"id":"1"}`)},
		{"no situation", "actions.jsonl:1:1: field situation is missing", from(t, `{"id":"1","role":"a","actions":["x","y"],"fits":["x"]}`)},
		{"nothing fits", "actions.jsonl:1:1: field fits is missing", from(t, `{"id":"1","role":"a","situation":"s","actions":["x","y"]}`)},
		{"all fit", "actions.jsonl:1:1: every action fits", from(t, `{"id":"1","role":"a","situation":"s","actions":["x","y"],"fits":["x","y"]}`)},
		{"fits another", `fits has "z": it is none of actions`, from(t, `{"id":"1","role":"a","situation":"s","actions":["x","y"],"fits":["z"]}`)},
		{"twice", `"x" twice in actions`, from(t, `{"id":"1","role":"a","situation":"s","actions":["x","x"],"fits":["x"]}`)},
		{"two events", "field events has 2 entries: allowed are 3 to 12", from(t, `{"id":"1","role":"a","events":["x","y"]}`)},
		{"both", "actions and events", from(t, `{"id":"1","role":"a","events":["x","y","z"],"actions":["x"]}`)},
	})
}
