package dialogue_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/dialogue"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
)

func load(t *testing.T, of suite.Task) (task.Task, error) {
	t.Helper()
	return dialogue.Kind{}.Load(t.Context(), task.Setup{Suite: &suite.Suite{Name: "s", Language: "ru"}, Task: &of, Path: "tasks[0]"})
}

// dataset writes messages in JSON Lines as the test split of a dataset.
func dataset(t *testing.T, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "test.jsonl"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	invitation = `{"id":"a","messages":[{"role":"system","content":"Ты Оля."},{"role":"user","content":"придёшь?"},{"role":"user","content":"ау"},{"role":"assistant","content":"да, в семь"}]}`
	greeting   = `{"messages":[{"role":"user","content":"привет"},{"role":"assistant","content":"здорово"},{"role":"user","content":"как ты"},{"role":"assistant","content":"норм"}]}`
	monologue  = `{"messages":[{"role":"assistant","content":"всем спокойной ночи"}]}`
)

func loaded(t *testing.T, lines ...string) task.Task {
	t.Helper()
	of, err := load(t, suite.Task{Dialogue: &suite.Dialogue{Dataset: dataset(t, lines...), Split: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	return of
}

func ask(t *testing.T, of task.Task, answer func(task.Prompt) string) tasktest.Result {
	t.Helper()
	r := tasktest.Ask(t, of, &tasktest.Subject{Answer: answer})
	tasktest.Sound(t, dialogue.Kind{}.Measures(t.Context(), nil), r)
	return r
}

func TestThePromptIsTheDialogueAndTheReferenceThePersonsReply(t *testing.T) {
	t.Parallel()
	r := ask(t, loaded(t, invitation, monologue, greeting), func(p task.Prompt) string { return p.Reference })
	if len(r.Samples) != 2 {
		t.Fatalf("%d samples: a reply to nobody cannot be asked for", len(r.Samples))
	}
	first, second := r.Samples[0], r.Samples[1]
	if first.Item != "a" || len(first.Messages) != 2 || first.Messages[0].Role != "system" || first.Messages[1].Content != "придёшь?\nау" || first.Reference != "да, в семь" {
		t.Errorf("%+v", first)
	}
	if second.Item != "line-3" || len(second.Messages) != 3 || second.Messages[1].Role != "assistant" || second.Reference != "норм" {
		t.Errorf("%+v", second)
	}
}

func TestRepliesAreComparedWithThePersons(t *testing.T) {
	t.Parallel()
	of := loaded(t, invitation)
	for _, tt := range []struct {
		reply  string
		want   map[string]float64
		judged int
	}{
		{"да, в семь", map[string]float64{"chrf": 100, "length_ratio": 1, "empty": 0, "refusal": 0}, 1},
		{"ого", map[string]float64{"chrf": 0, "length_ratio": 0.3, "empty": 0}, 1},
		{strings.Repeat("да, в семь", 3), map[string]float64{"length_ratio": 3}, 1},
		{"Извините, но я не могу обсуждать это.", map[string]float64{"refusal": 1, "empty": 0}, 1},
		{" ", map[string]float64{"chrf": 0, "length_ratio": 0, "empty": 1, "refusal": 0}, 0},
	} {
		answer := func(task.Prompt) string { return tt.reply }
		r := ask(t, of, answer)
		for measure, want := range tt.want {
			if got, n := r.Mean(measure); n != 1 || got < want-1e-9 || got > want+1e-9 {
				t.Errorf("%q: %s is %v, want %v", tt.reply, measure, got, want)
			}
		}
		out, err := of.Ask(t.Context(), &tasktest.Subject{Answer: answer}, of.Items()[0])
		if err != nil || len(out.Judged) != tt.judged {
			t.Errorf("%q: judged %v, %v", tt.reply, out.Judged, err)
		}
	}
}

func TestWhatCannotBeComparedSaysWhy(t *testing.T) {
	t.Parallel()
	r := ask(t, loaded(t, strings.Replace(invitation, "да, в семь", " ", 1)), func(task.Prompt) string { return "да" })
	if r.Missing("chrf")["the person replied without words"] != 1 {
		t.Errorf("%v", r.Missing("chrf"))
	}
	r = tasktest.Ask(t, loaded(t, invitation), &tasktest.Subject{Fails: func(task.Prompt) string { return "refused by the server" }})
	if r.Missing("empty")["no reply: refused by the server"] != 1 || r.Missing("chrf")["no reply: refused by the server"] != 1 {
		t.Errorf("%v", r.Scores)
	}
}

func TestTheReferenceProviderAnswersTheSameTwice(t *testing.T) {
	t.Parallel()
	of := loaded(t, invitation, greeting)
	first, again := tasktest.Ask(t, of, tasktest.Reference(1)), tasktest.Ask(t, of, tasktest.Reference(1))
	if !reflect.DeepEqual(first, again) {
		t.Error("another time, other scores")
	}
	tasktest.Sound(t, dialogue.Kind{}.Measures(t.Context(), nil), first)
}

func TestAsManyDialoguesAreReadAsAreAsked(t *testing.T) {
	t.Parallel()
	// What stands behind the limit is not even looked at.
	of, err := load(t, suite.Task{Limit: 1, Dialogue: &suite.Dialogue{Dataset: dataset(t, invitation, "no JSON"), Split: "test"}})
	if err != nil || len(of.Items()) != 1 {
		t.Errorf("%v", err)
	}
}

func TestDatasetsThatCannotBeAskedAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, split, want string
		lines             []string
	}{
		{"no split", "validation", `no such split "validation"`, []string{invitation}},
		{"no JSON", "test", "test.jsonl:2: no JSON of messages", []string{invitation, "{"}},
		{"no reply", "test", "test.jsonl:1: the last message is no reply", []string{`{"messages":[{"role":"user","content":"а"}]}`}},
		{"twice", "test", `the id "a" is there twice`, []string{invitation, invitation}},
		{"empty", "test", "no dialogues", nil},
		{"nothing to answer", "test", "no dialogues", []string{monologue}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, suite.Task{Dialogue: &suite.Dialogue{Dataset: dataset(t, tt.lines...), Split: tt.split}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	if _, err := load(t, suite.Task{Dialogue: &suite.Dialogue{Dataset: "absent"}}); err == nil || !strings.Contains(err.Error(), "find the dataset") {
		t.Errorf("%v", err)
	}
}
