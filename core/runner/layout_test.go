package runner

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestRunDirectoriesDoNotCollide(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "runs")
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var got []string
	for range 3 {
		dir, err := NewDir(root, "опыт", now)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, filepath.Base(dir))
	}
	if want := "опыт-20260302-080000 опыт-20260302-080000-2 опыт-20260302-080000-3"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOnlyAnEmptyFolderIsTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got, err := UseDir(dir + "/new//"); err != nil || got != filepath.Join(dir, "new") {
		t.Error(got, err)
	}
	if _, err := UseDir(dir); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "--resume "+dir) {
		t.Error(err)
	}
}

// anyPlugin is a catalog in which every plugin is there and takes no config.
type anyPlugin struct{}

func (anyPlugin) Lookup(ref string) (sdk.Info, json.RawMessage, error) {
	kind, _, _ := strings.Cut(ref, "/")
	return sdk.Info{Kind: kind}, json.RawMessage(`{"type":"object"}`), nil
}

// Values of a matrix name folders: whatever they are, runs stay apart and
// inside the study's folder.
func TestCellsNameFoldersInsideTheStudys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "s.yaml")
	text := `apiVersion: gorod/v1
kind: Experiment
name: s
population: [{inline: [{name: Анна}]}]
repeats: 2
matrix:
  axes:
    description: ["../../etc", "/etc", ".", "..", "а/б", "а\\б", "", " ", "` + strings.Repeat("ы", 300) + `", "` + strings.Repeat("ы", 300) + `x", "con\u0000x"]
`
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, `\u0000`, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	study, err := spec.Load(file, spec.Options{Plugins: anyPlugin{}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	runs, err := Plan(study, dir)
	if err != nil || len(runs) != 22 {
		t.Fatal(len(runs), err)
	}
	seen := map[string]bool{}
	for _, r := range runs {
		inside, err := filepath.Rel(dir, r.Dir)
		if err != nil || strings.Count(inside, "/") != 1 || strings.HasPrefix(inside, ".") || seen[r.Dir] {
			t.Errorf("%q, %v", inside, err)
		}
		seen[r.Dir] = true
		if err := os.MkdirAll(r.Dir, 0o755); err != nil {
			t.Error(err)
		}
	}
}

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.json")
	for _, text := range []string{"long old text", "new"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "new" {
		t.Errorf("%q, %v", got, err)
	}
	if err := WriteFile(filepath.Join(dir, "none", "x"), nil); err == nil {
		t.Error("wrote into a folder that is not there")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestAStudyIsRunByOneProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(dir); !errors.Is(err, ErrBusy) {
		t.Errorf("a second lock: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
}
