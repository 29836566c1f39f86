package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shipped are the experiments that come with gorod.
func shipped(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../../experiments/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, file := range found {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\nkind: Experiment\n") {
			continue // a recipe of a dataset, or a fine-tuning
		}
		if file, err = filepath.Abs(file); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if len(files) < 15 {
		t.Fatalf("found %v", files)
	}
	return files
}

func TestShippedExperimentsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, file := range shipped(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"# Asks:", "# Measures:", "# Takes:", "\nname: " + strings.TrimSuffix(filepath.Base(file), ".yaml") + "\n", "\ndescription:"} {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s lacks %q", filepath.Base(file), part)
			}
		}
	}
}

// Every shipped experiment runs to its end on the reference provider, one run a
// cell, and a run of it replays to the same digest without a model.
func TestShippedExperimentsRunAndVerify(t *testing.T) {
	t.Parallel()
	for _, file := range shipped(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			a := gorod(t, dir, "run", "--json", "--set", "repeats=1", file)
			if a.code != 0 {
				t.Fatal(a)
			}
			d := lastLine(t, a)
			for _, run := range d.Runs {
				if run.Status != "done" || run.Digest == "" {
					t.Errorf("cell %s: %s %s", run.Cell, run.Status, run.Error)
				}
			}
			if v := gorod(t, dir, "validate", filepath.Join(d.Study, "study.yaml")); v.code != 0 {
				t.Errorf("the study of the run directory: %v", v)
			}
			if v := gorod(t, dir, "verify", d.Runs[len(d.Runs)-1].Dir); v.code != 0 {
				t.Error(v)
			}
			if page, err := os.ReadFile(filepath.Join(dir, d.Report)); err != nil || len(page) < 10_000 {
				t.Errorf("report of %d bytes, %v", len(page), err)
			}
		})
	}
}

func TestShippedFineTuningsAreValid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../experiments/finetune-*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for i, file := range files {
		if files[i], err = filepath.Abs(file); err != nil {
			t.Fatal(err)
		}
	}
	a := gorod(t, t.TempDir(), append([]string{"validate"}, files...)...)
	if a.code != 0 || strings.Count(a.stdout, "ok (fine-tuning of ") != len(files) {
		t.Fatal(a)
	}
	if a = gorod(t, t.TempDir(), "validate", files[0], "--set", "method.rank=0"); a.code != 2 || !strings.Contains(a.stdout, "--set method.rank=0: method.rank is out of range") {
		t.Error(a)
	}
	if a = gorod(t, t.TempDir(), "validate", "--schema", "--kind", "Finetune"); a.code != 0 || !strings.Contains(a.stdout, `"gradient_checkpointing"`) {
		t.Error(a)
	}
}
