package annotate_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/eval/annotate"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// talks is a task whose references are what a person said.
type talks struct{ n int }

func (talks) Name() string { return "dialogue" }

func (talks) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{{Name: "win", High: 1, Better: 1, Judged: true, Per: task.PerItem}}
}

func (k talks) Load(context.Context, task.Setup) (task.Task, error) { return k, nil }

func (k talks) Items() (out []task.Item) {
	for i := range k.n {
		out = append(out, task.Item{ID: fmt.Sprint("разговор-", i), Cluster: fmt.Sprint("люди-", i%3), Criteria: "Ася <b>20</b> лет"})
	}
	return out
}

const hostile = `<script>alert("xss")</script><img src=x onerror=alert(1)> </article> ` + "\u202e"

func (k talks) Ask(_ context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	reply := fmt.Sprintf("%s ответ %s, и вот что ещё: длинная строка без пробелов %s", hostile, s.Name(), strings.Repeat("ы", 60))
	if item.ID == "разговор-0" && s.Name() == "tuned" {
		reply = "" // nothing to judge
	}
	return task.Outcome{Judged: []int{0}, Samples: []sample.Sample{{
		Messages: []sample.Message{
			{Role: "system", Content: "ты — модель " + s.Name()}, {Role: "user", Content: "привет! " + hostile}, {Role: "assistant", Content: "о, привет"},
			{Role: "user", Content: "как дела? " + item.ID},
		},
		Reply: reply, Reference: "да норм, а у тебя?\nчто делаешь",
	}}}, nil
}

func (talks) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) { return nil, nil }

const text = `apiVersion: gorod/v1
kind: Evaluation
name: talk
language: %s
models: {default: {provider: reference}}
subjects: [{name: base, model: default}, {name: tuned, model: default}]
tasks: [{dialogue: {dataset: data}%s}]
%s`

func at() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

// evaluated is the folder of an evaluation of n items in two subjects' words.
func evaluated(t *testing.T, language string, n int, judges ...string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "data", "messages"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "data", "messages", "test.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	by, more := "", ""
	for _, name := range judges {
		by, more = ", judges: ["+name+"]", "judges: [{name: "+name+", model: default, mode: "+map[string]string{"pairs": "pairwise", "marks": "rubric"}[name]+"}]\n"
	}
	s, err := suite.Parse(filepath.Join(home, "suite.yaml"), fmt.Appendf(nil, text, language, by, more))
	if err != nil {
		t.Fatal(err)
	}
	e, err := runner.Prepare(t.Context(), runner.Options{
		Suite: s, Kinds: []task.Kind{talks{n}}, Catalog: host.NewCatalog("", nil, nil, slog.New(slog.DiscardHandler)), Getenv: func(string) string { return "" },
		Version: "test", Now: at, Log: slog.New(slog.DiscardHandler),
		NewJudge: func(of suite.Judge, p llm.Provider, language string) (runner.Judge, error) {
			return judge.New(of, p, language)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "out")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func opened(t *testing.T, o annotate.Options) *annotate.Session {
	t.Helper()
	o.Now, o.Log, o.Kinds = at, slog.New(slog.DiscardHandler), []task.Kind{talks{30}}
	s, err := annotate.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // also where a test has closed it
	return s
}

// human are the rows of people's scores.
func human(t *testing.T, dir string) []sample.Score {
	t.Helper()
	rows, err := sample.ReadAll[sample.Score](filepath.Join(dir, "human.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(rows, func(a, b sample.Score) int { return strings.Compare(a.Sample+a.Words, b.Sample+b.Words) })
	return rows
}
