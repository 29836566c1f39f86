package manifest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/manifest"
)

func put(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, manifest.File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAManifestComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	want := &manifest.Manifest{
		Format: manifest.Format, Name: "mine", Recipe: json.RawMessage(`{"name":"mine"}`), PII: map[string]int64{"PHONE": 2},
		Sources: []manifest.Source{{Kind: "telegram", File: "result.json", Report: chat.Report{Messages: 5, Kinds: map[chat.Kind]int64{chat.Text: 5}, Counts: map[string]int64{"x <b>": 1}}}},
		Splits:  []manifest.Split{{Name: "train", Examples: 3}},
		Figures: []manifest.Histogram{{Name: "turns", Edges: []int64{0, 2}, Counts: []int64{1, 2}}},
		Files:   []manifest.Digest{{Path: "data/train.parquet", Bytes: 5, SHA256: "abc"}},
	}
	text, err := want.Marshal()
	if err != nil || !strings.Contains(string(text), "x <b>") {
		t.Fatalf("%v: %s", err, text)
	}
	got, err := manifest.Read(put(t, string(text)))
	if err != nil {
		t.Fatal(err)
	}
	got.Recipe = slices.Clone(want.Recipe) // it is indented
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoManifestIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "read ",
		"[]":            "read ",
		"{}":            "format 0",
		`{"format": 9}`: "format 9",
		`{"format": 1, "splits": [{"split": "../x"}]}`:                                       "its splits are none",
		`{"format": 1, "splits": [{"split": ""}]}`:                                           "its splits are none",
		`{"format": 1, "splits": [{"split": "train", "examples": -1}]}`:                      "its splits are none",
		`{"format": 1, "figures": [{"edges": [1], "counts": [1, 2]}]}`:                       "its figures are none",
		`{"format": 1, "figures": [{"edges": [1], "counts": [-1]}]}`:                         "its figures are none",
		`{"format": 1, "figures": [{"edges": [1, 2], "counts": [1, 2], "labels": ["Mon"]}]}`: "its figures are none",
	} {
		if _, err := manifest.Read(put(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := manifest.Read(t.TempDir()); !errors.Is(err, manifest.ErrNone) || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestHistogramsCountAndNameTheirRanges(t *testing.T) {
	t.Parallel()
	h := manifest.Histogram{Edges: []int64{1, 2, 5, 10}, Counts: make([]int64, 4)}
	for _, v := range []int64{0, 1, 2, 4, 5, 9, 10, 1 << 50, -3} {
		h.Add(v)
	}
	if got := fmt.Sprint(h.Counts, h.Total()); got != "[1 2 2 2] 7" {
		t.Error(got)
	}
	names := ""
	for i := range h.Counts {
		names += h.Label(i) + " "
	}
	if names != "1 2–4 5–9 10+ " {
		t.Error(names)
	}
	h.Labels = []string{"a", "b", "c", "d"}
	if h.Label(3) != "d" {
		t.Error(h.Label(3))
	}
}

// Whatever a manifest says, what is drawn of it is there.
func FuzzManifest(f *testing.F) {
	f.Add(`{"format": 1, "figures": [{"edges": [1, 2], "counts": [1, 2]}], "splits": [{"split": "train"}]}`)
	f.Add(`{"format": 1, "figures": [{"edges": null, "counts": []}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := manifest.Read(put(t, text))
		if err != nil {
			return
		}
		for _, h := range m.Figures {
			for i, n := range h.Counts {
				if h.Label(i) == "" && len(h.Labels) == 0 || n < 0 {
					t.Errorf("%+v", h)
				}
			}
		}
	})
}
