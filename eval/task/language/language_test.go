package language_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/language"
)

func setup(of suite.Language) task.Setup {
	return task.Setup{Suite: &suite.Suite{Name: "s", Language: "ru"}, Task: &suite.Task{Language: &of}, Path: "tasks[0]"}
}

func load(t *testing.T, of suite.Language) task.Task {
	t.Helper()
	out, err := language.Kind{}.Load(t.Context(), setup(of))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ask asks one prompt of a subject that always says the same.
func ask(t *testing.T, prompt, expect, reply string) tasktest.Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "one.jsonl")
	if err := os.WriteFile(path, []byte(`{"id":"1","prompt":"`+prompt+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	of := suite.Language{Prompts: path, Expect: expect}
	r := tasktest.Ask(t, load(t, of), &tasktest.Subject{Answer: func(task.Prompt) string { return reply }})
	tasktest.Sound(t, language.Kind{}.Measures(t.Context(), &suite.Task{Language: &of}), r)
	return r
}

func TestLanguageOfRepliesIsFound(t *testing.T) {
	t.Parallel()
	const prompt = "Чем Toyota лучше?"
	for _, tt := range []struct {
		name, expect, reply string
		want                map[string]float64
	}{
		{"Russian", "ru", "Она надёжная, и запчасти недорогие.", map[string]float64{"cyrillic": 1, "in_language": 1, "leak": 0, "leaks": 0, "other": 0, "loop": 0, "empty": 0, "refusal": 0, "words": 5}},
		{"a brand of the prompt", "ru", "Toyota надёжная.", map[string]float64{"cyrillic": 1, "leaks": 0, "in_language": 1}},
		{"code and addresses", "ru", "Смотри `pip install x`, https://example.com/path и mail@example.com.", map[string]float64{"cyrillic": 1, "leaks": 0}},
		{"Roman numbers, formulas", "ru", "В XX веке: x + y = π, витамин C, сеть Wi-Fi.", map[string]float64{"leaks": 0, "other": 0, "in_language": 1}},
		{"English leaks in", "ru", "Это очень important вопрос", map[string]float64{"leaks": 1, "leak": 0.25, "in_language": 1}},
		{"letters of two alphabets in a word", "ru", "Это xорошо", map[string]float64{"leaks": 1, "leak": 0.5}},
		{"English", "ru", "It is reliable and cheap.", map[string]float64{"cyrillic": 0, "in_language": 0, "leak": 1}},
		{"Russian in Latin letters", "ru", "Ona nadezhnaya i deshevaya", map[string]float64{"in_language": 0}},
		{"Ukrainian", "ru", "Вона надійна, і її запчастини недорогі.", map[string]float64{"cyrillic": 1, "in_language": 0}},
		{"Bulgarian", "ru", "Тя е много надеждна кола и частите не са скъпи, затова хората я купуват с удоволствие дори след толкова години път.", map[string]float64{"in_language": 0}},
		{"Chinese leaks in", "ru", "Она очень 可靠", map[string]float64{"other": 1, "other_share": 2.0 / 10, "in_language": 1}},
		{"Georgian", "ru", "საიმედოა", map[string]float64{"other": 1, "other_share": 1, "in_language": 0, "cyrillic": 0}},
		{"English as expected", "en", "It is reliable and cheap.", map[string]float64{"in_language": 1, "leaks": 0, "cyrillic": 0}},
		{"Russian where English is expected", "en", "Она надёжная.", map[string]float64{"in_language": 0, "leaks": 1, "leak": 1}},
		{"German where English is expected", "en", "Für mich wäre das natürlich schöner, größer.", map[string]float64{"in_language": 0}},
		{"a loop", "ru", strings.Repeat("я думаю что это хорошо ", 20), map[string]float64{"loop": 1, "longest_run": 20, "distinct_1": 0.05}},
		{"a sentence again and again", "ru", "Это очень хорошая машина. Да. Это очень хорошая машина! Нет. Это очень хорошая машина.", map[string]float64{"loop": 1}},
		{"a stutter", "ru", strings.Repeat("но", 60), map[string]float64{"loop": 1}},
		{"emphasis is no loop", "ru", "Очень, очень, очень хорошая. Ха-ха-ха!", map[string]float64{"loop": 0, "longest_run": 3}},
		{"laughter is no loop", "ru", "Ха-ха-ха-ха-ха-ха-ха! Смешно.", map[string]float64{"loop": 0, "longest_run": 7}},
		{"a word without end", "ru", "Это " + strings.Repeat("и ", 30), map[string]float64{"loop": 1, "longest_run": 30}},
		{"Russian in Latin letters is no English", "en", "Ona ochen nadezhnaya i deshevaya mashina dlya goroda", map[string]float64{"in_language": 0}},
		{"English of some length", "en", "It is reliable, cheap to run, and parts are easy to find everywhere.", map[string]float64{"in_language": 1}},
		{"a refrain is no loop", "ru", "Ой, мороз. Не морозь меня. Ой, мороз.", map[string]float64{"loop": 0, "distinct_1": 5.0 / 7}},
		{"nothing", "ru", " … ", map[string]float64{"empty": 1, "refusal": 0}},
		{"a refusal", "ru", "Извините, я не могу помочь с этим.", map[string]float64{"empty": 0, "refusal": 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, prompt, tt.expect, tt.reply)
			for measure, want := range tt.want {
				if got, n := r.Mean(measure); n != 1 || got < want-1e-9 || got > want+1e-9 {
					t.Errorf("%s: %v (%d), want %v", measure, got, n, want)
				}
			}
		})
	}
}

func TestWhatCannotBeScoredSaysWhy(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]map[string]string{
		"": {"cyrillic": "empty reply", "distinct_2": "empty reply"},
		"Как языковая модель, я не пью.": {"cyrillic": "refusal", "in_language": "refusal"},
		"42": {"cyrillic": "no letters", "in_language": "no letters", "distinct_2": "too short"},
		"Да": {"distinct_2": "too short"},
	} {
		r := ask(t, "Сколько?", "ru", reply)
		for measure, why := range want {
			if r.Missing(measure)[why] != 1 {
				t.Errorf("%q: %s is missing because %v, want %s", reply, measure, r.Missing(measure), why)
			}
		}
	}
}

func TestAReplyThatFailedHasNoScores(t *testing.T) {
	t.Parallel()
	of := load(t, suite.Language{})
	r := tasktest.Ask(t, of, &tasktest.Subject{Fails: func(task.Prompt) string { return "cut off" }})
	for _, measure := range []string{"empty", "refusal", "cyrillic", "loop"} {
		if r.Missing(measure)["no reply: cut off"] != 60 {
			t.Errorf("%s: %v", measure, r.Missing(measure))
		}
	}
}

func TestOnlyRepliesThatSaySomethingAreJudged(t *testing.T) {
	t.Parallel()
	of := load(t, suite.Language{})
	for reply, want := range map[string]int{"Хорошо.": 1, "": 0, "Я языковая модель.": 0} {
		out, err := of.Ask(t.Context(), &tasktest.Subject{Answer: func(task.Prompt) string { return reply }}, of.Items()[0])
		if err != nil || len(out.Judged) != want {
			t.Errorf("%q: %v, %v", reply, out.Judged, err)
		}
	}
}

func TestShippedPromptsAreSixtyAndInTheExpectedLanguage(t *testing.T) {
	t.Parallel()
	for expect, word := range map[string]string{"ru": "Привет", "en": "weekend"} {
		of := load(t, suite.Language{Expect: expect})
		if n := len(of.Items()); n != 60 {
			t.Errorf("%d prompts", n)
		}
		out, err := of.Ask(t.Context(), &tasktest.Subject{Answer: func(task.Prompt) string { return "x" }}, of.Items()[0])
		if err != nil || !strings.Contains(out.Samples[0].Messages[0].Content, word) {
			t.Errorf("%v, %v", out.Samples, err)
		}
	}
}

func TestShippedPromptsThemselvesAreFoundToBeInTheirLanguage(t *testing.T) {
	t.Parallel()
	for _, expect := range []string{"ru", "en"} {
		r := tasktest.Ask(t, load(t, suite.Language{Expect: expect}), &tasktest.Subject{Answer: func(p task.Prompt) string { return p.Messages[0].Content }})
		for measure, want := range map[string]float64{"in_language": 1, "leaks": 0, "other": 0, "loop": 0, "refusal": 0} {
			if mean, n := r.Mean(measure); mean != want || n != 60 {
				t.Errorf("%s, %s: %v of %d", expect, measure, mean, n)
			}
		}
	}
}

func TestTheReferenceProviderSpeaksRussianTheSameWayTwice(t *testing.T) {
	t.Parallel()
	first := tasktest.Ask(t, load(t, suite.Language{}), tasktest.Reference(1))
	again := tasktest.Ask(t, load(t, suite.Language{}), tasktest.Reference(1))
	if !reflect.DeepEqual(first, again) {
		t.Error("another time, other scores")
	}
	tasktest.Sound(t, language.Kind{}.Measures(t.Context(), &suite.Task{}), first)
	if mean, n := first.Mean("in_language"); mean != 1 || n != 60 {
		t.Errorf("in Russian: %v of %d", mean, n)
	}
}

func TestBadFilesOfPromptsAreRefusedWithFileAndLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "p.jsonl:1:1: no items",
		"{\"id\":\"1\",\"prompt\":\"x\"}\n{\"id\":\"2\"}": "p.jsonl:2:1: field prompt is missing",
		"{\"id\":\"1\",\"prompt\":\"\xcf\"}":              "p.jsonl:1:21: not UTF-8",
	} {
		path := filepath.Join(t.TempDir(), "p.jsonl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := language.Kind{}.Load(t.Context(), setup(suite.Language{Prompts: path}))
		if _, ok := errors.AsType[spec.Problems](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
