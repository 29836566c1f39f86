// Package launch puts fine-tunings on a cluster: it lays out a job's folder,
// queues training and what comes after it, and keeps the registry up to what
// the cluster says.
package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/registry"
)

// The stages of a fine-tuning.
const (
	Train = registry.Train
	Merge = "merge" // the adapter into the base
)

// warnBefore is how long before the time limit the trainer is told to write a
// checkpoint.
const warnBefore = 5 * time.Minute

// Launcher works with one cluster.
type Launcher struct {
	Registry *registry.Registry
	Cluster  cluster.Cluster
	// Dir is the folder there that holds a folder for each job; absolute.
	Dir string
	// Local is a folder here for what is staged and fetched. For a cluster that
	// sees the files of this machine it is Dir.
	Local string
}

// Request is a fine-tuning that is to be queued.
type Request struct {
	Job     *job.Job
	YAML    string   // as the user wrote it
	File    string   // where it stood: its paths are relative to that
	Set     []string // values that were set over it
	Dataset string   // digest of the dataset
	// Estimate goes into job.json, beside which the trainer reports what it
	// really took: GB on each GPU; 0 is none.
	Estimate float64
}

// Submit lays a job out and queues it. What the registry remembers is returned
// also with an error: it tells how far it came, and Resume goes on from there.
func (l *Launcher) Submit(ctx context.Context, r Request) (*registry.Job, error) {
	id, err := l.Registry.NewID()
	if err != nil {
		return nil, err
	}
	entry, err := l.entry(id, r)
	if err != nil {
		return nil, err
	}
	if err := l.Registry.Add(ctx, id, entry); err != nil {
		return nil, err
	}
	err = l.queue(ctx, id, r)
	known, getErr := l.Registry.Get(context.WithoutCancel(ctx), id)
	return known, errors.Join(err, getErr)
}

// folder is a job's own, below Dir and below Local.
func folder(name, id string) string { return name + "-" + id }

func (l *Launcher) entry(id string, r Request) (registry.Entry, error) {
	resolved, err := json.Marshal(r.Job)
	if err != nil {
		return registry.Entry{}, fmt.Errorf("write the job: %w", err)
	}
	digest, err := r.Job.Digest()
	if err != nil {
		return registry.Entry{}, err
	}
	c := r.Job.Cluster
	e := registry.Entry{
		Name: r.Job.Name, YAML: r.YAML, Job: resolved, Digest: digest, Dataset: r.Dataset,
		Cluster: registry.Cluster{Kind: c.Kind, Via: c.Via, Host: c.Host, Dir: path.Join(l.Dir, folder(r.Job.Name, id))},
	}
	for _, stage := range []string{Train, Merge} {
		for _, t := range r.Job.Tasks() {
			e.Tasks = append(e.Tasks, registry.Task{Ref: registry.Ref{Stage: stage, Index: t.Index}, Label: t.Label})
		}
	}
	return e, nil
}

// queue stages the files and submits both stages.
func (l *Launcher) queue(ctx context.Context, id string, r Request) error {
	files, err := l.layOut(id, r)
	if err != nil {
		return err
	}
	dir := path.Join(l.Dir, folder(r.Job.Name, id))
	if _, err := l.Cluster.Stage(ctx, dir, files); err != nil {
		return fmt.Errorf("stage the job's files: %w", err)
	}
	return l.chain(ctx, id, id, dir, r.Job, l.stages())
}

func (l *Launcher) stages() []string { return []string{Train, Merge} }

// chain submits stages, each after the one before it. The key tells this
// submission from others of the same job.
func (l *Launcher) chain(ctx context.Context, id, key, dir string, j *job.Job, stages []string) error {
	var before cluster.Handle
	for _, stage := range stages {
		c := clusterJob(key, dir, j, stage)
		if before.ID != "" {
			c.After, c.KillInvalid = []cluster.Dependency{{When: cluster.AfterOK, ID: before.ID}}, true
		}
		handle, err := l.Cluster.Submit(ctx, c)
		if err != nil {
			return fmt.Errorf("queue the stage %s: %w", stage, err)
		}
		if err := l.Registry.Submitted(ctx, id, submissions(handle, stage, len(j.Tasks()), c.Array.Size > 0)...); err != nil {
			return err
		}
		before = handle
	}
	return nil
}

// submissions are the tasks of a stage by the names that the cluster gave them.
func submissions(h cluster.Handle, stage string, tasks int, array bool) []registry.Submission {
	out := make([]registry.Submission, tasks)
	for i := range out {
		name, task := h.ID, cluster.NoTask
		if array {
			name, task = fmt.Sprintf("%s_%d", h.ID, i), i
		}
		out[i] = registry.Submission{Ref: registry.Ref{Stage: stage, Index: i}, Cluster: name, Output: h.OutputPath(task)}
	}
	return out
}
