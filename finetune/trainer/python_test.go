//go:build trainer

package trainer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/trainer"
	"github.com/llm-city/gorod/finetune/trainer/trainertest"
)

func TestTheTrainerPassesItsOwnTestsAndLinters(t *testing.T) {
	t.Parallel()
	interpreter := trainertest.Python(t)
	kept := filepath.Join(filepath.Dir(filepath.Dir(interpreter)), "mypy") // in it, what mypy knows of the libraries
	for _, command := range []string{
		"pytest", "mypy --cache-dir " + kept, "ruff check --no-cache .", "ruff format --no-cache --check .",
	} {
		t.Run(strings.Fields(command)[0], func(t *testing.T) {
			t.Parallel()
			if err := trainertest.Run(t.Context(), interpreter, append([]string{"-m"}, strings.Fields(command)...)...); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheExtractedProgramRuns(t *testing.T) {
	t.Parallel()
	interpreter := trainertest.Python(t)
	dir := t.TempDir()
	extract(t, dir)
	cmd := exec.CommandContext(t.Context(), interpreter, "-m", "gorod_trainer", "train", dir)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != trainer.ExitBadInput || !strings.Contains(string(out), "job.json does not exist") {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
}
