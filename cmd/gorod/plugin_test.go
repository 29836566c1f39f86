package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// polite builds the plugin that README.md shows, into a folder of plugins.
func polite(t *testing.T, dir string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, ok := strings.Cut(string(readme), "```go\n")
	code, _, closed := strings.Cut(code, "```")
	if !ok || !closed {
		t.Fatal("README.md shows no plugin")
	}
	source, path := filepath.Join(t.TempDir(), "main.go"), filepath.Join(dir, "plugins.d", "planner-polite")
	if err := os.WriteFile(source, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func TestThePluginOfTheReadmeWorks(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	path := polite(t, dir)
	if a := gorod(t, dir, "plugin", "check", path); a.code != 0 {
		t.Fatal(a)
	}
	if a := gorod(t, dir, "plugin", "ls"); a.code != 0 || !strings.Contains(a.stdout, "planner/polite") {
		t.Error(a)
	}
	digests := map[string]bool{}
	for _, plugin := range []string{"planner/polite", path, "./plugins.d/planner-polite"} {
		a := gorod(t, dir, "run", "--json", "study.yaml", "--set", "agents.planner.plugin="+plugin)
		if a.code != 0 {
			t.Fatal(a)
		}
		d := lastLine(t, a)
		digests[d.Runs[0].Digest] = true
		if a := gorod(t, dir, "verify", d.Study); a.code != 0 {
			t.Error(a)
		}
		if a := gorod(t, t.TempDir(), "verify", filepath.Join(dir, d.Study)); a.code != 0 && plugin != "planner/polite" {
			t.Errorf("from another folder: %v", a)
		}
	}
	if len(digests) != 1 {
		t.Errorf("one plugin by three names gave digests %v", digests)
	}
}

func TestAStudyGoesOnOnlyWithThePluginItBeganWith(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	path := polite(t, dir)
	a := gorod(t, dir, "run", "--json", "study.yaml", "--set", "agents.planner.plugin=planner/polite")
	d := lastLine(t, a)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	a = gorod(t, dir, "run", "--resume", d.Study)
	if a.code != 1 || !strings.Contains(a.stderr, "planner/polite") || !strings.Contains(a.stderr, "put the old executables back") {
		t.Error(a)
	}
}
