package registry

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// State is where a task stands: the words of a cluster, and Staged before them.
type State string

// The states.
const (
	Staged      State = "staged" // written down, not queued yet
	Pending     State = "pending"
	Running     State = "running"
	Requeued    State = "requeued"
	Completed   State = "completed"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
	Timeout     State = "timeout"
	OutOfMemory State = "out_of_memory"
	NodeFail    State = "node_fail"
	Preempted   State = "preempted"
	Unknown     State = "unknown"
)

// Final reports whether a task in this state has ended, unless it is queued
// again.
func (s State) Final() bool {
	return !slices.Contains([]State{Staged, Pending, Running, Requeued, Unknown}, s)
}

// Stages that the registry knows by name: the one that trains, and the one that
// tells how the job ended, whose own failure is none of the job.
const (
	Train  = "train"
	Notify = "notify"
)

// Ref names a task of a job.
type Ref struct {
	Stage string `json:"stage"` // Train, or what comes after it
	Index int    `json:"task"`  // of the sweep, from 0
}

// Change is a state as it was seen.
type Change struct {
	State    State     `json:"state"`
	Reason   string    `json:"reason,omitempty"` // why it waits or ended
	Error    string    `json:"error,omitempty"`  // what the trainer said
	Node     string    `json:"node,omitempty"`
	Restarts int       `json:"restarts"`
	Time     time.Time `json:"time"` // when it was seen; zero: now, which is never before the last one
	// Cluster is the id that it was seen under, where it is known: what a task was
	// called before it was queued again tells nothing of it now.
	Cluster string `json:"-"`
}

// maxText bounds what a cluster or a trainer says, in bytes.
const maxText = 64 << 10

// SetState adds a state to the history of a task, and reports whether it is
// news: the same state as before, or one that was seen before the last one
// (another gorod was faster), adds nothing.
func (r *Registry) SetState(ctx context.Context, id string, task Ref, c Change) (news bool, err error) {
	err = r.write(ctx, "add a state to", func(tx *sql.Tx) (err error) {
		news, err = r.addState(ctx, tx, id, task, c)
		return err
	})
	return news && err == nil, err
}

func (r *Registry) addState(ctx context.Context, tx *sql.Tx, id string, task Ref, c Change) (bool, error) {
	if old, err := superseded(ctx, tx, id, task, c.Cluster); err != nil || old {
		return false, err
	}
	c.Reason, c.Error, c.Cluster = bounded(c.Reason), bounded(c.Error), ""
	last, err := lastState(ctx, tx, id, task)
	if c.Time.IsZero() { // the clock may have been put back
		c.Time = later(r.now(), last.Time)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, err
	case milli(c.Time) < milli(last.Time):
		return false, nil
	default:
		if last.Time = c.Time; last == c {
			return false, nil
		}
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO states (job, stage, task, state, reason, error, node, restarts, time)
		SELECT job, stage, task, ?, ?, ?, ?, ?, ? FROM tasks WHERE job = ? AND stage = ? AND task = ?`,
		string(c.State), c.Reason, c.Error, c.Node, c.Restarts, milli(c.Time), id, task.Stage, task.Index)
	if err != nil {
		return false, err
	}
	if added, err := result.RowsAffected(); err != nil || added == 0 {
		return false, cmp.Or(err, notFound(id))
	}
	return true, touch(ctx, tx, id)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// superseded reports whether a task has another id by now.
func superseded(ctx context.Context, tx *sql.Tx, id string, task Ref, cluster string) (bool, error) {
	now, err := lastSubmission(ctx, tx, id, task)
	return cluster != "" && now != "" && cluster != now, err
}

// lastSubmission is what the cluster calls a task; empty where it was not queued
// yet.
func lastSubmission(ctx context.Context, tx *sql.Tx, id string, task Ref) (cluster string, err error) {
	err = tx.QueryRowContext(ctx, "SELECT cluster FROM submissions WHERE job = ? AND stage = ? AND task = ? ORDER BY seq DESC LIMIT 1", id, task.Stage, task.Index).Scan(&cluster)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return cluster, err
}

const stateColumns = "state, reason, error, node, restarts, time"

func scanState(row interface{ Scan(dest ...any) error }) (c Change, err error) {
	var ms int64
	err = row.Scan((*string)(&c.State), &c.Reason, &c.Error, &c.Node, &c.Restarts, &ms)
	c.Time = fromMilli(ms)
	return c, err
}

func lastState(ctx context.Context, tx *sql.Tx, id string, task Ref) (Change, error) {
	return scanState(tx.QueryRowContext(ctx, "SELECT "+stateColumns+" FROM states WHERE job = ? AND stage = ? AND task = ? ORDER BY seq DESC LIMIT 1",
		id, task.Stage, task.Index))
}

// History is every state that a task was in, oldest first.
func (r *Registry) History(ctx context.Context, id string, task Ref) ([]Change, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT "+stateColumns+" FROM states WHERE job = ? AND stage = ? AND task = ? ORDER BY seq", id, task.Stage, task.Index)
	if err != nil {
		return nil, r.explain("read", err)
	}
	all, err := collect(rows, func(rows *sql.Rows) (Change, error) { return scanState(rows) })
	return all, r.explain("read", err)
}

// bounded cuts a text, between characters.
func bounded(s string) string {
	if len(s) <= maxText {
		return s
	}
	cut := maxText
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, one)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
