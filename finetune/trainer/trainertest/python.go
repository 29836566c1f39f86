// Package trainertest gives tests a Python that has what the trainer needs.
package trainertest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/servertest"
	"github.com/llm-city/gorod/finetune/trainer"
)

// Python is an interpreter with the trainer's requirements and the tools of its
// suite, in a virtual environment that is kept between test runs. It installs
// some 6 GB where they are not there yet.
func Python(t testing.TB) string {
	t.Helper()
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	return interpreter
}

// Run runs a command to its end, with all its output in the error.
func Run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(cmd.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}

func python() (string, error) {
	sum := sha256.New()
	for _, name := range []string{"requirements.txt", "pyproject.toml"} {
		text, err := fs.ReadFile(trainer.Files(), name)
		if err != nil {
			return "", err
		}
		sum.Write(text)
	}
	sum.Write([]byte(strings.Join(tools(), " ")))
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gorod-test", "trainer-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	unlock, err := servertest.Lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	interpreter, marker := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "installed")
	if _, err := os.Stat(marker); err == nil {
		return interpreter, nil
	}
	return interpreter, install(dir, interpreter, marker)
}

// tools are what the suite takes beside the requirements: pyproject.toml's extras.
func tools() []string {
	return []string{"mlflow-skinny==3.17.2", "mypy==2.4.1", "pytest==9.2.0", "ruff==0.17.5", "tensorboard==2.21.0"}
}

func install(dir, interpreter, marker string) error {
	ctx := context.Background()
	if err := Run(ctx, "python3", "-m", "venv", "--clear", dir); err != nil {
		return err
	}
	requirements := filepath.Join(dir, "requirements.txt")
	text, err := fs.ReadFile(trainer.Files(), "requirements.txt")
	if err == nil {
		err = os.WriteFile(requirements, text, 0o600)
	}
	if err != nil {
		return err
	}
	install := []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements}
	err = Run(ctx, interpreter, append(install, tools()...)...)
	if err != nil {
		return err
	}
	return os.WriteFile(marker, nil, 0o600)
}
