package launch

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/registry"
)

// stagesOf are the stages of a job in their order.
func stagesOf(j *job.Job) []string {
	if j.Notify.Stage() {
		return []string{Train, Merge, Notify}
	}
	return []string{Train, Merge}
}

// Resume queues a job again that ended without success, or that was not wholly
// queued. The trainer goes on from its last checkpoint; stages that are done are
// not run again, unless from names the one to begin with.
func (l *Launcher) Resume(ctx context.Context, j *registry.Job, r Request, from string) error {
	release, err := l.hold(j.Name, j.ID)
	if err != nil {
		return err
	}
	defer release()
	if err := l.refresh(ctx, j); err != nil { // another gorod may have queued it
		return err
	}
	queue, err := plan(j, stagesOf(r.Job), from)
	if err != nil {
		return err
	}
	if queue[0] != Notify {
		if err := l.unchanged(ctx, j, r); err != nil {
			return err
		}
	}
	files, err := l.layOut(ctx, j.ID, r)
	if err != nil {
		return err
	}
	if err := l.stage(ctx, j, files); err != nil {
		return err
	}
	return l.chain(ctx, j, r.Job, queue)
}

// plan are the stages that are to be queued: the first that is neither done nor
// at work, and those after it.
func plan(j *registry.Job, stages []string, from string) ([]string, error) {
	first := slices.IndexFunc(stages, func(s string) bool { return !completed(j, s) && !atWork(j, s) })
	if from != "" {
		if first = slices.Index(stages, from); first < 0 {
			return nil, fmt.Errorf("%s has no stage %q: %w", j.ID, from, ErrNoTask)
		}
	}
	if from == Train && completed(j, Train) { // it would see that it is done, and end
		return nil, fmt.Errorf("the training of %s is done, and is not done twice in one folder: submit a job anew, or begin with --from %s", j.ID, Merge)
	}
	if first < 0 && slices.ContainsFunc(stages, func(s string) bool { return atWork(j, s) }) {
		return nil, fmt.Errorf("%s is still at work: cancel it first, or wait", j.ID)
	}
	if first < 0 {
		return nil, fmt.Errorf("%s is done: there is nothing to resume (--from names a stage to do again)", j.ID)
	}
	for i, s := range stages {
		switch {
		case i >= first && atWork(j, s):
			return nil, fmt.Errorf("%s is still at work on %s: cancel it first, or wait", j.ID, s)
		case i < first && from != "" && !completed(j, s):
			return nil, fmt.Errorf("the stage %s of %s is not done: resume it without --from", s, j.ID)
		}
	}
	return stages[first:], nil
}

// chain submits stages, each after the one before it. The key of each tells this
// submission from any other of the stage, and is the same when it is tried again
// because its answer was lost: then nothing is queued twice.
func (l *Launcher) chain(ctx context.Context, j *registry.Job, of *job.Job, queue []string) error {
	before := handleBefore(j, queue[0], stagesOf(of))
	for _, stage := range queue {
		c := clusterJob(key(j, stage), j.Cluster.Dir, of, stage)
		switch {
		case before == "":
		case stage == Notify: // it tells of failures too
			c.After = []cluster.Dependency{{When: cluster.AfterAny, ID: before}}
		case c.Array.Size > 0: // what failed with one task is none of the others' business
			c.After, c.KillInvalid = []cluster.Dependency{{When: cluster.AfterTask, ID: before}}, true
		default:
			c.After, c.KillInvalid = []cluster.Dependency{{When: cluster.AfterOK, ID: before}}, true
		}
		handle, err := l.Cluster.Submit(ctx, c)
		if err != nil {
			return fmt.Errorf("queue the stage %s: %w", stage, err)
		}
		if err := l.Registry.Submitted(ctx, j.ID, submissions(j, handle, stage)...); err != nil {
			return err
		}
		before = handle.ID
	}
	return nil
}

// key of the next submission of a stage.
func key(j *registry.Job, stage string) string {
	n := 0
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Stage == stage {
			n = max(n, t.Queued)
		}
	}
	if n == 0 {
		return j.ID + "-" + stage
	}
	return fmt.Sprintf("%s-%s-%d", j.ID, stage, n)
}

// handleBefore is the id of the stage before one, where it is at work.
func handleBefore(j *registry.Job, stage string, stages []string) string {
	i := slices.Index(stages, stage)
	if i < 1 || !atWork(j, stages[i-1]) {
		return ""
	}
	for n := range j.Tasks {
		if t := &j.Tasks[n]; t.Stage == stages[i-1] && t.Cluster != "" {
			if id, _, err := cluster.ParseID(t.Cluster); err == nil {
				return id
			}
		}
	}
	return ""
}

// submissions are the tasks of a stage by the names that the cluster gave them.
func submissions(j *registry.Job, h cluster.Handle, stage string) []registry.Submission {
	var out []registry.Submission
	for i := range j.Tasks {
		t := &j.Tasks[i]
		if t.Stage != stage {
			continue
		}
		name, task := h.ID, cluster.NoTask
		if t.Label != "" {
			name, task = fmt.Sprintf("%s_%d", h.ID, t.Index), t.Index
		}
		out = append(out, registry.Submission{Ref: t.Ref, Cluster: name, Output: h.OutputPath(task)})
	}
	return out
}

// adopt finds what was queued and not written down, because gorod was killed in
// between.
func (l *Launcher) adopt(ctx context.Context, j *registry.Job) error {
	seen := map[string]bool{}
	for i := range j.Tasks {
		stage := j.Tasks[i].Stage
		if seen[stage] || completed(j, stage) || atWork(j, stage) {
			continue
		}
		seen[stage] = true
		id, err := l.Cluster.Find(ctx, key(j, stage))
		if err != nil {
			return err
		}
		if id == "" {
			continue
		}
		output := path.Join(j.Cluster.Dir, output(stage, j.Tasks[i].Label != ""))
		if err := l.Registry.Submitted(ctx, j.ID, submissions(j, cluster.Handle{ID: id, Output: output}, stage)...); err != nil {
			return err
		}
	}
	return nil
}

// Unqueued reports whether nothing of a job is at work, and part of it was never
// queued: gorod was stopped, or is at it still.
func Unqueued(j *registry.Job) bool {
	if j.State() != registry.Staged {
		return false
	}
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Cluster != "" && !t.Status.State.Final() {
			return false
		}
	}
	return true
}

// atWork reports whether a stage is queued and has not ended.
func atWork(j *registry.Job, stage string) bool {
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Stage == stage && t.Cluster != "" && !t.Status.State.Final() {
			return true
		}
	}
	return false
}

func completed(j *registry.Job, stage string) bool {
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Stage == stage && t.Status.State != registry.Completed {
			return false
		}
	}
	return true
}
