package retention_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/retention"
)

func load(t *testing.T, path string) (task.Task, error) {
	t.Helper()
	return retention.Kind{}.Load(t.Context(), task.Setup{
		Suite: &suite.Suite{Name: "s"}, Task: &suite.Task{Retention: &suite.Retention{Items: path}}, Path: "tasks[0]",
	})
}

func shipped(t *testing.T) task.Task {
	t.Helper()
	of, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	return of
}

func ask(t *testing.T, answer func(task.Prompt) string) tasktest.Result {
	t.Helper()
	r := tasktest.Ask(t, shipped(t), &tasktest.Subject{Answer: answer})
	tasktest.Sound(t, retention.Kind{}.Measures(t.Context(), nil), r)
	return r
}

func want(t *testing.T, r tasktest.Result, measures map[string]float64) {
	t.Helper()
	for measure, want := range measures {
		if got, n := r.Mean(measure); n != 60 || got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%s: %v of %d, want %v", measure, got, n, want)
		}
	}
}

// right is the label of the reference.
func right(p task.Prompt) string { return p.Reference[:1] }

func TestWhoKnowsEverythingInBothLanguagesIsFound(t *testing.T) {
	t.Parallel()
	want(t, ask(t, func(p task.Prompt) string { return `{"answer":"` + right(p) + `"}` }),
		map[string]float64{"correct_ru": 1, "correct_en": 1, "delta": 0, "answered_ru": 1, "answered_en": 1})
	// In words of its own.
	want(t, ask(t, func(p task.Prompt) string { return "Это " + strings.ToUpper(p.Reference[3:]) + "!" }),
		map[string]float64{"correct_ru": 1, "correct_en": 1})
}

func TestWhoForgotEnglishIsFound(t *testing.T) {
	t.Parallel()
	want(t, ask(t, func(p task.Prompt) string {
		if p.Which == "en" {
			return "не понимаю"
		}
		return right(p)
	}), map[string]float64{"correct_ru": 1, "correct_en": 0, "delta": 1, "answered_ru": 1, "answered_en": 0})
}

func TestWhoAlwaysSaysTheSameLetterIsAtTheLevelOfChance(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"A", "B", "C", "D"} {
		want(t, ask(t, func(task.Prompt) string { return letter }), map[string]float64{"correct_ru": 0.25, "correct_en": 0.25, "delta": 0})
	}
}

func TestABrokenReplyIsMissingAndSoIsTheDifference(t *testing.T) {
	t.Parallel()
	r := tasktest.Ask(t, shipped(t), &tasktest.Subject{
		Answer: right,
		Fails: func(p task.Prompt) string {
			if p.Which == "en" {
				return "it breaks the schema"
			}
			return ""
		},
	})
	tasktest.Sound(t, retention.Kind{}.Measures(t.Context(), nil), r)
	want(t, r, map[string]float64{"correct_ru": 1})
	if r.Missing("correct_en")["no reply: it breaks the schema"] != 60 || r.Missing("delta")["en: no reply: it breaks the schema"] != 60 {
		t.Errorf("%v %v", r.Missing("correct_en"), r.Missing("delta"))
	}
}

func TestTheSameIsAskedInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, s := range ask(t, right).Samples {
		cyrillic := strings.ContainsAny(s.Messages[0].Content, "аеиоу")
		if (s.Turn == 1) != cyrillic {
			t.Errorf("turn %d: %s", s.Turn, s.Messages[0].Content)
		}
	}
}

func TestTheReferenceProviderAnswersTheSameTwice(t *testing.T) {
	t.Parallel()
	first, again := tasktest.Ask(t, shipped(t), tasktest.Reference(1)), tasktest.Ask(t, shipped(t), tasktest.Reference(1))
	if !reflect.DeepEqual(first, again) {
		t.Error("another time, other scores")
	}
	tasktest.Sound(t, retention.Kind{}.Measures(t.Context(), nil), first)
	want(t, first, map[string]float64{"answered_ru": 1, "answered_en": 1})
}

func TestBadItemsAreRefusedWithFileAndLine(t *testing.T) {
	t.Parallel()
	const good = `{"id":"1","ru":"в","en":"q","choices_ru":["а","б"],"choices_en":["x","y"],"answer":1}`
	for _, tt := range []struct{ text, want string }{
		{good + "\n" + `{"id":"2","ru":"в","choices_ru":["а","б"],"choices_en":["x","y"],"answer":"A"}`, "i.jsonl:2:1: field en is missing"},
		{strings.Replace(good, `["x","y"]`, `["x"]`, 1), "i.jsonl:1:1: choices_ru and choices_en differ in number"},
		{strings.Replace(good, `["x","y"]`, `["x","x"]`, 1), `choices_en has "x": options are different texts`},
		{strings.Replace(good, `:1}`, `:2}`, 1), "i.jsonl:1:1: answer 2 is none of 2 choices_ru"},
		{strings.Replace(good, `:1}`, `:"C"}`, 1), "answer C is none of 2"},
		{strings.Replace(good, `["а","б"]`, `"а"`, 1), "field choices_ru: it is a string, expected a list"},
		{"", "i.jsonl:1:1: no items"},
	} {
		path := filepath.Join(t.TempDir(), "i.jsonl")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.text, err, tt.want)
		}
	}
	path := filepath.Join(t.TempDir(), "i.jsonl")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if of, err := load(t, path); err != nil || len(of.Items()) != 1 {
		t.Errorf("one item: %v", err)
	}
}
