package sample_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
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
	scores := []sample.Score{{Sample: "a/b/1", Measure: "correct", Value: 1, First: true, Other: "base", Length: -4}, {Missing: "отказ"}}
	path = filepath.Join(t.TempDir(), sample.ScoresFile)
	write(t, path, scores)
	if got, err := sample.ReadAll[sample.Score](path); err != nil || !cmp.Equal(got, scores) {
		t.Error(err, got)
	}
}

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		write(t, filepath.Join(dir, name), samples(3000))
	}
	a, err := os.ReadFile(filepath.Join(dir, "a"))
	b, errB := os.ReadFile(filepath.Join(dir, "b"))
	if err != nil || errB != nil || !bytes.Equal(a, b) || bytes.Contains(a, []byte(dir)) {
		t.Errorf("%v, %v: %d and %d bytes", err, errB, len(a), len(b))
	}
}

// Whoever is killed while rows are written leaves no half of a file.
func TestAFileIsThereWhenItIsWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.parquet")
	w, err := sample.Create[sample.Sample](path, nil)
	if err != nil || w.Write(samples(10)) != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it is there before it is closed")
	}
	w.Discard()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}

func TestWhatIsNoParquetOfRowsIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "whole"), samples(50))
	whole, err := os.ReadFile(filepath.Join(dir, "whole"))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"empty": nil, "text": []byte("PAR1 text PAR1"), "half": whole[:len(whole)/2], "no beginning": whole[len(whole)/2:]} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sample.ReadAll[sample.Sample](path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sample.ReadAll[sample.Score](filepath.Join(dir, "whole")); err == nil || !strings.Contains(err.Error(), "no column") {
		t.Error(err)
	}
}

// A byte that is changed anywhere is an error or other rows, never a panic.
func FuzzADamagedFileDoesNotPanic(f *testing.F) {
	path := filepath.Join(f.TempDir(), "x")
	w, err := sample.Create[sample.Sample](path, nil)
	if err != nil || w.Write(samples(20)) != nil || w.Close() != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for i := range 40 {
		f.Add(i*len(whole)/40, byte(i*7+1))
	}
	f.Fuzz(func(t *testing.T, at int, with byte) {
		data := bytes.Clone(whole)
		data[uint(at)%uint(len(whole))] ^= with
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = sample.ReadAll[sample.Sample](path)
		_ = sample.Table(path, func(int, map[string]any) error { return nil })
	})
}

func TestAnyTableIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.parquet")
	write(t, path, samples(600))
	rows := 0
	err := sample.Table(path, func(row int, values map[string]any) error {
		if rows++; row != rows {
			t.Fatal(row)
		}
		if row == 6 {
			messages, _ := values["messages"].([]any)
			if values["task"] != "диалог" || values["reply"] != strings.Repeat("ё ", 5) || values["repeat"] != int32(2) || len(messages) != 2 || messages[1].(map[string]any)["content"] != "да?" {
				t.Errorf("%#v", values)
			}
		}
		return nil
	})
	if err != nil || rows != 600 {
		t.Error(rows, err)
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
