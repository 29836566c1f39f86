package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/llm/llmtest"
)

const town = `about: жители посёлка у реки
count: 14
marginals:
  gender: {женщина: 0.6, мужчина: 0.4}
  age: {18-30: 0.25, 31-60: 0.5, 61+: 0.25}
  extraversion: {-1..0: 0.5, 0..1: 0.5}
`

const village = `apiVersion: gorod/v1
kind: Experiment
name: village
clock: {ticks: 2}
population: [{personas: [people/*.yaml], fragments: [newcomer.yaml]}]
`

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAGeneratedPopulationMeetsItsMarginalsAndLivesInAnExperiment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "town.yaml", town)
	put(t, dir, "village.yaml", village)
	put(t, dir, "newcomer.yaml", "goals: [осмотреться]\n")
	generate := []string{"persona", "generate", "--spec", "town.yaml", "--out", "people", "--json"}
	a := gorod(t, dir, generate...)
	var r persona.Report
	if err := json.Unmarshal([]byte(a.stdout), &r); err != nil || a.code != 0 || r.Written != 14 || !r.Met() {
		t.Fatalf("%v\n%s", err, a)
	}
	for _, o := range r.Dimensions {
		if o.Dimension == "extraversion" && (o.Values[0].Got != 7 || o.Values[1].Got != 7 || !o.Given) {
			t.Errorf("%+v", o)
		}
	}
	if a = gorod(t, dir, "run", "village.yaml"); a.code != 0 {
		t.Fatal(a)
	}
	files, err := filepath.Glob(filepath.Join(dir, "people", "*.yaml"))
	if err != nil || len(files) != 14 {
		t.Fatal(err, files)
	}
	before, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(files[3]); err != nil {
		t.Fatal(err)
	}
	a = gorod(t, dir, generate[:len(generate)-1]...)
	after, err := os.ReadFile(files[0])
	if err != nil || a.code != 0 || string(after) != string(before) || !strings.Contains(a.stdout, "14 personas: 1 written, 13 kept; model reference, seed 1") ||
		!strings.Contains(a.stdout, "extraversion") {
		t.Errorf("%v\n%s", err, a)
	}
	if a = gorod(t, dir, append(generate, "--seed", "2")...); a.code != 1 || !strings.Contains(a.stderr, "people holds another population") {
		t.Error(a)
	}
}

// ask is gorod with the Ollama of a server.
func ask(t *testing.T, dir, url string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := command(t, dir, args...)
	cmd.Env = append(os.Environ(), "GOROD_OLLAMA="+url)
	return cmd
}

func TestAModelThatFailsHalfWayLosesNobody(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	server := llmtest.Start(llmtest.Options{Fault: func(n int, _ llmtest.Request) llmtest.Fault {
		if down.Load() && n == 5 { // a plan and four people
			return llmtest.Fault{Status: 401, Message: "no entry"}
		}
		return llmtest.Fault{}
	}})
	t.Cleanup(server.Close)
	dir := t.TempDir()
	args := []string{"persona", "generate", "--about", "рыбаки 'Волги'", "--count", "7", "--out", "people", "--model", "tiny"}
	a := finish(t, ask(t, dir, server.URL, args...))
	if a.code != 1 || !strings.Contains(a.stdout, "4 personas: 4 written, 0 kept; model tiny") || !strings.Contains(a.stderr, `go on with: gorod persona generate --about 'рыбаки '\''Волги'\''' --count 7 --out people --model tiny`) {
		t.Fatal(a)
	}
	down.Store(false)
	if a = finish(t, ask(t, dir, server.URL, args...)); a.code != 0 || !strings.Contains(a.stdout, "7 personas: 3 written, 4 kept") {
		t.Error(a)
	}
	if a = finish(t, ask(t, dir, server.URL, "persona", "validate", "--interview", "--questions", "2", "--model", "tiny", "--min", "1", "--json", onePersona(t, dir))); a.code != 1 ||
		!strings.Contains(a.stdout, `"score":0`) {
		t.Error(a) // this server's scores are the least
	}
}

func onePersona(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "people", "0001-*.yaml"))
	if err != nil || len(files) != 1 {
		t.Fatal(err, files)
	}
	return files[0]
}

func TestAnInterruptedFactoryKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(llmtest.Options{Mean: 50 * time.Millisecond})
	t.Cleanup(server.Close)
	dir := t.TempDir()
	args := []string{"persona", "generate", "--about", "рыбаки", "--count", "40", "--out", "people", "--model", "tiny"}
	cmd := ask(t, dir, server.URL, args...)
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "2/40 ") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(said.String(), "go on with: gorod persona generate") ||
		!strings.Contains(said.String(), "stopping when the personas under way are written") {
		t.Fatalf("%v\n%s\n%s", err, said.String(), stdout.String())
	}
	if a := finish(t, ask(t, dir, server.URL, args...)); a.code != 0 || !strings.Contains(a.stdout, "40 personas: ") || strings.Contains(a.stdout, " 0 kept") {
		t.Error(a)
	}
}

func TestPersonasAreWrittenAndChecked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "loud.yaml", "style: громко\n")
	put(t, dir, "bad.yaml", "name: Анна\nage: сто\ntraits: {openness: 2}\n")
	put(t, dir, "free.json", `{"type": "TinyPerson", "persona": {"name": "Ида", "hobby": "лыжи", "beliefs": ["снег бел"]}}`)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"new", "--name", "Вера Ким", "--from", "loud.yaml", "vera.yaml"}, 0, "wrote vera.yaml"},
		{[]string{"new", "vera.yaml"}, 2, "file exists"},
		{[]string{"new", "vera.json"}, 2, "a template is YAML"},
		{[]string{"new", "--from", "none.yaml", "other.yaml"}, 2, "none.yaml: cannot be read"},
		{[]string{"new", "other.yaml"}, 0, "wrote other.yaml"},
		{[]string{"validate", "vera.yaml", "free.json", "other.yaml"}, 0, "free.json: ok (Ида; keys of its own: hobby)"},
		{[]string{"validate", "bad.yaml", "vera.yaml"}, 2, "bad.yaml:2:6: age has the wrong type: got \"сто\""},
		{[]string{"validate", "bad.yaml"}, 2, "bad.yaml:3:20: traits.openness is out of range"},
		{[]string{"validate", "loud.yaml"}, 2, "a persona without a name"},
		{[]string{"validate", "--fragment", "loud.yaml"}, 0, "loud.yaml: ok"},
		{[]string{"validate", "none.yaml"}, 2, "none.yaml: cannot be read"},
		{[]string{"validate", "--interview", "--questions", "3", "vera.yaml"}, 0, "Вера Ким: "},
		{[]string{"validate", "--interview", "--questions", "3", "--min", "9", "vera.yaml"}, 1, "1 of 1 persona below 9"},
		{[]string{"validate", "--interview", "--min", "10", "vera.yaml"}, 2, "--min 10 is not 0 to 9"},
		{[]string{"validate", "--interview", "--fragment", "loud.yaml"}, 2, "nobody to interview"},
		{[]string{"generate", "--about", "люди"}, 2, "--out FOLDER"},
		{[]string{"generate", "--out", "x"}, 2, "--spec FILE or --about TEXT"},
		{[]string{"generate", "--out", "x", "--about", "люди", "--count", "0"}, 2, "--count 0 is not 1 to"},
		{[]string{"generate", "--out", "x", "--spec", "bad.yaml"}, 2, "bad.yaml:1:1: unknown key \"name\""},
	} {
		a := gorod(t, dir, append([]string{"persona"}, c.args...)...)
		if a.code != c.code || !strings.Contains(a.stdout+a.stderr, c.want) {
			t.Errorf("%v: want %d and %q\n%s", c.args, c.code, c.want, a)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
		t.Error("a folder was made for nothing")
	}
}

func TestShippedPersonasAreSound(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "experiments", "personas")
	for pattern, flags := range map[string][]string{
		"*/*.yaml": nil, "tinytroupe/*.agent.json": nil, "fragments/*.yaml": {"--fragment"}, "tinytroupe/*.fragment.json": {"--fragment"},
	} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		args := append([]string{"persona", "validate"}, flags...)
		for _, file := range files {
			if folder := filepath.Base(filepath.Dir(file)); flags == nil && (folder == "fragments" || folder == "populations") {
				continue
			}
			args = append(args, file)
		}
		if a := gorod(t, ".", args...); a.code != 0 {
			t.Error(a)
		}
	}
	populations, err := filepath.Glob(filepath.Join(root, "populations", "*.yaml"))
	if err != nil || len(populations) == 0 {
		t.Fatal(err)
	}
	for _, file := range populations {
		if a := gorod(t, ".", "persona", "generate", "--spec", file, "--out", t.TempDir()); a.code != 0 {
			t.Error(a)
		}
	}
}
