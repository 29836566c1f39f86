package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
)

// A dataset that gorod built, retrieval from it, plugins beside models, judges.
func TestSubjectsOfEveryKindAnswer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recipe, err := filepath.Abs("../../experiments/dataset-telegram.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "dataset", "build", recipe, "--out", "data"); a.code != 0 {
		t.Fatal(a)
	}
	put(t, dir, "suite.yaml", `apiVersion: gorod/v1
kind: Evaluation
name: kinds
models: {default: {provider: reference}}
subjects:
  - {name: base, model: default}
  - {name: retrieval, model: default, retrieve: {dataset: data, k: 2}}
  - {name: lexicon, plugin: {plugin: sentiment/lexicon}}
  - {name: asked, model: default, plugin: {plugin: sentiment/llm}}
tasks:
  - {dialogue: {dataset: data}, judges: [marks, pairs]}
  - {sentiment: {}, limit: 10}
judges:
  - {name: marks, model: default}
  - {name: pairs, model: default, mode: pairwise}
`)
	if a := gorod(t, dir, "eval", "run", "suite.yaml", "--out", "e", "--no-report"); a.code != 0 {
		t.Fatal(a)
	}
	samples, err := sample.ReadAll[sample.Sample](filepath.Join(dir, "e", sample.SamplesFile))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, x := range samples {
		count[x.Task+" "+x.Subject]++
		if remembered := strings.Count(x.Messages[0].Content, "\n→ "); x.Subject == "retrieval" && remembered != 2 || x.Subject == "base" && remembered != 0 {
			t.Errorf("%s: %d exchanges in %q", x.ID, remembered, x.Messages[0].Content)
		}
		if plugin := x.Subject == "lexicon"; plugin && (x.Model != "sentiment/lexicon" || len(x.Digest) != 64) {
			t.Errorf("%+v", x)
		}
	}
	if n := count["dialogue base"]; n == 0 || n != count["dialogue retrieval"] || len(count) != 6 || count["sentiment lexicon"] != 10 || count["sentiment asked"] != 10 {
		t.Errorf("%v", count)
	}
	scores, err := sample.ReadAll[sample.Score](filepath.Join(dir, "e", sample.ScoresFile))
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]bool{}
	for _, x := range scores {
		by[x.By] = true
	}
	if !by["marks"] || !by["pairs"] {
		t.Errorf("%v", by)
	}
	first := parquet(t, filepath.Join(dir, "e"))
	if a := gorod(t, dir, "eval", "run", "--resume", "e", "--no-report"); a.code != 0 || parquet(t, filepath.Join(dir, "e")) != first {
		t.Error("readings of plugins are not as they were:", a)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "data", "train.parquet"), []byte("PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "eval", "run", "--resume", "e", "--no-report"); a.code == 0 || !strings.Contains(a.stderr, "train.parquet") {
		t.Error(a)
	}
}
