package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// maxOutput bounds what a command may print.
const maxOutput = 64 << 20

// Exec runs commands on this machine with the environment Env and nothing else:
// what sbatch sees it hands on to the job.
type Exec struct{ Env []string }

// Environ picks what Slurm's commands need out of the environment.
func Environ(getenv func(string) string) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "SLURM_CONF"} {
		if v := getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// Run runs a command.
func (e Exec) Run(ctx context.Context, argv []string, stdin io.Reader) (Output, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append([]string{}, e.Env...)
	cmd.Stdin = stdin
	cmd.WaitDelay = time.Second
	var stdout, stderr bounded
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	out := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		out.Code = exit.ExitCode()
		return out, nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return out, &cluster.Error{
			Kind: cluster.Rejected, Op: "run", Err: fmt.Errorf("no %s in PATH", argv[0]), Hint: "Slurm is not installed here: run gorod on a login node, or use ssh or rest",
		}
	}
	return out, err
}

// bounded is a buffer that takes maxOutput bytes and drops the rest.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	_, _ = b.Buffer.Write(p[:min(len(p), maxOutput-b.Len())])
	return len(p), nil
}
