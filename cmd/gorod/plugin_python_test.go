//go:build components

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/host/scaffold"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestANewPluginInPythonWorksAtOnce(t *testing.T) {
	t.Parallel()
	first := made(t, "sentiment", "key-words", scaffold.Python)
	out := shell(t, "", first.Next...) // makes the environment, as the newcomer does
	if !strings.Contains(out, "sentiment/key-words 0.1.0: ") || strings.Contains(out, "FAIL") || strings.Contains(out, "Traceback") {
		t.Errorf("the check says\n%s", out)
	}
	compared(t, first)
	const tools = ".venv/bin/python -m pytest -p no:cacheprovider && .venv/bin/ruff check --no-cache . && .venv/bin/ruff format --no-cache --check ."
	shell(t, first.Dir, tools)
	for _, kind := range sdk.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := made(t, kind, "random", scaffold.Python) // also the name of a module of Python's own
			if err := os.Symlink(filepath.Join(first.Dir, ".venv"), filepath.Join(m.Dir, ".venv")); err != nil {
				t.Fatal(err)
			}
			shell(t, m.Dir, tools, m.Next[1], m.Next[2])
			compared(t, m)
		})
	}
}

func TestAPluginInPythonIsFoundByALinkInAFolderOfPlugins(t *testing.T) {
	t.Parallel()
	m := made(t, "planner", "linked", scaffold.Python)
	shell(t, "", m.Next[0])
	dir := write(t, small)
	if err := os.Mkdir(filepath.Join(dir, "plugins.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(m.Dir, m.Plugin), filepath.Join(dir, "plugins.d", m.Plugin)); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "plugin", "ls"); a.code != 0 || !strings.Contains(a.stdout, "planner/linked") {
		t.Error(a)
	}
	if a := gorod(t, dir, "run", "study.yaml", "--set", "agents.planner.plugin=planner/linked"); a.code != 0 {
		t.Error(a)
	}
	if a := gorod(t, dir, "plugin", "check", "planner/linked"); a.code != 0 {
		t.Error(a)
	}
}
func TestWhoFollowsTheGuideInPythonComparesAClassifierOfTheirOwn(t *testing.T) {
	t.Parallel()
	home := follow(t, "A classifier in Python")
	report := read(t, filepath.Join(home, "plugins", "tone", "runs", "tone", "report", "report.md"))
	for _, want := range []string{"| Тональность сообщений |", "| Настроение в конце |"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}
