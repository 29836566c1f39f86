package cluster

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// Job is what is submitted. Paths in it are slash paths of the cluster.
type Job struct {
	Name string // Latin letters, digits, "-", "_" and "."
	// Key tells this submission from any other, so that one whose answer was
	// lost is not queued twice when it is tried again; empty for no such care.
	Key    string
	Dir    string            // absolute folder it runs in
	Script []string          // lines of bash, run with errexit and pipefail
	Env    map[string]string // added to the environment of the node

	Resources Resources
	Array     Array
	After     []Dependency
	// KillInvalid cancels the job when a dependency can no more be met, instead
	// of leaving it pending for ever.
	KillInvalid bool
	// WarnBefore sends USR1 to everything the script runs this long before the
	// time limit; 0 is never.
	WarnBefore time.Duration
	// Requeue lets the scheduler start the job again after preemption or the
	// loss of a node, and starts it again when it exits with Again.
	Requeue bool
	Output  string // relative to Dir; DefaultOutput or DefaultArrayOutput where empty
	Files   []File // staged into Dir before it is queued
	// Mail is an address that Slurm writes to when the job has ended, however;
	// empty for none.
	Mail string
}

// Again is the exit code (EX_TEMPFAIL) of a job that saved its work and wants
// to be started again.
const Again = 75

// Where the output of a job goes.
const (
	DefaultOutput      = "logs/%j.out"
	DefaultArrayOutput = "logs/%A_%a.out"
)

// Resources are what each task needs. 0 and "" leave it to the scheduler.
type Resources struct {
	GPUs       int // on each node
	Nodes      int
	CPUs       int           // on each node
	MemoryMB   int           // on each node
	Time       time.Duration // limit; rounded up to minutes by Slurm
	Partition  string
	Account    string
	Constraint string
}

// Array makes Size tasks of a job, numbered from 0; Size 0 is no array. At most
// Limit run at a time; 0 is as many as fit.
type Array struct{ Size, Limit int }

// Dependency holds a job back until others have ended.
type Dependency struct {
	When When
	ID   string // "12" or "12_3"
}

// When is how another job must have ended.
type When string

// The conditions of a dependency.
const (
	AfterOK    When = "afterok"    // with success
	AfterTask  When = "aftercorr"  // each task of the array after the other array's of its number, with success
	AfterAny   When = "afterany"   // anyhow
	AfterNotOK When = "afternotok" // without success
)

// File is one to stage: From here, To there, relative to the job's folder. A
// folder is staged with all that is in it.
type File struct{ From, To string }

// OutputPattern is the absolute path that the job's output goes to.
func (j Job) OutputPattern() string {
	switch {
	case j.Output != "":
		return path.Join(j.Dir, j.Output)
	case j.Array.Size > 0:
		return path.Join(j.Dir, DefaultArrayOutput)
	default:
		return path.Join(j.Dir, DefaultOutput)
	}
}

// OutputPath is where a task's output goes.
func (h Handle) OutputPath(task int) string {
	job, _, _ := strings.Cut(h.ID, "_")
	return strings.NewReplacer("%%", "%", "%j", job, "%A", job, "%a", strconv.Itoa(max(task, 0))).Replace(h.Output)
}

// Validate reports everything that is wrong with a job.
func (j Job) Validate() error {
	problems := []error{
		word("name", j.Name, false),
		word("key", j.Key, true),
		word("partition", j.Resources.Partition, true),
		word("account", j.Resources.Account, true),
		plain("dir", j.Dir),
		plain("constraint", j.Resources.Constraint),
		plain("output", j.Output),
		address(j.Mail),
	}
	if !path.IsAbs(j.Dir) {
		problems = append(problems, fmt.Errorf("dir %q is not absolute", j.Dir))
	}
	if strings.ContainsAny(j.Dir, `%\`) {
		problems = append(problems, fmt.Errorf("dir %q has a %% or a backslash, which Slurm would expand", j.Dir))
	}
	if len(j.Script) == 0 {
		problems = append(problems, errors.New("the script is empty"))
	}
	problems = append(problems, j.validatePatterns(), j.validateNumbers())
	for k, v := range j.Env {
		problems = append(problems, variable(k, v))
	}
	for _, d := range j.After {
		problems = append(problems, d.validate())
	}
	for _, f := range j.Files {
		if !local(f.To) {
			problems = append(problems, fmt.Errorf("file %q leaves the job's folder", f.To))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return &Error{Kind: Rejected, Op: "submit", Err: err}
	}
	return nil
}

// validatePatterns: where the output goes must be known without asking.
func (j Job) validatePatterns() error {
	if j.Output == "" {
		return nil
	}
	if !local(j.Output) {
		return fmt.Errorf("output %q leaves the job's folder", j.Output)
	}
	rest := strings.NewReplacer("%%", "", "%A", "", "%a", "").Replace(j.Output)
	if j.Array.Size == 0 {
		rest = strings.ReplaceAll(rest, "%j", "")
	} else if !strings.Contains(j.Output, "%a") {
		return fmt.Errorf("output %q of an array needs %%a, or its tasks write to one file", j.Output)
	}
	if strings.Contains(rest, "%") {
		return fmt.Errorf("output %q has a pattern other than %%j (no array), %%A and %%a", j.Output)
	}
	return nil
}

func (j Job) validateNumbers() error {
	r := j.Resources
	if min(r.GPUs, r.Nodes, r.CPUs, r.MemoryMB, j.Array.Size, j.Array.Limit) < 0 || r.Time < 0 || j.WarnBefore < 0 {
		return errors.New("a number is negative")
	}
	if j.WarnBefore > 0 && r.Time <= j.WarnBefore {
		return fmt.Errorf("the warning comes %s before the end, and the time limit is %s", j.WarnBefore, r.Time)
	}
	return nil
}
