package sample_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/eval/sample"
)

func samples(n int) []sample.Sample {
	out := make([]sample.Sample, n)
	for i := range out {
		out[i] = sample.Sample{
			ID: fmt.Sprint("a/b/", i), Task: "диалог", Subject: []string{"base", "tuned"}[i%2], Item: fmt.Sprint(i / 2), Repeat: int32(i % 3), Turn: int32(i % 4),
			Reply: strings.Repeat("ё ", i%7), Latency: float64(i) / 1e6, ReplyTokens: int64(i), Truncated: i%5 == 0,
		}
		for range i % 3 {
			out[i].Messages = append(out[i].Messages, sample.Message{Role: "user", Content: "да?"})
		}
	}
	return out
}

func write[T sample.Sample | sample.Score](t *testing.T, path string, rows []T) {
	t.Helper()
	w, err := sample.Create[T](path, map[string]string{"b": "2", "a": "1"})
	if err != nil {
		t.Fatal(err)
	}
	for len(rows) > 0 {
		n := min(700, len(rows))
		if err := w.Write(rows[:n]); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// More rows than a group holds, kept beyond the call that hands them over.
func TestRowsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	path, want := filepath.Join(t.TempDir(), sample.SamplesFile), samples(20_000)
	write(t, path, want)
	got, err := sample.ReadAll[sample.Sample](path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if _, err := sample.ReadAll[sample.Score](path); err == nil || !strings.Contains(err.Error(), "no rows of an evaluation") {
		t.Error(err)
	}
	scores := []sample.Score{{Sample: "a/b/1", Measure: "correct", Value: 1, First: true, Other: "base", Length: -4}, {Missing: "отказ"}}
	path = filepath.Join(t.TempDir(), sample.ScoresFile)
	write(t, path, scores)
	if got, err := sample.ReadAll[sample.Score](path); err != nil || !cmp.Equal(got, scores) {
		t.Error(err, got)
	}
}

const dialogue = `{"messages":[{"role":"system","content":"Ты — Ася."},{"role":"user","content":"придёшь?"},{"role":"assistant","content":"да"}]}`

func TestExamplesAreReadFromMessages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want := put("messages/test.jsonl", dialogue+"\n\n"+dialogue+"\n")
	file, err := sample.Split(dir, "test")
	if err != nil || file != want {
		t.Fatal(file, err)
	}
	var got []sample.Example
	if err := sample.Examples(file, func(e *sample.Example) error { got = append(got, *e); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].System != "Ты — Ася." || got[1].ID != "line-3" || got[0].Asked() != "придёшь?" || got[0].Reply() != "да" || got[0].Cluster() != "line-1" {
		t.Errorf("%+v", got)
	}
	if _, err := sample.Split(dir, "train"); !errors.Is(err, sample.ErrNoSplit) || !strings.Contains(err.Error(), "train.parquet") {
		t.Error(err)
	}
	for text, says := range map[string]string{
		"{}":  "no reply",
		"нет": "no JSON",
		`{"messages":[{"role":"assistant","content":"да"},{"role":"user","content":"?"}]}`: "no reply",
		`{"messages":[{"role":"tool","content":"да"}]}`:                                    `"tool"`,
	} {
		err := sample.Examples(put("bad.jsonl", dialogue+"\n"+text), func(*sample.Example) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "bad.jsonl:2: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
