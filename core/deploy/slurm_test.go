//go:build unix

package deploy_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// began is a job script that runs with stand-ins for gorod and Slurm.
func began(t *testing.T, dir, gorod string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	bin := t.TempDir()
	for name, script := range map[string]string{"gorod": gorod, "scontrol": `echo scontrol "$@"`} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/bash\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(dir, "slurm.sh"))
	path, _ := os.LookupEnv("PATH")
	cmd.Env = []string{"PATH=" + bin + ":" + path, "SLURM_SUBMIT_DIR=" + dir, "SLURM_JOB_ID=7"}
	out := &bytes.Buffer{}
	cmd.Stderr = out
	return cmd, out
}

func TestTheSlurmScriptBeginsOrResumesAStudy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	for _, want := range []string{"run experiment.yaml --out runs/slurm-7", "run --resume runs/slurm-7"} {
		cmd, stderr := began(t, dir, `echo "$@"`)
		if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%v: %s%s", err, out, stderr)
		}
		if err := os.MkdirAll(filepath.Join(dir, "runs/slurm-7"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "runs/slurm-7/manifest.json"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A gorod that is told to stop says that it can be resumed; it is not killed.
func TestTheSlurmScriptQueuesItselfAgainWhenItIsWarned(t *testing.T) {
	t.Parallel()
	const stops = `trap 'echo stopped; exit 3' TERM; echo ready; while :; do sleep 0.05; done`
	for name, c := range map[string]struct {
		gorod string
		code  int
		want  string
	}{
		"its time is over":        {stops, 0, "stopped\nscontrol requeue 7\n"},
		"it is done all the same": {strings.Replace(stops, "exit 3", "exit 0", 1), 0, "stopped\n"},
		"it fails":                {strings.Replace(stops, "exit 3", "exit 1", 1), 1, "stopped\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, options(dir))
			cmd, stderr := began(t, dir, c.gorod)
			pipe, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(pipe)
			if ready, err := lines.ReadString('\n'); err != nil || ready != "ready\n" {
				t.Fatalf("%q %v %s", ready, err, stderr)
			}
			if err := cmd.Process.Signal(syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
			said, err := io.ReadAll(lines)
			_ = cmd.Wait() // the exit code is looked at
			if err != nil || string(said) != c.want || cmd.ProcessState.ExitCode() != c.code {
				t.Errorf("exit %d: %q, %v %s", cmd.ProcessState.ExitCode(), said, err, stderr)
			}
		})
	}
	cmd, stderr := began(t, func() string { dir := t.TempDir(); write(t, options(dir)); return dir }(), "echo budget; exit 3")
	if out, err := cmd.Output(); err == nil || string(out) != "budget\n" || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("nobody warned it: %v %s %s", err, out, stderr)
	}
}
