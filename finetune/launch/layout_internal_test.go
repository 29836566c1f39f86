package launch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/llm-city/gorod/finetune/job"
)

func TestParquetGoesAlongWithLinesForWhatWasRetrieved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"messages/train.jsonl", "data/train.parquet", "data/validation.parquet"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for retrieved, want := range map[bool][]string{
		false: {"data/train.jsonl", "data/validation.parquet"},
		true:  {"data/train.jsonl", "data/train.parquet", "data/validation.parquet"},
	} {
		files, err := dataFiles(&job.Job{Dataset: job.Dataset{Path: dir, Train: "train", Validation: "validation", Retrieved: retrieved}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.To)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("retrieved %v: %v, want %v", retrieved, got, want)
		}
	}
}
