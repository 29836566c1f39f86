package runner_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/core/runner"
)

func TestStudiesAreListedWhateverTheirFolderIsCalled(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "runs [a-z]* Ё")
	if listed, err := runner.List(root); len(listed) != 0 || err != nil {
		t.Errorf("none yet: %v, %v", listed, err)
	}
	for _, name := range []string{"s[1]", "empty"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "s[1]", runner.ManifestFile), []byte(`{"gorod":"v1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if listed, err := runner.List(root); len(listed) != 1 || err != nil || filepath.Base(listed[0].Dir) != "s[1]" {
		t.Errorf("%+v, %v", listed, err)
	}
}
