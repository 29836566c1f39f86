package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// needs are what an evaluation that comes with gorod needs to be run first, and
// then to be told.
func needs(t *testing.T, name string) (first, set []string) {
	t.Helper()
	here := func(file string) string {
		path, err := filepath.Abs("../../experiments/" + file)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	switch name {
	case "eval-planners":
		return []string{"run", here("planners.yaml")}, []string{`tasks[0].society.runs=["runs/planners-*"]`}
	case "eval-finetune":
		const at = "=datasets/telegram-example"
		return []string{"dataset", "build", here("dataset-telegram.yaml")}, []string{
			"subjects[2].retrieve.dataset" + at, "tasks[0].dialogue.dataset" + at, "tasks[1].style.dataset" + at, "tasks[3].memorisation.dataset" + at,
		}
	}
	return nil, nil
}

// Every shipped evaluation says what it is, runs to its report on the reference
// provider, and the report is what its rows say.
func TestShippedEvaluationsRunAndVerify(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../experiments/eval-*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if file, err = filepath.Abs(file); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"# Asks:", "# Measures:", "# Takes:", "gorod eval run experiments/" + name + ".yaml", "\nname: " + name + "\n", "\ntitle:", "\ncomparisons:"} {
			if !strings.Contains(string(text), part) && !strings.Contains(string(text), strings.Replace(part, "run exp", "run  exp", 1)) {
				t.Errorf("%s lacks %q", name, part)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			first, set := needs(t, name)
			if first != nil {
				if a := gorod(t, dir, first...); a.code != 0 {
					t.Fatal(a)
				}
			}
			args := []string{"eval", "run", file, "--out", "out"}
			for _, one := range set {
				args = append(args, "--set", one)
			}
			if a := gorod(t, dir, "validate", file); a.code != 0 {
				t.Error(a)
			}
			if a := gorod(t, dir, args...); a.code != 0 {
				t.Fatal(a)
			}
			if a := gorod(t, dir, "eval", "verify", "out"); a.code != 0 {
				t.Error(a)
			}
			page, err := os.ReadFile(filepath.Join(dir, "out", "report", "report.md"))
			if err != nil || strings.Contains(string(page), "NaN") || strings.Contains(string(page), "Inf") {
				t.Errorf("report of %d bytes, %v", len(page), err)
			}
		})
	}
}

func TestTheEvaluationOfTheReadmeIsAValidOne(t *testing.T) {
	t.Parallel()
	_, text, found := strings.Cut(read(t, "../../README.md"), "```yaml\napiVersion: gorod/v1\nkind: Evaluation\n")
	text, _, ends := strings.Cut(text, "```")
	if !found || !ends {
		t.Fatal("the README has no evaluation")
	}
	dir := t.TempDir()
	put(t, dir, "mine.yaml", "apiVersion: gorod/v1\nkind: Evaluation\n"+text)
	if a := gorod(t, dir, "validate", "mine.yaml"); a.code != 0 || !strings.Contains(a.stdout, "ok (evaluation of 2 subjects by 4 tasks)") {
		t.Error(a)
	}
}
