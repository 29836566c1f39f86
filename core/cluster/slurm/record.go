package slurm

import (
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// record is what Slurm says about a task, by whichever way.
type record struct {
	job      string
	task     int // cluster.NoTask for none
	state    []string
	reason   string
	code     int // of the exit
	signal   int
	node     string
	restarts int
	// Unix seconds, 0 for none
	submitted, started, ended int64
	tres                      string // what was allocated: cpu=4,mem=8G,node=1,gres/gpu=2
	cpuSeconds                float64
	memory                    int64 // bytes
}

// status of a record. The start of a task that waits is only expected, and left
// out.
func (r record) status() cluster.Status {
	s := cluster.Status{
		ID: r.job, Task: r.task, State: stateOf(r.state), Node: r.node, Restarts: r.restarts,
		Submitted: unix(r.submitted),
	}
	if s.State == cluster.Pending && r.restarts > 0 {
		s.State = cluster.Requeued
	}
	if s.State != cluster.Pending && s.State != cluster.Requeued {
		s.Started = unix(r.started)
	}
	if s.State.Final() {
		s.Ended, s.ExitCode, s.Signal = unix(r.ended), r.code, r.signal
		if s.ExitCode == 0 && s.Signal != 0 {
			s.ExitCode = 128 + s.Signal // as shells say it
		}
	}
	s.Reason = explain(r.reason, s)
	return s
}

func (r record) usage(now time.Time) cluster.Usage {
	s := r.status()
	u := cluster.Usage{ID: r.job, Task: r.task, State: s.State, Memory: r.memory}
	if !s.Started.IsZero() {
		end := now
		if s.State.Final() {
			end = s.Ended
		}
		u.Elapsed = max(0, end.Sub(s.Started).Truncate(time.Second))
	}
	u.CPUs, u.Nodes, u.GPUs = resource(r.tres, "cpu"), resource(r.tres, "node"), resource(r.tres, "gres/gpu")
	u.CPUTime = time.Duration(r.cpuSeconds * float64(time.Second))
	return u
}

func unix(t int64) time.Time {
	if t <= 0 {
		return time.Time{}
	}
	return time.Unix(t, 0).UTC()
}

// stateOf makes one state of Slurm's words, of which the first is the base and
// others are flags.
func stateOf(words []string) cluster.State {
	for _, flag := range []string{"REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT"} {
		if slices.Contains(words, flag) {
			return cluster.Requeued
		}
	}
	if len(words) == 0 {
		return cluster.Unknown
	}
	// sacct says "CANCELLED by 1000"
	switch word, _, _ := strings.Cut(words[0], " "); strings.TrimSuffix(word, "+") {
	case "PENDING", "CONFIGURING":
		return cluster.Pending
	case "RUNNING", "COMPLETING", "SUSPENDED", "STAGE_OUT", "STOPPED", "SIGNALING", "RESIZING":
		return cluster.Running
	case "COMPLETED":
		if slices.Contains(words, "COMPLETING") {
			return cluster.Running
		}
		return cluster.Completed
	case "FAILED", "LAUNCH_FAILED", "RECONFIG_FAIL":
		return cluster.FailedState
	case "CANCELLED", "REVOKED":
		return cluster.Cancelled
	case "TIMEOUT", "DEADLINE":
		return cluster.Timeout
	case "OUT_OF_MEMORY":
		return cluster.OutOfMemory
	case "NODE_FAIL", "BOOT_FAIL":
		return cluster.NodeFail
	case "PREEMPTED":
		return cluster.Preempted
	default:
		return cluster.Unknown
	}
}
