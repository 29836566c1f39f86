package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// ErrNotFound says that no job has an id or a name.
var ErrNotFound = errors.New("no such fine-tuning")

func notFound(key string) error { return fmt.Errorf("%.80s: %w", key, ErrNotFound) }

// AmbiguousError says that the beginning of an id is that of several.
type AmbiguousError struct {
	Key string
	IDs []string
}

// Error names them.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%s is the beginning of several ids: %s", e.Key, strings.Join(e.IDs, ", "))
}

// Job is what is known of a fine-tuning.
type Job struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Created   time.Time       `json:"created"`
	YAML      string          `json:"yaml"`
	Job       json.RawMessage `json:"job"`
	Digest    string          `json:"digest"`
	Dataset   string          `json:"dataset"`
	Cluster   Cluster         `json:"cluster"`
	Tasks     []Task          `json:"tasks"`
	Artifacts []Artifact      `json:"artifacts"`
	Revision  int64           `json:"revision"`
}

// Task is what is known of a task.
type Task struct {
	Ref
	Label   string    `json:"label,omitempty"`
	Cluster string    `json:"cluster_id,omitempty"`
	Output  string    `json:"output,omitempty"`
	Status  Change    `json:"status"`           // the last
	Started time.Time `json:"started,omitzero"` // when it was first seen running
	Queued  int       `json:"queued"`           // times it was
	Offset  int64     `json:"offset"`           // of metrics.jsonl: bytes read
	Last    *Point    `json:"last,omitempty"`   // the last that it measured
}

// State is where the job stands as a whole: at work while a task is, and then
// as bad as its worst task.
func (j *Job) State() State {
	for _, s := range []State{Running, Requeued, Pending, Unknown, Staged, Failed, OutOfMemory, NodeFail, Timeout, Preempted, Cancelled} {
		for i := range j.Tasks {
			if t := &j.Tasks[i]; t.Status.State == s && (t.Stage != Notify || !s.Final()) {
				return s
			}
		}
	}
	return Completed
}

// Done reports whether every task has ended.
func (j *Job) Done() bool { return j.State().Final() }

const jobColumns = "id, name, created, yaml, job, digest, dataset, kind, via, host, dir, revision"

func scanJob(row interface{ Scan(dest ...any) error }) (*Job, error) {
	j, ms, text := &Job{}, int64(0), ""
	err := row.Scan(&j.ID, &j.Name, &ms, &j.YAML, &text, &j.Digest, &j.Dataset, &j.Cluster.Kind, &j.Cluster.Via, &j.Cluster.Host, &j.Cluster.Dir, &j.Revision)
	j.Created, j.Job = fromMilli(ms), json.RawMessage(text)
	return j, err
}

// Filter chooses jobs; the zero value chooses all.
type Filter struct {
	Name   string
	Active bool // those that have not ended
	Limit  int  // most, the newest; 0: all
}

// List are jobs, the newest first.
func (r *Registry) List(ctx context.Context, f Filter) ([]*Job, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE ? IN ('', name) ORDER BY created DESC, id DESC", f.Name)
	if err != nil {
		return nil, r.explain("read", err)
	}
	all, err := collect(rows, func(rows *sql.Rows) (*Job, error) { return scanJob(rows) })
	if err != nil {
		return nil, r.explain("read", err)
	}
	var out []*Job
	for _, j := range all {
		if f.Limit > 0 && len(out) == f.Limit {
			break
		}
		if err := r.fill(ctx, j); err != nil {
			return nil, err
		}
		if !f.Active || !j.Done() {
			out = append(out, j)
		}
	}
	return out, nil
}

// Get is the job of an id, of the beginning of one, or the newest of a name.
func (r *Registry) Get(ctx context.Context, key string) (*Job, error) {
	id, err := r.resolve(ctx, key)
	if err != nil {
		return nil, err
	}
	j, err := scanJob(r.db.QueryRowContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = ?", id))
	if err != nil {
		return nil, r.explain("read", err)
	}
	return j, r.fill(ctx, j)
}

func (r *Registry) resolve(ctx context.Context, key string) (string, error) {
	var id string
	err := r.db.QueryRowContext(ctx, "SELECT id FROM jobs WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC, created DESC, id DESC LIMIT 1", key).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, r.explain("read", err)
	}
	rows, err := r.db.QueryContext(ctx, "SELECT id FROM jobs WHERE substr(id, 1, length(?1)) = ?1 AND ?1 <> '' ORDER BY id LIMIT 10", key)
	if err != nil {
		return "", r.explain("read", err)
	}
	ids, err := collect(rows, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) })
	switch {
	case err != nil:
		return "", r.explain("read", err)
	case len(ids) == 0:
		return "", notFound(key)
	case len(ids) > 1:
		return "", &AmbiguousError{key, ids}
	}
	return ids[0], nil
}

// fill reads the parts of a job.
func (r *Registry) fill(ctx context.Context, j *Job) error {
	rows, err := r.db.QueryContext(ctx, `SELECT t.stage, t.task, t.label, coalesce(s.cluster, ''), coalesce(s.output, ''), coalesce(o.offset, 0),
			(SELECT count(*) FROM submissions WHERE job = t.job AND stage = t.stage AND task = t.task),
			coalesce((SELECT min(time) FROM states WHERE job = t.job AND stage = t.stage AND task = t.task AND state = 'running'), 0),
			`+stateColumnsOf("c")+`
		FROM tasks t
		JOIN states c ON c.seq = (SELECT max(seq) FROM states WHERE job = t.job AND stage = t.stage AND task = t.task)
		LEFT JOIN submissions s ON s.seq = (SELECT max(seq) FROM submissions WHERE job = t.job AND stage = t.stage AND task = t.task)
		LEFT JOIN reading o ON o.job = t.job AND o.task = t.task AND t.stage = 'train'
		JOIN (SELECT stage, min(seq) AS begun FROM states WHERE job = ?1 GROUP BY stage) f ON f.stage = t.stage
		WHERE t.job = ?1 ORDER BY f.begun, t.task`, j.ID)
	if err != nil {
		return r.explain("read", err)
	}
	if j.Tasks, err = collect(rows, scanTask); err != nil {
		return r.explain("read", err)
	}
	for i := range j.Tasks {
		if t := &j.Tasks[i]; t.Stage == Train {
			if t.Last, err = r.last(ctx, j.ID, t.Index); err != nil {
				return err
			}
		}
	}
	rows, err = r.db.QueryContext(ctx, "SELECT task, path, kind, size, sha256, time FROM artifacts WHERE job = ? ORDER BY task, path", j.ID)
	if err != nil {
		return r.explain("read", err)
	}
	j.Artifacts, err = collect(rows, func(rows *sql.Rows) (a Artifact, err error) {
		var ms int64
		err = rows.Scan(&a.Task, &a.Path, &a.Kind, &a.Size, &a.SHA256, &ms)
		a.Time = fromMilli(ms)
		return a, err
	})
	return r.explain("read", err)
}

func stateColumnsOf(table string) string {
	return table + "." + strings.ReplaceAll(stateColumns, ", ", ", "+table+".")
}

func scanTask(rows *sql.Rows) (t Task, err error) {
	var started, seen int64
	c := &t.Status
	err = rows.Scan(&t.Stage, &t.Index, &t.Label, &t.Cluster, &t.Output, &t.Offset, &t.Queued, &started,
		(*string)(&c.State), &c.Reason, &c.Error, &c.Node, &c.Restarts, &seen)
	t.Started, c.Time = fromMilli(started), fromMilli(seen)
	return t, err
}

// Watch gives a job at once and then whenever anything about it has changed,
// whichever process changed it, until every task has ended. pause is called
// between looks; its error ends the watch.
func (r *Registry) Watch(ctx context.Context, key string, pause func(context.Context) error) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		id, err := r.resolve(ctx, key)
		seen := int64(-1)
		for err == nil {
			var revision int64
			if err = r.explain("watch", r.db.QueryRowContext(ctx, "SELECT revision FROM jobs WHERE id = ?", id).Scan(&revision)); err != nil {
				break
			}
			if revision != seen {
				var j *Job
				if j, err = r.Get(ctx, id); err != nil {
					break
				}
				seen = j.Revision
				if !yield(j, nil) || j.Done() {
					return
				}
			}
			err = pause(ctx)
		}
		yield(nil, err)
	}
}
