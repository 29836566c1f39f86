//go:build components

package trainer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/trainer"
)

// python is an interpreter with the trainer's requirements and tools, in a
// virtual environment that is kept between test runs.
func python(t *testing.T) string {
	t.Helper()
	sum := sha256.New()
	for _, name := range []string{"requirements.txt", "pyproject.toml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(text)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "gorod-test", "trainer-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	interpreter, marker := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "installed")
	if _, err := os.Stat(marker); err == nil {
		return interpreter
	}
	run(t, "python3", "-m", "venv", "--clear", dir)
	run(t, interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"-r", "requirements.txt", "mypy==2.4.1", "pytest==9.2.0", "ruff==0.17.5")
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return interpreter
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, &out)
	}
}

func TestTheTrainerPassesItsOwnTestsAndLinters(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	for _, command := range []string{
		"pytest", "mypy --cache-dir " + t.TempDir(), "ruff check --no-cache .", "ruff format --no-cache --check .",
	} {
		t.Run(strings.Fields(command)[0], func(t *testing.T) {
			t.Parallel()
			run(t, interpreter, append([]string{"-m"}, strings.Fields(command)...)...)
		})
	}
}

func TestTheExtractedProgramRuns(t *testing.T) {
	t.Parallel()
	interpreter, dir := python(t), t.TempDir()
	extract(t, dir)
	cmd := exec.CommandContext(t.Context(), interpreter, "-m", "gorod_trainer", "train", dir)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != trainer.ExitBadInput || !strings.Contains(string(out), "job.json does not exist") {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
}
