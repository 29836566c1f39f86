//go:build trainer

package trainer_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/finetune/trainer"
)

// python is an interpreter with the trainer's requirements and tools, in a
// virtual environment that is kept between test runs.
var python = sync.OnceValues(func() (string, error) {
	sum := sha256.New()
	for _, name := range []string{"requirements.txt", "pyproject.toml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		sum.Write(text)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gorod-test", "trainer-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	interpreter, marker := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "installed")
	if _, err := os.Stat(marker); err == nil {
		return interpreter, nil
	}
	if err := run(context.Background(), "python3", "-m", "venv", "--clear", dir); err != nil {
		return "", err
	}
	err = run(context.Background(), interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"-r", "requirements.txt", "mypy==2.4.1", "pytest==9.2.0", "ruff==0.17.5")
	if err != nil {
		return "", err
	}
	return interpreter, os.WriteFile(marker, nil, 0o600)
})

func run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}

func TestTheTrainerPassesItsOwnTestsAndLinters(t *testing.T) {
	t.Parallel()
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"pytest", "mypy --cache-dir " + t.TempDir(), "ruff check --no-cache .", "ruff format --no-cache --check .",
	} {
		t.Run(strings.Fields(command)[0], func(t *testing.T) {
			t.Parallel()
			if err := run(t.Context(), interpreter, append([]string{"-m"}, strings.Fields(command)...)...); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheExtractedProgramRuns(t *testing.T) {
	t.Parallel()
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	extract(t, dir)
	cmd := exec.CommandContext(t.Context(), interpreter, "-m", "gorod_trainer", "train", dir)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != trainer.ExitBadInput || !strings.Contains(string(out), "job.json does not exist") {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
}
