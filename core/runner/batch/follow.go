package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
)

// Observer is told how tasks go on, from one goroutine.
type Observer interface {
	// Task: this is how a run's task stands now.
	Task(p runner.Planned, s cluster.Status)
	// Ended: the task has ended, and this is how the run stands.
	Ended(p runner.Planned, s cluster.Status, r runner.Result)
	// Away: the cluster does not answer; it is asked again.
	Away(err error)
}

// Follow waits until all that was queued has ended, brings what was computed
// here, and says how every run stands. When ctx ends the jobs run on.
func (b *Batch) Follow(ctx context.Context, observer Observer) ([]runner.Result, error) {
	going, err := b.going(ctx)
	if err != nil {
		return nil, err
	}
	// What this Batch has queued may have ended already, and is told all the same.
	jobs := jobsOf(going)
	for _, key := range b.fresh {
		if sub, _ := b.state.last(key); !slices.Contains(jobs, sub.Job) {
			jobs = append(jobs, sub.Job)
		}
	}
	results := map[string]runner.Result{}
	for s, err := range b.Cluster.Watch(ctx, jobs...) {
		if cluster.IsKind(err, cluster.Unreachable) {
			observer.Away(err)
			continue
		}
		if cluster.IsKind(err, cluster.NotFound) {
			continue // it ended; its runs say how
		}
		if err != nil {
			return nil, err
		}
		key, ok := b.state.run(s)
		if _, followed := going[key]; !ok || !followed && !slices.Contains(b.fresh, key) {
			continue
		}
		p := b.planned(key)
		observer.Task(p, s)
		if !s.State.Final() {
			continue
		}
		r, err := b.outcome(ctx, p, s)
		if err != nil {
			return nil, err
		}
		results[key] = r
		observer.Ended(p, s, r)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return b.results(ctx, results)
}

// results are those of all runs, in order.
func (b *Batch) results(ctx context.Context, known map[string]runner.Result) ([]runner.Result, error) {
	out := make([]runner.Result, len(b.runs))
	for i, p := range b.runs {
		r, ok := known[p.Key()]
		if !ok {
			var err error
			if err = b.fetch(ctx, p); err != nil {
				return nil, err
			}
			if r, err = runner.StandingOf(ctx, p); err != nil {
				return nil, err
			}
			r = settled(r)
		}
		out[i] = r
	}
	return out, runner.Gather(b.Runner.Dir, b.runs)
}

// planned is the run of a key.
func (b *Batch) planned(key string) runner.Planned {
	return b.runs[slices.IndexFunc(b.runs, func(p runner.Planned) bool { return p.Key() == key })]
}

func jobsOf(going map[string]cluster.Status) []string {
	var ids []string
	for _, s := range going {
		if !slices.Contains(ids, s.ID) {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// outcome is how a run stands whose task has ended.
func (b *Batch) outcome(ctx context.Context, p runner.Planned, s cluster.Status) (runner.Result, error) {
	r, err := b.standing(ctx, p, s)
	if err != nil || r.Status == journal.Done || r.Status == journal.Budget {
		return r, err
	}
	switch s.State {
	case cluster.FailedState, cluster.OutOfMemory, cluster.Completed:
		if s.ExitCode == cluster.Again {
			break
		}
		r.Status, r.Err = journal.Failed, errors.New(b.why(ctx, p, s, r))
		r.Error = r.Err.Error()
	default: // it was stopped from outside, and goes on when it is queued again
		r.Error = reason(s)
	}
	if r.Status != journal.Failed || r.Err == nil {
		r.Status = journal.Interrupted
	}
	return r, nil
}

// standing is what the files of a run say. Those of a run that has ended well may
// be seen from here a moment later.
func (b *Batch) standing(ctx context.Context, p runner.Planned, s cluster.Status) (r runner.Result, err error) {
	for range visible {
		if err := b.fetch(ctx, p); err != nil {
			return r, err
		}
		if r, err = runner.StandingOf(ctx, p); err != nil || s.State != cluster.Completed || r.Status == journal.Done {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return r, nil
}

// visible is how often the files of a run are looked at, a second apart.
const visible = 5

// settled is how a run stands that nobody computes.
func settled(r runner.Result) runner.Result {
	switch r.Status {
	case journal.Done, journal.Budget, journal.Interrupted:
	case journal.Failed:
		r.Err = errors.New(r.Error)
	default: // running when its process was killed, or not begun
		r.Status = journal.Interrupted
	}
	return r
}

// why a task failed: what gorod said there, else what the run's journal says, else
// what the cluster says and the last line of the output.
func (b *Batch) why(ctx context.Context, p runner.Planned, s cluster.Status, r runner.Result) string {
	sub, task := b.state.last(p.Key())
	said, last := b.lastWords(ctx, cluster.Handle{ID: sub.Job, Output: sub.Output}, task)
	switch {
	case said != "":
		return said
	case r.Status == journal.Failed && r.Error != "":
		return r.Error
	case last != "":
		return reason(s) + ": " + last
	default:
		return reason(s)
	}
}

// reason is what the cluster says of a task's end.
func reason(s cluster.Status) string {
	text := string(s.State)
	if s.ExitCode != 0 {
		text = fmt.Sprintf("%s with exit code %d", text, s.ExitCode)
	}
	if s.Reason.Meaning != "" {
		text += ": " + s.Reason.Meaning
	}
	if s.Reason.Advice != "" {
		text += " (" + s.Reason.Advice + ")"
	}
	return text
}
