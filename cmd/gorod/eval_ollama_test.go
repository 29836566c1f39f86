//go:build components

package main_test

import (
	"bufio"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm/ollamatest"
)

// realEvaluation has a model of a real server as subject and as both judges.
const realEvaluation = `apiVersion: gorod/v1
kind: Evaluation
name: real
models:
  tiny: {provider: ollama, model: %q, endpoints: [%q], max_tokens: 40, timeout: 60s}
  offline: {provider: reference}
subjects:
  - {name: tiny, model: tiny}
  - {name: offline, model: offline}
tasks:
  - {name: language, language: {}, limit: 2, judges: [grammar, pairs]}
  - {name: choice, choice: {}, limit: 2}
judges:
  - {name: grammar, model: tiny}
  - {name: pairs, model: tiny, mode: pairwise}
comparisons:
  - {task: language, measure: leak, a: tiny, b: offline}
`

// killedAfter starts an evaluation and kills it when it has told of its progress
// so many times.
func killedAfter(t *testing.T, dir string, tellings int, args ...string) {
	t.Helper()
	cmd := command(t, dir, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), `"event":"progress"`) {
			tellings--
		}
		if tellings <= 0 {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if cmd.Wait() == nil {
		t.Error("it ended before it was killed")
	}
}

// A tiny model babbles, but it is asked, judged by a judge that babbles too,
// killed in the midst of it and gone on with as any other.
func TestAnEvaluationAgainstARealOllama(t *testing.T) {
	server := ollamatest.Start(t)
	dir := t.TempDir()
	put(t, dir, "suite.yaml", fmt.Sprintf(realEvaluation, server.Model, server.URL))
	killedAfter(t, dir, 1, "eval", "run", "suite.yaml", "--json", "--no-report", "--out", "e")
	a := gorod(t, dir, "eval", "run", "--resume", "e", "--json")
	if a.code != 0 || !strings.Contains(a.stdout, `"event":"done"`) {
		t.Fatalf("%v\nOllama: %s", a, server.Log())
	}
	want := parquet(t, filepath.Join(dir, "e"))
	server.Kill(t)
	if a := gorod(t, dir, "eval", "run", "--no-report", "--resume", "e"); a.code != 0 {
		t.Errorf("what was asked is asked again: %v", a)
	}
	if parquet(t, filepath.Join(dir, "e")) != want {
		t.Error("the same replies give other rows")
	}
	if a := gorod(t, dir, "eval", "verify", "e"); a.code != 0 {
		t.Errorf("%v", a)
	}
}
