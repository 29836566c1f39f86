package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/registry"
)

// Sync brings the registry, and j, up to what the cluster says of a job: states,
// what its tasks have measured since they were last read, and what came of them.
func (l *Launcher) Sync(ctx context.Context, j *registry.Job) error {
	if err := l.adopt(ctx, j); err != nil {
		return err
	}
	if err := l.refresh(ctx, j); err != nil {
		return err
	}
	statuses, gone, err := l.statuses(ctx, j)
	if err != nil {
		return err
	}
	for i := range j.Tasks {
		if err := l.syncTask(ctx, j, &j.Tasks[i], statuses, gone); err != nil {
			return err
		}
	}
	if err := l.refresh(ctx, j); err != nil {
		return err
	}
	return l.artifacts(ctx, j)
}

// syncTask takes in what a task has measured, and then its state: one that has
// ended was read to its end, also where gorod is killed in between.
func (l *Launcher) syncTask(ctx context.Context, j *registry.Job, t *registry.Task, statuses map[string]cluster.Status, gone bool) error {
	s, known := statuses[t.Cluster]
	ended := t.Status.State.Final()
	waits := known && s.State == cluster.Pending
	if t.Stage == Train && !waits && (!ended || l.here(j)) {
		if err := l.metrics(ctx, j, t); err != nil {
			return err
		}
	}
	var change registry.Change
	var err error
	switch {
	case known:
		change = l.change(j, t, s)
	case !gone || t.Cluster == "" || ended:
		return nil
	default:
		if change, err = l.unseen(ctx, j, t); err != nil {
			return err
		}
	}
	_, err = l.Registry.SetState(ctx, j.ID, t.Ref, change)
	return err
}

// refresh reads a job anew.
func (l *Launcher) refresh(ctx context.Context, j *registry.Job) error {
	now, err := l.Registry.Get(ctx, j.ID)
	if err == nil {
		*j = *now
	}
	return err
}

// statuses are those of a job's tasks by the names that the cluster gave them.
// What the cluster has forgotten is left out; gone says that it has some.
func (l *Launcher) statuses(ctx context.Context, j *registry.Job) (known map[string]cluster.Status, gone bool, err error) {
	var ids []string
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Cluster != "" && !t.Status.State.Final() {
			ids = append(ids, t.Cluster)
		}
	}
	out := map[string]cluster.Status{}
	if len(ids) == 0 {
		return out, false, nil
	}
	list, err := l.Cluster.Status(ctx, ids...)
	if gone = cluster.IsKind(err, cluster.NotFound); err != nil && !gone {
		return nil, false, err
	}
	for _, s := range list {
		out[s.Name()] = s
	}
	return out, gone, nil
}

func (l *Launcher) change(j *registry.Job, t *registry.Task, s cluster.Status) registry.Change {
	c := registry.Change{State: registry.State(s.State), Reason: reason(s), Node: s.Node, Restarts: s.Restarts, Cluster: t.Cluster}
	if s.State.Final() && s.State != cluster.Completed && t.Stage == Train {
		c.Error = l.trainerError(j, t)
	}
	return c
}

// reason is what a scheduler says, in a line.
func reason(s cluster.Status) string {
	text := s.Reason.Meaning
	if text == "" {
		text = s.Reason.Word
	}
	if s.Reason.Advice != "" {
		text += "; " + s.Reason.Advice
	}
	if s.State.Final() && s.ExitCode != 0 {
		text = fmt.Sprintf("exit code %d; %s", s.ExitCode, text)
	}
	return text
}

// trainerError is what the trainer wrote last about itself, as far as it was
// fetched.
func (l *Launcher) trainerError(j *registry.Job, t *registry.Task) string {
	data, err := os.ReadFile(filepath.Join(l.taskDir(j, t), "run", "state.json"))
	if err != nil {
		return ""
	}
	var state struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(data, &state) != nil {
		return ""
	}
	return state.Error
}

// metrics takes in what a task has measured, and brings here what it says of
// itself.
func (l *Launcher) metrics(ctx context.Context, j *registry.Job, t *registry.Task) error {
	if t.Cluster == "" {
		return nil
	}
	run := path.Join(taskFolder(j, t.Index), "run")
	read := registry.ReadFile(filepath.Join(l.taskDir(j, t), "run", "metrics.jsonl"))
	if !l.here(j) { // only what is new: the file is long in the end
		read = func(ctx context.Context, offset int64, limit int) ([]byte, int64, error) {
			return l.Cluster.Read(ctx, path.Join(j.Cluster.Dir, run, "metrics.jsonl"), offset, limit)
		}
	}
	if err := l.fetch(ctx, j, path.Join(run, "state.json")); err != nil {
		return err
	}
	_, err := l.Registry.ReadMetrics(ctx, j.ID, t.Index, read)
	return err
}

// fetch brings files of a job here, where they are not here already. What is
// not there yet is none.
func (l *Launcher) fetch(ctx context.Context, j *registry.Job, paths ...string) error {
	if l.here(j) {
		return nil
	}
	here := filepath.Join(l.Local, folder(j.Name, j.ID))
	for _, p := range paths {
		if _, err := l.Cluster.Fetch(ctx, j.Cluster.Dir, []string{p}, here); err != nil && !cluster.IsKind(err, cluster.NotFound) {
			return err
		}
	}
	return nil
}

// here reports whether the cluster works on the files of this machine.
func (l *Launcher) here(j *registry.Job) bool {
	return filepath.Join(l.Local, folder(j.Name, j.ID)) == filepath.FromSlash(j.Cluster.Dir)
}

// Fetch brings what a task's training made here: the merged model, the adapter
// and what tells of them, and proves that they are what the cluster wrote; a
// *CorruptError says that they are not. It returns the folder.
func (l *Launcher) Fetch(ctx context.Context, j *registry.Job, task int) (string, error) {
	t, err := find(j, Train, task)
	if err != nil {
		return "", err
	}
	within := taskFolder(j, task)
	if err := l.fetch(ctx, j, path.Join(within, "run")); err != nil {
		return "", fmt.Errorf("fetch what %s made: %w", j.ID, err)
	}
	if err := l.verify(ctx, j, t); err != nil {
		return "", err
	}
	return l.taskDir(j, t), nil
}

func (l *Launcher) taskDir(j *registry.Job, t *registry.Task) string {
	return filepath.Join(l.Local, folder(j.Name, j.ID), taskFolder(j, t.Index))
}

// taskFolder is a task's folder within the job's.
func taskFolder(j *registry.Job, task int) string {
	for i := range j.Tasks {
		if j.Tasks[i].Label != "" {
			return fmt.Sprintf("task-%03d", task)
		}
	}
	return ""
}

// ErrNoTask says that a job has no such task.
var ErrNoTask = errors.New("the job has no such task")

func find(j *registry.Job, stage string, task int) (*registry.Task, error) {
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Stage == stage && t.Index == task {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s, task %d of the stage %s: %w", j.ID, task, stage, ErrNoTask)
}

// Logs writes what a task printed.
func (l *Launcher) Logs(ctx context.Context, w io.Writer, j *registry.Job, stage string, task int, follow bool) error {
	t, err := find(j, stage, task)
	if err != nil {
		return err
	}
	if t.Cluster == "" {
		return fmt.Errorf("%s was not queued yet: there is no log", j.ID)
	}
	id, number, err := cluster.ParseID(t.Cluster)
	if err != nil {
		return err
	}
	return l.Cluster.Logs(ctx, w, cluster.Log{Handle: cluster.Handle{ID: id, Output: t.Output}, Task: number, Follow: follow})
}

// Cancel ends what has not ended.
func (l *Launcher) Cancel(ctx context.Context, j *registry.Job) error {
	if err := l.Sync(ctx, j); err != nil {
		return err
	}
	var ids []string
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Cluster != "" && !t.Status.State.Final() {
			ids = append(ids, t.Cluster)
		}
	}
	if len(ids) == 0 && !j.Done() {
		return l.withdraw(ctx, j)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := l.Cluster.Cancel(ctx, ids...); err != nil {
		return err
	}
	return l.Sync(ctx, j)
}

// withdraw ends what was never queued, unless another gorod is about to queue it.
func (l *Launcher) withdraw(ctx context.Context, j *registry.Job) error {
	if err := l.idle(j); err != nil {
		return err
	}
	for i := range j.Tasks {
		if t := &j.Tasks[i]; !t.Status.State.Final() {
			if _, err := l.Registry.SetState(ctx, j.ID, t.Ref, registry.Change{State: registry.Cancelled, Reason: "it was never queued"}); err != nil {
				return err
			}
		}
	}
	return l.refresh(ctx, j)
}
