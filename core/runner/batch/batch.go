// Package batch runs a study on a cluster: each run, a cell with a seed, is one
// task of a job array, which computes it in the run's own folder. What was queued
// stands in the study's folder, so that another gorod can follow it, bring what
// was computed here, and queue again what failed.
package batch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
)

// Options say what is run, and where. Study, Dir, Catalog, Version, Now and Log
// of Runner are required; its Observer is not used.
type Options struct {
	Runner  runner.Options
	Cluster cluster.Cluster
	Where   Where
	// Root is the absolute folder there for studies that are staged, and for
	// gorod itself.
	Root string
	// Shared: the cluster's nodes see the files of this machine, and the study's
	// folder is used as it is.
	Shared bool
	Self   string // executable to stage
	Gorod  string // one that is installed there, instead of Self
	// Plugins are the folders of external plugins here.
	Plugins []string
	// Exists reports whether a path is there.
	Exists func(ctx context.Context, path string) (bool, error)
	Set    []string // "path=value", of what may change when a study goes on

	Resources cluster.Resources // of each run
	Parallel  int               // runs at once; 0 is as many as fit
	Setup     []string          // lines of shell before a run
	Env       map[string]string
}

// Batch is a study that is run on a cluster.
type Batch struct {
	Options
	runs  []runner.Planned
	state State
	fresh []string // runs that this Batch has queued
}

// Open finds what was queued of a study before, or begins. The caller holds
// runner.Lock of the study's folder as long as it uses the Batch.
func Open(ctx context.Context, o Options) (*Batch, error) {
	runs, err := runner.Prepare(ctx, o.Runner)
	if err != nil {
		return nil, err
	}
	b := &Batch{Options: o, runs: runs}
	known, found, err := ReadState(o.Runner.Dir)
	if err != nil {
		return nil, err
	}
	if b.state = known; found {
		return b, nil
	}
	b.state = State{Where: o.Where, Shared: o.Shared}
	here, err := filepath.Abs(o.Runner.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the study's folder: %w", err)
	}
	b.state.Dir = filepath.ToSlash(here)
	if !o.Shared {
		b.state.Dir = strings.TrimSuffix(o.Root, "/") + "/" + filepath.Base(here) + "-" + newKey()[:6]
	}
	return b, nil
}

// newKey tells a submission, and a folder there, from any other.
func newKey() string { return strings.ToLower(rand.Text()[:16]) }

// Runs are the study's, in order.
func (b *Batch) Runs() []runner.Planned { return b.runs }

// Queued is what Submit did.
type Queued struct {
	Job   string // id, or several; empty where nothing was left to queue
	Runs  int    // that it queued
	Going int    // that were queued or running before
	Done  int
}

// maxArray is how many tasks Slurm takes in one array, unless it is told
// otherwise.
const maxArray = 1000

// Submit queues every run that is neither done nor queued nor running: as one
// array, where the scheduler takes so many tasks. What ended since the last time
// is brought here first.
func (b *Batch) Submit(ctx context.Context) (Queued, error) {
	if err := b.adopt(ctx); err != nil {
		return Queued{}, err
	}
	going, err := b.going(ctx)
	if err != nil {
		return Queued{}, err
	}
	if err := b.fetchEnded(ctx, going); err != nil {
		return Queued{}, err
	}
	q := Queued{Going: len(going)}
	var todo []string
	for _, p := range b.runs {
		if _, ok := going[p.Key()]; ok {
			continue
		}
		standing, err := runner.StandingOf(ctx, p)
		if err != nil {
			return q, err
		}
		if standing.Status == journal.Done {
			q.Done++
			continue
		}
		todo = append(todo, p.Key())
	}
	var jobs []string
	for array := range slices.Chunk(todo, maxArray) {
		id, err := b.queue(ctx, array)
		if err != nil {
			return q, err
		}
		jobs = append(jobs, id)
		q.Runs += len(array)
		q.Job = strings.Join(jobs, ", ")
	}
	return q, nil
}

// queue submits an array. The submission is written down before, so that one
// whose answer is lost is found again by its key.
func (b *Batch) queue(ctx context.Context, todo []string) (string, error) {
	b.state.Submissions = append(b.state.Submissions, Submission{Key: newKey(), Runs: todo, Queued: b.Runner.Now().UTC().Truncate(time.Second)})
	if err := b.save(); err != nil {
		return "", err
	}
	id, err := b.submit(ctx, len(b.state.Submissions)-1)
	if err == nil {
		b.fresh = append(b.fresh, todo...)
	}
	return id, err
}

// submit queues a submission that is written down. One that the cluster refused
// is forgotten.
func (b *Batch) submit(ctx context.Context, at int) (string, error) {
	sub := &b.state.Submissions[at]
	handle, err := b.send(ctx, sub)
	if err != nil {
		if !cluster.IsKind(err, cluster.Unreachable) && ctx.Err() == nil {
			b.state.Submissions = slices.Delete(b.state.Submissions, at, at+1)
			err = errors.Join(err, b.save())
		}
		return "", err
	}
	sub.Job, sub.Output = handle.ID, handle.Output
	return handle.ID, b.save()
}

// send stages what a submission needs, unless it is refused at once, and queues
// it.
func (b *Batch) send(ctx context.Context, sub *Submission) (h cluster.Handle, err error) {
	job, err := b.job(ctx, sub)
	if err == nil {
		err = b.Cluster.Check(ctx, job)
	}
	if err == nil {
		err = b.stageSelf(ctx)
	}
	if err == nil {
		err = b.carry(ctx)
	}
	if err != nil {
		return h, err
	}
	return b.Cluster.Submit(ctx, job)
}

// adopt finds the jobs of submissions whose answer never came. Those that the
// cluster does not know were never queued, or have ended long ago.
func (b *Batch) adopt(ctx context.Context) error {
	for i := range b.state.Submissions {
		sub := &b.state.Submissions[i]
		if sub.Job != "" {
			continue
		}
		id, err := b.Cluster.Find(ctx, sub.Key)
		if err != nil {
			return fmt.Errorf("look for what was queued: %w", err)
		}
		sub.Job = id
		sub.Output = cluster.Job{Dir: b.state.Dir, Array: cluster.Array{Size: 1}}.OutputPattern()
	}
	b.state.Submissions = slices.DeleteFunc(b.state.Submissions, func(s Submission) bool { return s.Job == "" })
	return b.save()
}

// going are the tasks that are queued or running, by run. Jobs that the cluster
// has forgotten have ended.
func (b *Batch) going(ctx context.Context) (map[string]cluster.Status, error) {
	out := map[string]cluster.Status{}
	ids := b.state.jobs()
	if len(ids) == 0 {
		return out, nil
	}
	statuses, err := b.Cluster.Status(ctx, ids...)
	if err != nil && !cluster.IsKind(err, cluster.NotFound) {
		return nil, fmt.Errorf("ask what became of the runs: %w", err)
	}
	for _, s := range statuses {
		if key, ok := b.state.run(s); ok && !s.State.Final() {
			out[key] = s
			sub, _ := b.state.last(key)
			sub.Fetched = slices.DeleteFunc(sub.Fetched, func(k string) bool { return k == key }) // somebody requeued it
		}
	}
	return out, nil
}

// Cancel ends everything that is queued or running, and waits until it has
// ended: then it can be queued again.
func (b *Batch) Cancel(ctx context.Context) (int, error) {
	if err := b.adopt(ctx); err != nil {
		return 0, err
	}
	going, err := b.going(ctx)
	if err != nil || len(going) == 0 {
		return 0, err
	}
	ids := jobsOf(going)
	if err := b.Cluster.Cancel(ctx, ids...); err != nil {
		return 0, err
	}
	for _, err := range b.Cluster.Watch(ctx, ids...) {
		if err != nil && !cluster.IsKind(err, cluster.Unreachable) && !cluster.IsKind(err, cluster.NotFound) {
			return 0, err
		}
	}
	return len(going), nil
}
