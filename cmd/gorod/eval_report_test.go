package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
)

// evaluated is a folder with an evaluation that is done, named e.
func evaluated(t *testing.T) string {
	t.Helper()
	dir := suiteIn(t, byReference)
	if a := gorod(t, dir, "eval", "run", "suite.yaml", "--out", "e", "--set", "tasks[0].limit=20"); a.code != 0 || !strings.Contains(a.stdout, filepath.Join("e", "report", "report.html")) {
		t.Fatal(a)
	}
	return dir
}

func edit(t *testing.T, path, pattern, with string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(pattern).FindIndex(data)
	if at == nil {
		t.Fatalf("%s does not have %s", path, pattern)
	}
	put(t, filepath.Dir(path), filepath.Base(path), string(data[:at[0]])+with+string(data[at[1]:]))
}

func TestAnEvaluationEndsWithAReportThatIsVerified(t *testing.T) {
	t.Parallel()
	dir := evaluated(t)
	if a := gorod(t, dir, "eval", "verify", "e"); a.code != 0 || !strings.Contains(a.stdout, "all as the rows give them") {
		t.Fatal(a)
	}
	edit(t, filepath.Join(dir, "e", "report", "numbers.tex"), `CorrectRuBase\}\{0,\d+`, `CorrectRuBase}{0,987`)
	edit(t, filepath.Join(dir, "e", "report", "report.md"), `0,\d\d\d \\\[`, `0,986 \[`)
	a := gorod(t, dir, "eval", "verify", "e")
	if a.code != 1 || !strings.Contains(a.stdout, "0,987") || !strings.Contains(a.stdout, "0,986") || !strings.Contains(a.stdout, "numbers.tex:") || !strings.Contains(a.stderr, "2 differences") {
		t.Error(a)
	}
	if a := gorod(t, dir, "eval", "report", "e"); a.code != 0 {
		t.Fatal(a)
	}
	if a := gorod(t, dir, "eval", "verify", "e", "--json"); a.code != 0 || !strings.Contains(a.stdout, `"differences":[],`) {
		t.Error(a)
	}
}

func TestARowThatWasTamperedWithIsFound(t *testing.T) {
	t.Parallel()
	dir := evaluated(t)
	path := filepath.Join(dir, "e", "scores.parquet")
	rows, err := sample.ReadAll[sample.Score](path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if rows[i].Measure == "correct_ru" {
			rows[i].Value = 1 - rows[i].Value
			break
		}
	}
	w, err := sample.Create[sample.Score](path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a := gorod(t, dir, "eval", "verify", "e")
	if a.code != 1 || !strings.Contains(a.stdout, "scores.parquet: not the file that the evaluation wrote") || !strings.Contains(a.stdout, "numbers.tex:") {
		t.Error(a)
	}
}

func TestTwoSubjectsAreComparedOnOneScreen(t *testing.T) {
	t.Parallel()
	dir := evaluated(t)
	a := gorod(t, dir, "eval", "compare", "tuned", "base", "e")
	if a.code != 0 || !strings.Contains(a.stdout, "correct_ru") || !strings.Contains(a.stdout, "A: tuned") || strings.Count(a.stdout, "\n") > 40 || !regexp.MustCompile(`\d+ of \d+ measures differ`).MatchString(a.stdout) {
		t.Error(a)
	}
	if a := gorod(t, dir, "eval", "compare", "tuned", "нет", "e"); a.code != 2 || !strings.Contains(a.stderr, `no subject "нет"; it has [base tuned]`) {
		t.Error(a)
	}
	a = gorod(t, dir, "eval", "compare", "e", "e", "--json")
	var found struct {
		Comparisons []struct {
			Name, Task, Measure string
			Difference          struct{ Value float64 }
			Test                struct{ Why string }
		}
	}
	if err := json.Unmarshal([]byte(a.stdout), &found); a.code != 0 || err != nil || len(found.Comparisons) < 10 {
		t.Fatal(a, err)
	}
	for _, c := range found.Comparisons {
		if c.Difference.Value != 0 || c.Test.Why == "" || c.Name == "" {
			t.Errorf("an evaluation differs from itself: %+v", c)
		}
	}
	if a := gorod(t, dir, "eval", "verify", "--json", "e"); a.code != 0 || !strings.Contains(a.stdout, `"changed_rows":[],"differences":[],`) {
		t.Error(a)
	}
	if a := gorod(t, dir, "eval", "compare", "e", "f"); a.code != 2 || !strings.Contains(a.stderr, "f: not the folder of an evaluation, as e is") {
		t.Error(a)
	}
	if a := gorod(t, dir, "eval", "compare", "a", "b"); a.code != 2 || !strings.Contains(a.stderr, "no evaluation") {
		t.Error(a)
	}
}

func TestConditionsOfAStudyAreCompared(t *testing.T) {
	t.Parallel()
	personas, err := filepath.Abs("../../experiments/personas/ru")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put(t, dir, "study.yaml", `apiVersion: gorod/v1
kind: Experiment
name: feeds
language: ru
seed: 1
repeats: 3
clock: {start: 2026-03-02T08:00, step: 1h, ticks: 4}
models: {default: {provider: reference}}
population: [{personas: ["`+personas+`/*.yaml"], count: 4}]
agents: {planner: {plugin: planner/justplan}, activity: [1]}
environment:
  network: {feed: {rank: hot, size: 10}}
metrics: [{plugin: metric/activity}]
matrix:
  axes:
    environment.network.feed.rank: [hot, random]
`)
	if a := gorod(t, dir, "run", "study.yaml", "--out", "r"); a.code != 0 {
		t.Fatal(a)
	}
	a := gorod(t, dir, "eval", "compare", "feed=hot", "feed=random", "r")
	if a.code != 0 || !strings.Contains(a.stdout, "texts_per_agent_tick") || !strings.Contains(a.stdout, "A: feed=hot") || strings.Contains(a.stdout, "e-1") {
		t.Error(a)
	}
	if !strings.Contains(a.stdout, "few independent clusters or runs: society (3); ") {
		t.Errorf("three runs are not said to be few: %v", a)
	}
	put(t, dir, "suite.yaml", "apiVersion: gorod/v1\nkind: Evaluation\nname: town\ntasks:\n  - {name: town, society: {runs: [r]}}\ncomparisons:\n"+
		"  - {task: town, measure: texts_per_agent_tick, a: feed=hot, b: feed=random}\n")
	if a := gorod(t, dir, "eval", "plan", "suite.yaml"); a.code != 0 || !regexp.MustCompile(`town +society +2 +3 +3 +0\n`).MatchString(a.stdout) || !strings.Contains(a.stdout, "no model is asked") {
		t.Error(a)
	}
	if a := gorod(t, dir, "eval", "compare", "feed=hot", "feed=old", "r"); a.code != 2 || !strings.Contains(a.stderr, "it has [feed=hot feed=random]") {
		t.Error(a)
	}
}

func TestAPlanIsToldBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	dir := evaluated(t)
	a := gorod(t, dir, "eval", "plan", "suite.yaml")
	for _, want := range []string{"A family of 1 comparison", "correct_ru", "60", "0.3 (assumed)", "calls:  360 to subjects", "assuming 550 tokens"} {
		if !strings.Contains(a.stdout, want) {
			t.Errorf("the plan does not say %q:\n%v", want, a)
		}
	}
	if a := gorod(t, dir, "eval", "plan", "suite.yaml", "--from", "e"); a.code != 0 || !strings.Contains(a.stdout, "(pilot)") || !strings.Contains(a.stdout, "as many a call as in e") {
		t.Error(a)
	}
	var planned struct {
		Calls       int
		Comparisons []struct{ Detectable float64 }
	}
	a = gorod(t, dir, "eval", "plan", "suite.yaml", "--json", "--set", "comparisons=[]")
	if err := json.Unmarshal([]byte(a.stdout), &planned); err != nil || planned.Calls != 360 || len(planned.Comparisons) < 10 || planned.Comparisons[0].Detectable <= 0 {
		t.Error(a, err)
	}
	if strings.Contains(a.stdout, `"own"`) {
		t.Errorf("what only people are asked is planned: %v", a)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "evals", "*")); err != nil || len(left) > 0 {
		t.Errorf("a plan has left %v, %v", left, err)
	}
}

func TestWhatIsNoEvaluationIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, verb := range []string{"report", "verify"} {
		if a := gorod(t, dir, "eval", verb, "."); a.code != 2 || a.stderr == "" {
			t.Errorf("%s: %v", verb, a)
		}
	}
}
