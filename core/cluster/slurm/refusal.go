package slurm

import (
	"errors"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
)

// saying is a message of Slurm, in lower case, with what it is and what to do.
type saying struct {
	part string
	kind cluster.ErrorKind
	hint string
}

// sayings are what Slurm's commands and slurmrestd say when they refuse. The
// first that fits counts.
func sayings() []saying {
	return []saying{
		{"unable to contact slurm controller", cluster.Unreachable, "slurmctld is down or cannot be reached"},
		{"socket timed out", cluster.Unreachable, "slurmctld is busy"},
		{"connection refused", cluster.Unreachable, "nobody listens there"},
		{"connect failure", cluster.Unreachable, "slurmctld is down or cannot be reached"},
		{"zero bytes were transmitted", cluster.Unreachable, "the connection to slurmctld broke"},
		{"temporarily unable to accept job", cluster.Unreachable, "the queue is full or limited for now"},
		{"resource temporarily unavailable", cluster.Unreachable, "slurmctld is busy"},
		{"invalid job id", cluster.NotFound, "it has ended long ago, or is of another cluster"},
		{"authentication", cluster.Unauthorized, "the token or munge's credential is refused: renew it"},
		{"invalid user id", cluster.Unauthorized, "the cluster does not know this user"},
		{"access/permission denied", cluster.Unauthorized, "the job belongs to somebody else"},
		{"invalid account or account/partition", cluster.Unauthorized, "sacctmgr show assoc user=$USER lists the accounts that you may use"},
		{"invalid partition", cluster.Rejected, "sinfo lists the partitions"},
		{"more processors requested than permitted", cluster.Rejected, "ask for fewer CPUs or nodes"},
		{"requested node configuration is not available", cluster.Rejected, "no node has that much: lower gpus, cpus or memory; sinfo -N -o '%N %c %m %G' lists what nodes have"},
		{"node count specification invalid", cluster.Rejected, "the partition has fewer nodes, or allows fewer"},
		{"requested time limit is invalid", cluster.Rejected, "lower the time; sinfo -o '%P %l' lists the limits"},
		{"invalid feature specification", cluster.Rejected, "no node has this constraint; sinfo -o '%N %f' lists them"},
		{"invalid generic resource", cluster.Rejected, "the cluster has no such GPUs; sinfo -o '%N %G' lists them"},
		{"dependency", cluster.Rejected, "a job that this one waits for is not known any more"},
		{"violates accounting/qos policy", cluster.Rejected, "a limit of the account is reached: lower what is asked for, or wait"},
		{"invalid qos", cluster.Rejected, "sacctmgr show qos lists them"},
		{"requested partition configuration not available", cluster.Rejected, "the partition is closed, or its limits are lower"},
		{"invalid job array", cluster.Rejected, "the array is larger than the cluster allows: scontrol show config | grep MaxArraySize"},
		{"disabled", cluster.Rejected, "the job was submitted without requeue, or the cluster forbids it"},
	}
}

// classify says what kind of refusal a message is. Any other refusal of a
// submission is Rejected.
func classify(op, message string) (cluster.ErrorKind, string) {
	lower := strings.ToLower(message)
	for _, s := range sayings() {
		if strings.Contains(lower, s.part) {
			return s.kind, s.hint
		}
	}
	if op == "submit" {
		return cluster.Rejected, ""
	}
	return cluster.Failed, ""
}

// refusal makes an error of a command that failed.
func refusal(op, where string, out Output) error {
	message := tidy(out.Stderr)
	if message == "" {
		message = tidy(out.Stdout)
	}
	e := &cluster.Error{Op: op, Where: where, Err: errors.New(message)}
	e.Kind, e.Hint = classify(op, message)
	if out.Code == 127 {
		e.Kind, e.Hint = cluster.Failed, "the commands of Slurm are not on the PATH there"
	}
	return e
}

// maxMessage bounds what is quoted of others.
const maxMessage = 600

// tidy makes one line of what a command printed.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(s), "?"))
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}
