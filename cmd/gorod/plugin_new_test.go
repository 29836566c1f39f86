package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/host/scaffold"
	"github.com/llm-city/gorod/plugins/sdk"
)

// made is a new plugin in a folder outside of this checkout, in which gorod was
// started; in Python, outside of the checkout that gorod was built in.
func made(t *testing.T, kind, name, lang string) scaffold.Made {
	t.Helper()
	cmd := command(t, ".", "plugin", "new", kind, name, "--lang", lang, "--dir", t.TempDir(), "--json")
	if lang == scaffold.Python {
		cmd.Path, cmd.Dir = filepath.Join(checkout(t), "bin", "gorod"), t.TempDir()
	}
	a := finish(t, cmd)
	var m scaffold.Made
	if err := json.Unmarshal([]byte(a.stdout), &m); err != nil || a.code != 0 || len(m.Next) != 3 {
		t.Fatalf("%v\n%s", err, a)
	}
	return m
}

// shell runs commands one after the other, as they would be typed.
func shell(t *testing.T, dir string, commands ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.Join(commands, " && "))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOPROXY=off", "GOFLAGS=-mod=readonly", "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", commands, err, out)
	}
	return string(out)
}

// compared fails the test unless the experiment of a new plugin ran whole.
func compared(t *testing.T, m scaffold.Made) {
	t.Helper()
	studies, err := filepath.Glob(filepath.Join(m.Dir, "runs", "*", "study.yaml"))
	if err != nil || len(studies) != 1 {
		t.Fatalf("runs: %v, %v", studies, err)
	}
	text, err := os.ReadFile(studies[0])
	if err != nil || !strings.Contains(string(text), filepath.Join(m.Dir, m.Plugin)) {
		t.Errorf("%v: the study does not use the plugin:\n%s", err, text)
	}
	done, err := filepath.Glob(filepath.Join(filepath.Dir(studies[0]), "*", "[12]", "run.db"))
	if err != nil || len(done) != 4 {
		t.Errorf("two conditions with two seeds are %v, %v", done, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(studies[0]), "report", "report.html")); err != nil {
		t.Error(err)
	}
}

func TestANewPluginInGoWorksAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range sdk.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := made(t, kind, "sort", scaffold.Go) // also the name of a package of Go's own
			out := shell(t, "", m.Next...)
			if !strings.Contains(out, kind+"/sort 0.1.0: ") || strings.Contains(out, "FAIL") {
				t.Errorf("the check says\n%s", out)
			}
			compared(t, m)
			if out := shell(t, m.Dir, "go vet ./...", "go test ./...", "gofmt -l ."); strings.Contains(out, ".go\n") {
				t.Errorf("not formatted:\n%s", out)
			}
		})
	}
}

func TestPluginNewSaysWhatItMadeAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := gorod(t, ".", "plugin", "new", "planner", "polite", "--dir", dir)
	for _, want := range []string{
		"wrote planner/polite into " + dir + "/polite: .gitignore, README.md, experiment.yaml",
		"    cd " + dir + "/polite && go build -o polite .\n", " plugin check ./polite\n", " run experiment.yaml\n",
	} {
		if a.code != 0 || !strings.Contains(a.stdout, want) {
			t.Errorf("no %q in\n%s", want, a)
		}
	}
	for want, args := range map[string][]string{
		"polite is not empty":        {"planner", "polite", "--dir", dir},
		"did you mean sentiment?":    {"sentimental", "x"},
		"did you mean python?":       {"planner", "x", "--lang", "py"},
		"such as loud-neighbour":     {"planner", "Loud Neighbour"},
		"gorod plugin new KIND NAME": {"planner"},
		"unknown flag: --language":   {"planner", "x", "--language", "go"},
	} {
		if a := gorod(t, ".", append([]string{"plugin", "new"}, args...)...); a.code != 2 || !strings.Contains(a.stderr, want) {
			t.Errorf("%v: want %q\n%s", args, want, a)
		}
	}
}

func TestACheckThatFailsShowsWhatThePluginWrote(t *testing.T) {
	t.Parallel()
	m := made(t, "planner", "loud", scaffold.Go)
	source := filepath.Join(m.Dir, "loud.go")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	const decide = "	words := wordsIn(p.language)\n	if item"
	broken := strings.Replace(string(text), decide, "	panic(\"no idea\")\n"+decide, 1)
	if err := os.WriteFile(source, []byte(broken), 0o600); err != nil || broken == string(text) {
		t.Fatal(err)
	}
	shell(t, "", m.Next[0])
	a := gorod(t, m.Dir, "plugin", "check", "./loud")
	if a.code != 1 || !strings.Contains(a.stdout, "FAIL  decides") || !strings.Contains(a.stderr, "the plugin's log, ") || !strings.Contains(a.stderr, "no idea") {
		t.Error(a)
	}
}
