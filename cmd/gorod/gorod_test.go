package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is gorod as its users have it, built once for all tests.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gorod-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "gorod")
	build := exec.Command("go", "build", "-o", binary, "github.com/llm-city/gorod/cmd/gorod")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build gorod: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// answer is what a command said.
type answer struct {
	stdout, stderr string
	code           int
}

// command is gorod in an empty folder of its own, unless dir is given.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	if dir == "" {
		dir = t.TempDir()
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, args...)
	cmd.Dir = dir
	return cmd
}

func gorod(t *testing.T, dir string, args ...string) answer {
	t.Helper()
	return finish(t, command(t, dir, args...))
}

func finish(t *testing.T, cmd *exec.Cmd) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func (a answer) String() string {
	const most = 4000 // bytes: prompts are long
	return fmt.Sprintf("exit %d\nstdout: %.*s\nstderr: %.*s", a.code, most, a.stdout, most, a.stderr)
}

// done is the last line of `gorod run --json`.
type done struct {
	Event  string `json:"event"`
	Study  string `json:"study"`
	Report string `json:"report"`
	Runs   []struct {
		Cell   string `json:"cell"`
		Seed   uint64 `json:"seed"`
		Digest string `json:"digest"`
		Dir    string `json:"dir"`
		Status string `json:"status"`
		Error  string `json:"error"`
	} `json:"runs"`
}

func lastLine(t *testing.T, a answer) done {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(a.stdout), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		var d done
		if json.Unmarshal([]byte(lines[i]), &d) == nil && d.Event == "done" {
			return d
		}
	}
	t.Fatalf("no done line: %v", a)
	return done{}
}

// small is a study that runs in about a second.
const small = `apiVersion: gorod/v1
kind: Experiment
name: small
language: ru
seed: 5
clock: {start: 2026-03-02T08:00, step: 1h, ticks: 8}
population:
  - inline:
      - {name: Анна, gender: female, occupation: учительница, interests: [книги, театр], traits: {extraversion: 0.6, agreeableness: 0.4}}
      - {name: Борис, gender: male, occupation: инженер, interests: [велосипед, погода], traits: {neuroticism: 0.5}}
      - {name: Вера, gender: female, occupation: врач, interests: [музыка], traits: {agreeableness: 0.8}}
      - {name: Глеб, gender: male, occupation: повар, interests: [еда, книги], traits: {extraversion: -0.5}}
agents:
  activity: [1]
events:
  - {id: snow, tick: 2, text: В городе выпал первый снег, to: all}
`

// write puts a study into a new folder and returns the folder.
func write(t *testing.T, yaml string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "study.yaml"), []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}
