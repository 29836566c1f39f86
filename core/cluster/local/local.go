// Package local is the cluster of one machine: each job is a folder of state and
// a detached supervisor, a process of its own, so that jobs outlive the gorod
// that submitted them.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// Options of New.
type Options struct {
	Dir string // absolute folder of the jobs' states, made if missing
	// Supervisor is the command that calls Supervise with the folder of a job,
	// which is appended to it.
	Supervisor []string
	Env        []string // environment of supervisors and so of jobs
	Poll       time.Duration
}

// New is the cluster of this machine.
func New(o Options) cluster.Cluster {
	if o.Poll == 0 {
		o.Poll = 200 * time.Millisecond
	}
	return cluster.Compose(&scheduler{o, sync.OnceValue(func() []gpu { return installed(o.Env) })}, cluster.Disk{}, cluster.Options{Poll: o.Poll})
}

type scheduler struct {
	Options
	installed func() []gpu // asked once
}

var (
	_ cluster.Scheduler = (*scheduler)(nil)
	_ cluster.Checker   = (*scheduler)(nil)
	_ cluster.Finder    = (*scheduler)(nil)
)

// fail makes an error of what went wrong with the state on the disk.
func (s *scheduler) fail(op string, err error) error {
	return cluster.FileError(op, s.Dir, err)
}

// Submit writes the job's folder and starts its supervisor.
func (s *scheduler) Submit(ctx context.Context, job cluster.Job) (cluster.Handle, error) {
	if err := job.Validate(); err != nil {
		return cluster.Handle{}, err
	}
	if err := s.Check(ctx, job); err != nil {
		return cluster.Handle{}, err
	}
	dir, err := s.claim(job.Key)
	if err != nil {
		return cluster.Handle{}, s.fail("submit", err)
	}
	id := filepath.Base(dir)
	handle := cluster.Handle{ID: id, Output: job.OutputPattern()}
	if statuses, err := readState(dir); err == nil { // the key was there
		return handle, s.fail("submit", s.begin(dir, statuses))
	}
	if job.Resources.GPUs > 0 {
		if err := writeJSON(filepath.Join(dir, gpuFile), s.pool(job)); err != nil {
			return cluster.Handle{}, s.fail("submit", err)
		}
		job.Env = maps.Clone(job.Env)
		delete(job.Env, visibleGPUs) // each task is given its own
	}
	if err := writeJSON(filepath.Join(dir, jobFile), job); err != nil {
		return cluster.Handle{}, s.fail("submit", err)
	}
	if err := newState(id, job, time.Now()).save(dir); err != nil {
		return cluster.Handle{}, s.fail("submit", err)
	}
	return handle, s.fail("submit", s.launch(dir, nil))
}

// begin starts the supervisor of a job that was never started: who submitted it
// was killed before.
func (s *scheduler) begin(dir string, st *state) error {
	for i := range st.Tasks {
		if st.Tasks[i].State != cluster.Pending || !st.Tasks[i].Started.IsZero() {
			return nil
		}
	}
	return s.launch(dir, nil)
}

// Find looks for the job of a key.
func (s *scheduler) Find(_ context.Context, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	id, err := os.Readlink(filepath.Join(s.Dir, "keys", filepath.Base(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", s.fail("find", err)
	}
	dir := filepath.Join(s.Dir, filepath.Base(id))
	st, err := readState(dir)
	if err != nil {
		return "", nil // it was never whole: submitting it again makes it so
	}
	return filepath.Base(dir), s.fail("find", s.begin(dir, st))
}

// claim makes the folder of the next id, or finds that of a key. The link of a
// key is made first, so that of two at once one wins.
func (s *scheduler) claim(key string) (string, error) {
	if err := os.MkdirAll(filepath.Join(s.Dir, "keys"), 0o755); err != nil {
		return "", err
	}
	link := filepath.Join(s.Dir, "keys", key)
	if key != "" {
		if id, err := os.Readlink(link); err == nil {
			return filepath.Join(s.Dir, filepath.Base(id)), nil
		}
	}
	for id := s.last() + 1; ; id++ {
		dir := filepath.Join(s.Dir, strconv.Itoa(id))
		err := os.Mkdir(dir, 0o755)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil || key == "" {
			return dir, err
		}
		if err = os.Symlink(filepath.Base(dir), link); errors.Is(err, fs.ErrExist) { // somebody was faster
			_ = os.Remove(dir)
			return s.claim(key)
		}
		return dir, err
	}
}

func (s *scheduler) last() int {
	entries, _ := os.ReadDir(s.Dir)
	last := 0
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			last = max(last, n)
		}
	}
	return last
}

// folder of a job that is there.
func (s *scheduler) folder(op, id string) (dir string, task int, err error) {
	job, task, err := cluster.ParseID(id)
	if err != nil {
		return "", 0, err
	}
	dir = filepath.Join(s.Dir, job)
	if _, err := os.Stat(filepath.Join(dir, stateFile)); err != nil {
		return "", 0, &cluster.Error{Kind: cluster.NotFound, Op: op, Where: s.Dir, Err: fmt.Errorf("there is no job %s", job)}
	}
	return dir, task, nil
}

// Status reads the states, which the supervisors keep.
func (s *scheduler) Status(_ context.Context, ids ...string) ([]cluster.Status, error) {
	var all []cluster.Status
	var gone error
	for _, id := range ids {
		dir, task, err := s.folder("status", id)
		if err != nil {
			gone = errors.Join(gone, err)
			continue
		}
		statuses, err := current(dir)
		if err != nil {
			return nil, s.fail("status", err)
		}
		for _, st := range statuses {
			if task == cluster.NoTask || task == st.Task {
				all = append(all, st)
			}
		}
	}
	return all, gone
}

// Cancel asks the supervisors to end tasks.
func (s *scheduler) Cancel(_ context.Context, ids ...string) error {
	for _, id := range ids {
		dir, task, err := s.folder("cancel", id)
		if err == nil {
			err = request(dir, "cancel", task)
		}
		if err == nil {
			err = s.launch(dir, nil) // closes what a dead supervisor left
		}
		if err != nil {
			return s.fail("cancel", err)
		}
	}
	return nil
}

// Requeue asks the supervisors to start tasks again; where one is gone, another
// is started.
func (s *scheduler) Requeue(_ context.Context, ids ...string) error {
	for _, id := range ids {
		dir, task, err := s.folder("requeue", id)
		if err == nil {
			err = request(dir, "requeue", task)
		}
		if err == nil {
			err = s.launch(dir, func() error { return reopen(dir) })
		}
		if err != nil {
			return s.fail("requeue", err)
		}
	}
	return nil
}

// Account says how long tasks ran.
func (s *scheduler) Account(ctx context.Context, ids ...string) ([]cluster.Usage, error) {
	statuses, err := s.Status(ctx, ids...)
	usages := make([]cluster.Usage, len(statuses))
	for i, st := range statuses {
		u := cluster.Usage{ID: st.ID, Task: st.Task, State: st.State, Nodes: 1}
		var job cluster.Job
		if readJSON(filepath.Join(s.Dir, st.ID, jobFile), &job) == nil {
			u.CPUs, u.GPUs = job.Resources.CPUs, job.Resources.GPUs
		}
		if !st.Started.IsZero() {
			end := st.Ended
			if !st.State.Final() {
				end = time.Now()
			}
			u.Elapsed = end.Sub(st.Started)
		}
		usages[i] = u
	}
	return usages, err
}
