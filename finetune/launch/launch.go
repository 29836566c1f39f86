// Package launch puts fine-tunings on a cluster: it lays out a job's folder,
// queues training and what comes after it, and keeps the registry up to what
// the cluster says.
package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/registry"
)

// The stages of a fine-tuning.
const (
	Train  = registry.Train
	Merge  = "merge" // the adapter into the base
	Notify = registry.Notify
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
	Webhook  string // URL that the end is told to, a secret; empty for none
}

// Submit lays a job out and queues it. What the registry remembers is returned
// also with an error: it tells how far it came, and Resume goes on from there.
func (l *Launcher) Submit(ctx context.Context, r Request) (*registry.Job, error) {
	if err := l.check(ctx, r.Job); err != nil {
		return nil, err
	}
	id, err := l.Registry.NewID()
	if err != nil {
		return nil, err
	}
	entry, err := l.entry(id, r)
	if err != nil {
		return nil, err
	}
	release, err := l.hold(r.Job.Name, id)
	if err != nil {
		return nil, err
	}
	defer release()
	files, err := l.layOut(ctx, id, r) // first: what is written down can be resumed
	if err != nil {                    // nobody would know whose folder it is
		return nil, errors.Join(err, os.RemoveAll(filepath.Join(l.Local, folder(r.Job.Name, id))))
	}
	if err := l.Registry.Add(ctx, id, entry); err != nil {
		return nil, err
	}
	known, err := l.Registry.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err = l.stage(ctx, known, files); err == nil {
		err = l.chain(ctx, known, r.Job, stagesOf(r.Job))
	}
	if cluster.IsKind(err, cluster.Rejected) {
		err = errors.Join(err, l.refused(ctx, id, err))
	}
	known, getErr := l.Registry.Get(context.WithoutCancel(ctx), id)
	return known, errors.Join(err, getErr)
}

// refused remembers that the cluster would not have what was not queued yet:
// such a job does not wait for anything.
func (l *Launcher) refused(ctx context.Context, id string, why error) error {
	j, err := l.Registry.Get(ctx, id)
	if err != nil {
		return err
	}
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Cluster == "" {
			if _, err := l.Registry.SetState(ctx, id, t.Ref, registry.Change{State: registry.Failed, Reason: "it was not queued", Error: why.Error()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// check asks the cluster about each stage before anything is written.
func (l *Launcher) check(ctx context.Context, j *job.Job) error {
	for _, stage := range stagesOf(j) {
		if err := l.Cluster.Check(ctx, clusterJob("check", l.Dir, j, stage)); err != nil {
			return err
		}
	}
	return nil
}

// stage uploads a job's files.
func (l *Launcher) stage(ctx context.Context, j *registry.Job, files []cluster.File) error {
	_, err := l.Cluster.Stage(ctx, j.Cluster.Dir, files)
	if !l.here(j) { // the secret was carried over, or is asked for again
		err = errors.Join(err, os.RemoveAll(filepath.Join(l.Local, folder(j.Name, j.ID), webhookFile)))
	}
	if err != nil {
		return fmt.Errorf("stage the job's files: %w", err)
	}
	return nil
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
	for _, stage := range stagesOf(r.Job) {
		if stage == Notify { // one for all tasks
			e.Tasks = append(e.Tasks, registry.Task{Ref: registry.Ref{Stage: stage}})
			continue
		}
		for _, t := range r.Job.Tasks() {
			e.Tasks = append(e.Tasks, registry.Task{Ref: registry.Ref{Stage: stage, Index: t.Index}, Label: t.Label})
		}
	}
	return e, nil
}
