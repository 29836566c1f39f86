package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What somebody does who is new to gorod, and what it should say then.

func TestAMistakeIsToldOnceWithWhatToDo(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	put(t, dir, "notes.md", "no model\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no argument":             {[]string{"finetune", "submit"}, "no argument was given; it is used so: gorod finetune submit JOB [flags]"},
		"no such file":            {[]string{"finetune", "submit", "none.yaml"}, "none.yaml: cannot be read: no such file or directory; check the path"},
		"another kind":            {[]string{"run", "job.yaml"}, "job.yaml:2:7: kind is Finetune: what is wanted here is kind: Experiment; give such a file, or begin with this one by: gorod finetune submit"},
		"a recipe of another":     {[]string{"dataset", "build", "job.yaml"}, "what is wanted here is kind: Dataset"},
		"no recipe":               {[]string{"dataset", "build", "none.yaml"}, "none.yaml: cannot be read: no such file or directory; check the path"},
		"a folder of no model":    {[]string{"finetune", "submit", "job.yaml", "--set", "base.model=./data"}, "base.model is no model"},
		"unknown setting":         {[]string{"run", "job.yaml", "--on", "slurm", "--cluster", "partitoin=gpu"}, `unknown "cluster.partitoin"; known: cluster.account`},
		"a setting of words":      {[]string{"run", "job.yaml", "--on", "slurm", "--cluster", "cpus=many"}, "settings: 'cluster.cpus' "},
		"nothing to cancel":       {[]string{"run", "--resume", "runs/none", "--cancel"}, "not a run directory"},
		"neither file nor job":    {[]string{"finetune", "import", "none.gguf"}, "none.gguf is neither a file nor a fine-tuning"},
		"no proof":                {[]string{"finetune", "import", "notes.md"}, "add --unproved"},
		"unknown quantization":    {[]string{"finetune", "import", "asya", "--quantize", "q9"}, "there are f16, q8_0, q4_K_M, q4_K_S"},
		"a relative folder there": {[]string{"finetune", "submit", "job.yaml", "--set", "cluster={kind: slurm, via: ssh, host: me@there, dir: gorod}"}, "cluster.dir is not absolute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := gorod(t, dir, c.args...); a.code != 2 || !strings.Contains(a.stderr, c.want) || strings.Count(strings.TrimSpace(a.stderr), "\n") > 0 {
				t.Errorf("want exit 2 and one line with %q: %v", c.want, a)
			}
		})
	}
}

func TestNothingIsLeftOfAFineTuningThatCannotBeLaidOut(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	if a := gorod(t, dir, "finetune", "submit", "job.yaml", "--set", "dataset.train=other"); a.code != 2 || !strings.Contains(a.stderr, `no split "other"`) {
		t.Error(a)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "finetunes", "asya-*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	if ls := gorod(t, dir, "finetune", "ls"); ls.code != 0 || !strings.HasPrefix(ls.stdout, "no fine-tunings yet") {
		t.Error(ls)
	}
}

func TestWhatTheClusterRefusesIsFailedAndDoesNotWait(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	cmd := command(t, dir, "finetune", "submit", "job.yaml", "--set", "cluster.kind=slurm")
	cmd.Env = append(cmd.Environ(), "PATH="+filepath.Join(dir, "nothing"))
	a := finish(t, cmd)
	if a.code != 2 || !strings.Contains(a.stdout, "was not queued: mend the file and submit it again") || !strings.Contains(a.stderr, "Slurm is not installed here") || strings.Contains(a.stderr, "exec:") {
		t.Error(a)
	}
	if ls := gorod(t, dir, "finetune", "ls"); !strings.Contains(ls.stdout, "failed") {
		t.Error(ls)
	}
}

func TestWhatHasEndedIsNotCancelled(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	id, watched := submitted(t, dir)
	if strings.Contains(watched.stderr, "loss ,") || strings.Contains(watched.stdout, " \n") {
		t.Errorf("a figure that is not known is shown: %v", watched)
	}
	if a := gorod(t, dir, "finetune", "cancel", "asya"); a.code != 0 || a.stdout != id+" had ended already: completed\n" {
		t.Error(a)
	}
	if a := gorod(t, dir, "finetune", "cancel", id, "--json"); a.code != 0 || !strings.Contains(a.stdout, `"ended_before":true`) {
		t.Error(a)
	}
	for _, args := range [][]string{{"import", id}, {"chat", "asya"}} {
		cmd := command(t, dir, append([]string{"finetune"}, args...)...)
		cmd.Env = append(cmd.Environ(), "GOROD_OLLAMA=http://127.0.0.1:1")
		if a := finish(t, cmd); a.code != 1 || !strings.Contains(a.stderr, "no Ollama answers at http://127.0.0.1:1: start it (ollama serve)") {
			t.Error(a)
		}
	}
}

func TestATrainerThatSaysNothingIsQuotedFromItsLog(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	if err := os.WriteFile(filepath.Join(dir, "python"), []byte("#!/bin/sh\necho 'it lacks torch: pip install it' >&2\nexit 2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, a := submitted(t, dir); a.code != 1 || !strings.Contains(a.stderr, "ended as failed: it lacks torch: pip install it;") {
		t.Error(a)
	}
}
