package slurm

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// commentOf is how a submission is found again.
func commentOf(key string) string { return "gorod:" + key }

// minutes of a limit, rounded up: Slurm counts in minutes.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// arrayOf is Slurm's notation of an array, "" for none.
func arrayOf(a cluster.Array) string {
	if a.Size == 0 {
		return ""
	}
	s := fmt.Sprintf("0-%d", a.Size-1)
	if a.Limit > 0 {
		s += fmt.Sprintf("%%%d", a.Limit)
	}
	return s
}

// dependencyOf is Slurm's notation of dependencies, all of which must be met.
func dependencyOf(after []cluster.Dependency) string {
	parts := make([]string, len(after))
	for i, d := range after {
		parts[i] = string(d.When) + ":" + d.ID
	}
	return strings.Join(parts, ",")
}

// arguments of sbatch. The environment is in the script: what sbatch would carry
// over is gorod's own.
func arguments(job cluster.Job) []string {
	r := job.Resources
	args := []string{
		"--parsable", "--job-name=" + job.Name, "--chdir=" + job.Dir, "--output=" + job.OutputPattern(),
		"--open-mode=append", "--ntasks-per-node=1",
	}
	text := func(flag, value string) {
		if value != "" {
			args = append(args, flag+"="+value)
		}
	}
	count := func(flag string, n int, unit string) {
		if n > 0 {
			args = append(args, flag+"="+strconv.Itoa(n)+unit)
		}
	}
	count("--nodes", r.Nodes, "")
	count("--cpus-per-task", r.CPUs, "")
	count("--mem", r.MemoryMB, "M")
	count("--time", minutes(r.Time), "")
	if r.GPUs > 0 {
		text("--gres", gresOf(r))
	}
	text("--partition", r.Partition)
	text("--account", r.Account)
	text("--constraint", r.Constraint)
	text("--array", arrayOf(job.Array))
	text("--dependency", dependencyOf(job.After))
	if job.KillInvalid {
		args = append(args, "--kill-on-invalid-dep=yes")
	}
	if job.WarnBefore > 0 {
		text("--signal", fmt.Sprintf("B:USR1@%d", seconds(job.WarnBefore)))
	}
	if job.Requeue {
		args = append(args, "--requeue")
	} else {
		args = append(args, "--no-requeue")
	}
	if job.Mail != "" {
		args = append(args, "--mail-user="+job.Mail, "--mail-type=END,FAIL")
	}
	if job.Key != "" {
		text("--comment", commentOf(job.Key))
	}
	return args
}

func gresOf(r cluster.Resources) string { return "gpu:" + strconv.Itoa(r.GPUs) }

// seconds of a warning, which Slurm holds in 16 bits.
func seconds(d time.Duration) int { return min(int((d+time.Second-1)/time.Second), 65535) }
