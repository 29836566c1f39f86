package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

const (
	// grace is between TERM and KILL.
	grace = 10 * time.Second
	// rest is before a task that wants to be started again is.
	rest = time.Second
)

// run starts a task and waits for it; true if it is to be started again.
func (s *supervisor) run(ctx context.Context, i int, gpus *held) (bool, error) {
	cmd, err := s.start(i, gpus)
	if err != nil {
		return false, s.end(i, cluster.FailedState, cluster.Reason{Word: "JobLaunchFailure", Meaning: err.Error()})
	}
	why := s.mind(ctx, i, cmd)
	code, signal := cmd.ProcessState.ExitCode(), 0
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		code, signal = 128+int(ws.Signal()), int(ws.Signal())
	}
	err = s.state.change(s.dir, i, func(t *cluster.Status) { t.ExitCode, t.Signal = code, signal })
	switch {
	case err != nil:
		return false, err
	case why == "cancel":
		return false, s.end(i, cluster.Cancelled, cluster.Reason{Word: "Cancelled"})
	case why == "time":
		return false, s.end(i, cluster.Timeout, cluster.Reason{
			Word: "TimeLimit", Meaning: "it ran into its time limit", Advice: "resume it: it goes on from its last checkpoint",
		})
	case why == "requeue":
		return true, s.again(i, wasAsked)
	case code == cluster.Again && s.job.Requeue:
		err := s.again(i, "it saved its work and is started again")
		wait(ctx, rest)
		return true, err
	case code == 0:
		return false, s.end(i, cluster.Completed, cluster.Reason{})
	default:
		return false, s.end(i, cluster.FailedState, reasonOf(code, signal))
	}
}

func reasonOf(code, signal int) cluster.Reason {
	switch {
	case signal == int(syscall.SIGKILL) || code == 128+int(syscall.SIGKILL):
		return cluster.Reason{Word: "RaisedSignal", Meaning: "it was killed, as the kernel does when memory is short", Advice: "see its log and dmesg"}
	case signal != 0:
		return cluster.Reason{Word: "RaisedSignal", Meaning: "it ended by " + syscall.Signal(signal).String(), Advice: "see its log"}
	case code == cluster.Again:
		return cluster.Reason{Word: "ExitCode 75", Meaning: "it saved its work and wants to be started again", Advice: "resume it"}
	default:
		return cluster.Reason{Word: "NonZeroExitCode", Meaning: fmt.Sprintf("the script ended with %d", code), Advice: "see its log"}
	}
}

// start starts a task as a process group of its own.
func (s *supervisor) start(i int, gpus *held) (*exec.Cmd, error) {
	st := s.state.get(i)
	output := cluster.Handle{ID: st.ID, Output: s.job.OutputPattern()}.OutputPath(st.Task)
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(output, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	// No context: it is ended by signals to its group, the mild one first.
	cmd := exec.Command("bash", filepath.Join(s.dir, scriptFile)) //nolint:noctx // see above
	cmd.Dir = s.job.Dir
	cmd.Env = append(cmd.Environ(), cluster.EnvJob+"="+st.ID, cluster.EnvRestarts+"="+strconv.Itoa(st.Restarts), cluster.EnvTask+"=")
	if st.Task != cluster.NoTask {
		cmd.Env = append(cmd.Env, cluster.EnvTask+"="+strconv.Itoa(st.Task))
	}
	cmd.Env = append(cmd.Env, gpus.environment()...)
	cmd.ExtraFiles = gpus.locks
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	return cmd, s.state.change(s.dir, i, func(t *cluster.Status) {
		t.State, t.Reason, t.Node, t.Started = cluster.Running, cluster.Reason{}, host, time.Now().UTC()
	})
}

// mind waits for a task, warns and stops it in time, and says why it was
// stopped: "cancel", "requeue", "time", or "" if it ended by itself.
func (s *supervisor) mind(ctx context.Context, i int, cmd *exec.Cmd) (why string) {
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	group := func(sig syscall.Signal) { _ = syscall.Kill(-cmd.Process.Pid, sig) }
	limit := s.job.Resources.Time
	warn, end, kill := timer(limit-s.job.WarnBefore, s.job.WarnBefore > 0), timer(limit, limit > 0), timer(0, false)
	look := time.NewTicker(tick)
	defer look.Stop()
	stop := func(reason string) {
		if why == "" {
			why, kill = reason, timer(grace, true)
			group(syscall.SIGTERM)
		}
	}
	over := ctx.Done()
	for {
		select {
		case <-done:
			group(syscall.SIGKILL) // what it left behind
			return why
		case <-over:
			over = nil
			stop("cancel")
		case <-warn:
			group(syscall.SIGUSR1)
		case <-end:
			stop("time")
		case <-kill:
			group(syscall.SIGKILL)
		case <-look.C:
			if what := s.take(i); what != "" {
				stop(what)
			}
		}
	}
}

// timer is a channel that a time comes from after d, or never.
func timer(d time.Duration, set bool) <-chan time.Time {
	if !set {
		return nil
	}
	return time.After(d)
}
