package trainer_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/finetune/trainer"
)

func TestTheProgramIsWhole(t *testing.T) {
	t.Parallel()
	want := []string{"requirements.txt", "pyproject.toml"}
	for _, pattern := range []string{"gorod_trainer/*.py", "gorod_trainer/templates/*.jinja"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		want = append(want, paths...)
	}
	want = append(want, "gorod_trainer/__init__.py", "gorod_trainer/__main__.py") // names that embed leaves out of folders
	if err := fstest.TestFS(trainer.Files(), want...); err != nil {
		t.Error(err)
	}
}

func TestExtractWritesWhatChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	extract(t, dir)
	got, want := contents(t, os.DirFS(dir)), contents(t, trainer.Files())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	changed, same := filepath.Join(dir, "requirements.txt"), filepath.Join(dir, "gorod_trainer", "cli.py")
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.WriteFile(changed, []byte("torch\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(same, long, long); err != nil {
		t.Fatal(err)
	}
	extract(t, dir)
	if diff := cmp.Diff(want, contents(t, os.DirFS(dir))); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(same); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("an unchanged file was written anew: %v, %v", info.ModTime(), err)
	}
}

func TestExtractSaysWhyItCannot(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := trainer.Extract(file); err == nil {
		t.Error("extracted into a file")
	}
}

func extract(t *testing.T, dir string) {
	t.Helper()
	if err := trainer.Extract(dir); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, files fs.FS) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
