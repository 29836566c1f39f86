package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// evaluation is one of two subjects; models are filled in.
const evaluation = `apiVersion: gorod/v1
kind: Evaluation
name: asking
models:
  default: %s
subjects:
  - {name: base, model: default}
  - {name: tuned, model: default, system: "Отвечай по-русски."}
tasks:
  - language: {}
  - retention: {}
comparisons:
  - {task: retention, measure: correct_ru, a: tuned, b: base}
`

const byReference = "{provider: reference}"

func byServer(url string) string {
	return fmt.Sprintf("{provider: openai, model: m, endpoints: [%q], parallel: 4, retries: 0}", url+"/v1")
}

// suiteIn is a folder with a suite.
func suiteIn(t *testing.T, model string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "suite.yaml", fmt.Sprintf(evaluation, model))
	return dir
}

// parquet is the two files of an evaluation, as text.
func parquet(t *testing.T, dir string) string {
	t.Helper()
	text := ""
	for _, name := range []string{"samples.parquet", "scores.parquet"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	return text
}

func TestAnEvaluationIsDoneListedAndTheSameOnAnyNumberOfCPUs(t *testing.T) {
	t.Parallel()
	dir := suiteIn(t, byReference)
	if a := gorod(t, dir, "validate", "suite.yaml"); a.code != 0 || !strings.Contains(a.stdout, "evaluation of 2 subjects by 2 tasks") {
		t.Fatal(a)
	}
	var all []string
	for _, cpus := range []string{"1", "8"} {
		cmd := command(t, dir, "eval", "run", "suite.yaml", "--no-report", "--out", "e"+cpus)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+cpus)
		if a := finish(t, cmd); a.code != 0 || !strings.Contains(a.stdout, filepath.Join("e"+cpus, "scores.parquet")) || !strings.Contains(a.stdout, "tuned") {
			t.Fatal(a)
		}
		all = append(all, parquet(t, filepath.Join(dir, "e"+cpus)))
	}
	if all[0] != all[1] {
		t.Error("the number of CPUs has changed the rows")
	}
	a := gorod(t, dir, "eval", "run", "suite.yaml", "--json", "--set", "tasks[0].limit=2")
	if a.code != 0 || !strings.Contains(a.stdout, `"event":"progress"`) || !strings.Contains(a.stdout, `"event":"done"`) {
		t.Error(a)
	}
	if ls := gorod(t, dir, "eval", "ls"); ls.code != 0 || !strings.Contains(ls.stdout, filepath.Join("evals", "asking-")) || !strings.Contains(ls.stdout, "done") {
		t.Error(ls)
	}
	if ls := gorod(t, dir, "eval", "ls", "--json", "."); ls.code != 0 || strings.Count(ls.stdout, `"name":"asking"`) != 2 {
		t.Error(ls)
	}
}

func TestABadSuiteIsToldBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	dir := suiteIn(t, byReference)
	for args, says := range map[string]string{
		"suite.yaml --set comparisons[0].measure=corect_ru":       `did you mean "correct_ru"?`,
		"suite.yaml --set subjects[0].model=none":                 `no model "none"`,
		"suite.yaml --set tasks[0].language.prompts=none.jsonl":   "none.jsonl",
		"suite.yaml --set subjects[0].plugin.plugin=sentiment/x":  "sentiment",
		"suite.yaml --set models.default.api_key_env=NO_SUCH_KEY": "subject base",
		"none.yaml":               "none.yaml: cannot be read",
		"--resume " + t.TempDir(): "not the folder of an evaluation",
		"suite.yaml --resume x":   "either a suite's FILE or --resume DIR",
		"--resume x --out y":      "--out is for a new evaluation",
	} {
		a := gorod(t, dir, append([]string{"eval", "run"}, strings.Fields(args)...)...)
		if a.code != 2 || !strings.Contains(a.stderr, says) {
			t.Errorf("%s: %v does not say %q", args, a, says)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

// Killed at any moment, an evaluation goes on to the same bytes.
func TestAKilledEvaluationGoesOnToTheSameRows(t *testing.T) {
	t.Parallel()
	dir := suiteIn(t, byReference)
	args := []string{"eval", "run", "suite.yaml", "--no-report", "--set", "repeats=30"}
	began := time.Now()
	if a := gorod(t, dir, append(args, "--out", "whole")...); a.code != 0 {
		t.Fatal(a)
	}
	length, want := time.Since(began), parquet(t, filepath.Join(dir, "whole"))
	killed := 0
	for i := range 4 {
		out := fmt.Sprint("e", i)
		cmd := command(t, dir, append(args, "--out", out)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(length*time.Duration(2*i+2)/9, func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		timer.Stop()
		if _, err := os.Stat(filepath.Join(dir, out, "manifest.json")); err != nil {
			continue // killed before it began
		}
		if a := gorod(t, dir, "eval", "run", "--no-report", "--resume", out); a.code != 0 {
			t.Fatal(a)
		}
		if parquet(t, filepath.Join(dir, out)) != want {
			t.Errorf("%s has other rows", out)
		}
	}
	if killed == 0 {
		t.Error("nothing was killed")
	}
}

func TestAnInterruptedEvaluationSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1000)
	server := llmtest.Start(llmtest.Options{Slots: 4, Mean: 20 * time.Millisecond, Fault: func(int, llmtest.Request) llmtest.Fault {
		asked <- struct{}{}
		return llmtest.Fault{}
	}})
	defer server.Close()
	dir := suiteIn(t, byServer(server.URL))
	var stdout, stderr strings.Builder
	cmd := command(t, dir, "eval", "run", "--no-report", "--out", "e", "suite.yaml")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for range 20 {
		select {
		case <-asked:
		case err := <-ended:
			t.Fatalf("it ended by itself: %v: %s%s", err, &stdout, &stderr)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-ended // its code is looked at
	if cmd.ProcessState.ExitCode() != 3 || !strings.Contains(stderr.String(), "go on with: gorod eval run --resume e") {
		t.Fatalf("exit %d: %s%s", cmd.ProcessState.ExitCode(), &stdout, &stderr)
	}
	before := server.Stats().Requests
	a := gorod(t, dir, "eval", "run", "--no-report", "--json", "--resume", "e")
	if a.code != 0 {
		t.Fatal(a)
	}
	var last struct{ Hits, Replies int }
	for line := range strings.Lines(a.stdout) {
		if strings.Contains(line, `"progress"`) {
			if err := json.Unmarshal([]byte(line), &last); err != nil {
				t.Fatal(err)
			}
		}
	}
	if last.Hits != before || last.Replies != server.Stats().Requests-before {
		t.Errorf("%d requests before the interrupt, %d after: %+v", before, server.Stats().Requests-before, last)
	}
	first := parquet(t, filepath.Join(dir, "e"))
	server.Close()
	if a := gorod(t, dir, "eval", "run", "--no-report", "--resume", "e"); a.code != 0 || parquet(t, filepath.Join(dir, "e")) != first {
		t.Error(a)
	}
}

func TestABudgetStopsAnEvaluation(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(llmtest.Options{Slots: 4})
	defer server.Close()
	dir := suiteIn(t, byServer(server.URL))
	a := gorod(t, dir, "eval", "run", "--out", "e", "suite.yaml", "--set", "budget.max_calls=9")
	if a.code != 3 || !strings.Contains(a.stderr, "9 of 9 calls") || !strings.Contains(a.stderr, "--resume e --set budget.max_calls=N") || server.Stats().Requests != 9 {
		t.Fatal(a)
	}
	for _, look := range [][]string{{"verify", "e"}, {"compare", "tuned", "base", "e"}, {"report", "e"}} {
		if a := gorod(t, dir, append([]string{"eval"}, look...)...); a.code != 2 || !strings.Contains(a.stderr, "its rows are not written yet; go on with: gorod eval run --resume e") {
			t.Errorf("%v: %v", look, a)
		}
	}
	if a := gorod(t, dir, "eval", "run", "--resume", "e", "--set", "budget.max_calls=100000"); a.code != 0 {
		t.Error(a)
	}
}

func TestABudgetHoldsForPluginsThatAskModels(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(llmtest.Options{Slots: 4})
	defer server.Close()
	dir := t.TempDir()
	put(t, dir, "suite.yaml", fmt.Sprintf(`apiVersion: gorod/v1
kind: Evaluation
name: plugins
models: {default: %s}
subjects:
  - {name: asked, model: default, plugin: {plugin: sentiment/llm}}
tasks: [{sentiment: {}}]
budget: {max_calls: 3}
`, byServer(server.URL)))
	a := gorod(t, dir, "eval", "run", "--no-report", "--out", "e", "suite.yaml")
	if a.code != 3 || !strings.Contains(a.stderr, "3 of 3 calls") || server.Stats().Requests != 3 {
		t.Error(a, server.Stats().Requests)
	}
}

func TestAModelThatIsDownLeavesNoFolder(t *testing.T) {
	t.Parallel()
	dir := suiteIn(t, byServer("http://127.0.0.1:1"))
	if a := gorod(t, dir, "eval", "run", "suite.yaml"); a.code != 1 || !strings.Contains(a.stderr, "subject base, subject tuned cannot answer: models.default") {
		t.Error(a)
	}
	if _, err := os.Stat(filepath.Join(dir, "evals")); err == nil {
		t.Error("a folder was made")
	}
}
