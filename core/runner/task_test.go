package runner

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/spec"
)

// planned is a run of a study in a folder.
func planned(dir, cell string, seed uint64) Planned {
	return Planned{Cell: spec.Cell{Name: cell, Study: &spec.Study{}}, Seed: seed, Dir: runDir(dir, cell, seed)}
}

func TestWhatTasksLearnedOfModelsIsGathered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newManifest("v1", "", time.Now())
	m.Models["a"], m.Models["b"] = ModelRecord{Model: "qwen"}, ModelRecord{Model: "llama", Digest: "known"}
	if err := WriteJSON(filepath.Join(dir, ManifestFile), m); err != nil {
		t.Fatal(err)
	}
	runs := []Planned{planned(dir, "base", 1), planned(dir, "base", 2), planned(dir, "base", 3)}
	tell := func(p Planned, host, digest string) {
		if err := os.MkdirAll(p.Dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := WriteJSON(filepath.Join(p.Dir, RunFile), RunRecord{Host: host, Models: map[string]ModelRecord{"a": {Model: "qwen", Digest: digest}}}); err != nil {
			t.Fatal(err)
		}
	}
	tell(runs[0], "n1", "")
	tell(runs[1], "n2", "one")
	if err := Gather(dir, runs); err != nil { // the third is not begun
		t.Fatal(err)
	}
	if got, err := ReadManifest(dir); err != nil || got.Models["a"].Digest != "one" || got.Models["b"].Digest != "known" {
		t.Errorf("%+v %v", got.Models, err)
	}
	tell(runs[2], "n3", "two")
	if err := Gather(dir, runs); err == nil || !strings.Contains(err.Error(), "base/3 on n3") || strings.Contains(err.Error(), "base/2") {
		t.Errorf("other weights on another node: %v", err)
	}
}

func TestALockedRunIsWaitedForUntilToldToStop(t *testing.T) {
	t.Parallel()
	p := planned(t.TempDir(), "base", 1)
	unlock, err := lockRun(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockRun(p); !errors.Is(err, ErrBusy) {
		t.Errorf("locked twice: %v", err)
	}
	if _, err := waitForRun(t.Context(), p, func() bool { return true }); !errors.Is(err, ErrStopped) {
		t.Errorf("told to stop: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := waitForRun(ended, p, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %v", err)
	}
	asked := 0
	second, err := waitForRun(t.Context(), p, func() bool { // asked while it is locked
		if asked++; asked == 1 {
			if err := unlock(); err != nil {
				t.Error(err)
			}
		}
		return false
	})
	if err != nil || asked != 1 {
		t.Fatalf("it was let go of: %v, asked %d times", err, asked)
	}
	if err := second(); err != nil {
		t.Error(err)
	}
}

func TestATaskNeedsTheModelsOfItsCellOnly(t *testing.T) {
	t.Parallel()
	s := served{
		models: map[string]spec.Model{"a": {}, "a@two": {}, "judge": {}},
		names:  map[string]map[string]string{"one": {"a": "a", "judge": "judge"}, "two": {"a": "a@two"}},
	}
	if got := s.only("two"); len(got.models) != 1 || len(s.models) != 3 || got.names["two"]["a"] != "a@two" {
		t.Errorf("%+v", got)
	} else if _, ok := got.models["a@two"]; !ok {
		t.Errorf("%+v", got)
	}
}
