package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Cluster is where a job runs.
type Cluster struct {
	Kind string `json:"kind"`
	Via  string `json:"via"`
	Host string `json:"host,omitempty"`
	Dir  string `json:"dir"` // the job's folder there
}

// Entry is a job that is to be remembered.
type Entry struct {
	Name    string
	YAML    string
	Job     json.RawMessage // resolved
	Digest  string
	Dataset string // digest of the dataset
	Cluster Cluster
	Tasks   []Task // Stage, Index and Label
}

// NewID is an id that no other job has: jobs sort by it as they were made.
func (r *Registry) NewID() (string, error) {
	var salt [3]byte
	if _, err := io.ReadFull(r.random, salt[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return fmt.Sprintf("%s-%x", r.now().UTC().Format("060102-150405"), salt), nil
}

// Add remembers a job under an id of NewID, with all its tasks in the state
// Staged: before anything is sent to the cluster, so that a gorod that is killed
// then leaves no job that nobody knows of.
func (r *Registry) Add(ctx context.Context, id string, e Entry) error {
	return r.write(ctx, "add a job to", func(tx *sql.Tx) error {
		now := r.now()
		_, err := tx.ExecContext(ctx, "INSERT INTO jobs (id, name, created, yaml, job, digest, dataset, kind, via, host, dir, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
			id, e.Name, milli(now), e.YAML, string(e.Job), e.Digest, e.Dataset, e.Cluster.Kind, e.Cluster.Via, e.Cluster.Host, e.Cluster.Dir)
		if err != nil {
			return err
		}
		for _, t := range e.Tasks {
			if _, err := tx.ExecContext(ctx, "INSERT INTO tasks (job, stage, task, label) VALUES (?, ?, ?, ?)", id, t.Stage, t.Index, t.Label); err != nil {
				return err
			}
			if _, err := r.addState(ctx, tx, id, t.Ref, Change{State: Staged, Time: now}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Submission is a task that was queued.
type Submission struct {
	Ref
	Cluster string `json:"cluster_id"` // such as 12 or 12_3
	Output  string `json:"output"`     // path of its log there
}

// Submitted remembers what the cluster calls tasks, which wait from now on. A
// task that is queued again (it was resumed) has its new id; an id that is known
// already is no news.
func (r *Registry) Submitted(ctx context.Context, id string, all ...Submission) error {
	return r.write(ctx, "add cluster ids to", func(tx *sql.Tx) error {
		for _, s := range all {
			known, err := lastSubmission(ctx, tx, id, s.Ref)
			if err != nil {
				return err
			}
			if known == s.Cluster {
				continue
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO submissions (job, stage, task, cluster, output, time) VALUES (?, ?, ?, ?, ?, ?)",
				id, s.Stage, s.Index, s.Cluster, s.Output, milli(r.now()))
			if err != nil {
				return err
			}
			if _, err := r.addState(ctx, tx, id, s.Ref, Change{State: Pending}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Artifact is a file, or a model, that came of a task.
type Artifact struct {
	Task   int       `json:"task"`
	Path   string    `json:"path"`
	Kind   string    `json:"kind"`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"`
	Time   time.Time `json:"time"`
}

// AddArtifacts remembers what came of a job; one at the same path is replaced.
func (r *Registry) AddArtifacts(ctx context.Context, id string, all ...Artifact) error {
	return r.write(ctx, "add artifacts to", func(tx *sql.Tx) error { return r.addArtifacts(ctx, tx, id, all) })
}

// SetArtifacts remembers what a task left in its folder, below prefix, instead of
// all that was there before.
func (r *Registry) SetArtifacts(ctx context.Context, id string, task int, prefix string, all ...Artifact) error {
	return r.write(ctx, "set artifacts of", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM artifacts WHERE job = ?1 AND task = ?2 AND substr(path, 1, length(?3)) = ?3", id, task, prefix)
		if err != nil {
			return err
		}
		return r.addArtifacts(ctx, tx, id, all)
	})
}

func (r *Registry) addArtifacts(ctx context.Context, tx *sql.Tx, id string, all []Artifact) error {
	for _, a := range all {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO artifacts (job, task, path, kind, size, sha256, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id, a.Task, a.Path, a.Kind, a.Size, a.SHA256, milli(r.now()))
		if err != nil {
			return err
		}
	}
	return touch(ctx, tx, id)
}
