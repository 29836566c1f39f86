// Package slurm runs jobs on a Slurm cluster. It speaks to it through the
// commands sbatch, squeue, sacct, scontrol and scancel, run here or over SSH, or
// through slurmrestd; what comes back is one record of a job whichever way it
// came, and one Status is made of it.
package slurm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// Runner runs a command where Slurm is. Its error says that the command could
// not be run; one that ran and failed has a Code.
type Runner interface {
	Run(ctx context.Context, argv []string, stdin io.Reader) (Output, error)
}

// Output is what a command printed and its exit code.
type Output struct {
	Stdout, Stderr string
	Code           int
}

// Timeouts of Commands.
const (
	// readTimeout is shorter than the 9 s that a client of Slurm waits for a
	// controller that is down.
	readTimeout = 8 * time.Second
	// writeTimeout is long: a submission that is cut off may have been accepted.
	writeTimeout = 30 * time.Second
)

// Commands is a Scheduler over the command line. The zero Timeout is the
// default.
type Commands struct {
	Runner  Runner
	Where   string        // named in errors: a host; may be empty
	Timeout time.Duration // of commands that only ask
}

var (
	_ cluster.Scheduler = (*Commands)(nil)
	_ cluster.Finder    = (*Commands)(nil)
)

// run runs a command that must succeed.
func (c *Commands) run(ctx context.Context, op string, argv []string, stdin io.Reader) (string, error) {
	limit := c.Timeout
	if limit == 0 {
		limit = readTimeout
	}
	if op != "status" && op != "account" {
		limit = max(limit, writeTimeout)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := c.Runner.Run(bounded, argv, stdin)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case bounded.Err() != nil:
		return "", &cluster.Error{
			Kind: cluster.Unreachable, Op: op, Where: c.Where, Err: fmt.Errorf("no answer of Slurm in %s", limit),
			Hint: "slurmctld is down or busy; gorod asks again",
		}
	case err != nil:
		return "", located(err, op, c.Where)
	case out.Code != 0:
		return out.Stdout, refusal(op, c.Where, out)
	}
	return out.Stdout, nil
}

func located(err error, op, where string) error {
	if e, ok := errors.AsType[*cluster.Error](err); ok {
		return &cluster.Error{Kind: e.Kind, Op: op, Where: where, Hint: e.Hint, Err: e.Err}
	}
	return &cluster.Error{Kind: cluster.Failed, Op: op, Where: where, Err: err}
}

// Submit queues a job by sbatch.
func (c *Commands) Submit(ctx context.Context, job cluster.Job) (cluster.Handle, error) {
	if err := job.Validate(); err != nil {
		return cluster.Handle{}, err
	}
	if id, err := c.Find(ctx, job.Key); err != nil || id != "" {
		return cluster.Handle{ID: id, Output: job.OutputPattern()}, err
	}
	if err := checkDependencies(ctx, c, job.After); err != nil {
		return cluster.Handle{}, err
	}
	out, err := c.run(ctx, "submit", append([]string{"sbatch"}, arguments(job)...), strings.NewReader(script(job, false)))
	if err != nil {
		return cluster.Handle{}, err
	}
	id, _, _ := strings.Cut(strings.TrimSpace(out), ";")
	if _, _, err := cluster.ParseID(id); err != nil {
		return cluster.Handle{}, &cluster.Error{
			Kind: cluster.Failed, Op: "submit", Where: c.Where, Err: fmt.Errorf("sbatch printed %.80q instead of an id", out),
		}
	}
	return cluster.Handle{ID: id, Output: job.OutputPattern()}, nil
}

// Find looks for a job that was submitted with the key, whose answer was lost.
func (c *Commands) Find(ctx context.Context, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	out, err := c.run(ctx, "submit", []string{"squeue", "--me", "-h", "-a", "-t", "all", "-o", "%F %k"}, nil)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(out) {
		if id, comment, _ := strings.Cut(strings.TrimSpace(line), " "); comment == commentOf(key) {
			return id, nil
		}
	}
	return "", nil
}

// Cancel ends jobs by scancel.
func (c *Commands) Cancel(ctx context.Context, ids ...string) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	_, err := c.run(ctx, "cancel", append([]string{"scancel"}, ids...), nil)
	if err != nil && strings.Contains(err.Error(), "already completing or completed") {
		return nil
	}
	return err
}

// Requeue puts jobs back by scontrol requeue, or releases those that are held.
func (c *Commands) Requeue(ctx context.Context, ids ...string) error {
	statuses, err := c.Status(ctx, ids...)
	if err != nil {
		return err
	}
	for _, s := range statuses {
		verb := "requeue"
		if s.State == cluster.Pending || s.State == cluster.Requeued {
			if verb = "release"; !s.Reason.Stuck {
				continue
			}
		}
		if _, err := c.run(ctx, "requeue", []string{"scontrol", verb, s.Name()}, nil); err != nil {
			return err
		}
	}
	return nil
}

func checkIDs(ids []string) error {
	for _, id := range ids {
		if _, _, err := cluster.ParseID(id); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return &cluster.Error{Kind: cluster.NotFound, Op: "id", Err: errors.New("no job was named")}
	}
	return nil
}
