package batch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/batch"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/builtin"
)

// fake is a cluster of which the test says what becomes of jobs.
type fake struct {
	jobs     []cluster.Job
	statuses map[string]cluster.Status // by name, 1_0
	forgets  bool
	fails    error  // of Submit
	loses    bool   // the answer of Submit, after the job is queued
	said     string // what tasks printed
	there    map[string]string
}

func (f *fake) Submit(_ context.Context, job cluster.Job) (cluster.Handle, error) {
	if err := errors.Join(job.Validate(), f.fails); err != nil {
		return cluster.Handle{}, err
	}
	at := slices.IndexFunc(f.jobs, func(j cluster.Job) bool { return j.Key == job.Key })
	if at < 0 {
		at = len(f.jobs)
		f.jobs = append(f.jobs, job)
		for i := range job.Array.Size {
			f.set(at+1, i, cluster.Pending)
		}
	}
	if f.loses {
		return cluster.Handle{}, &cluster.Error{Kind: cluster.Unreachable, Op: "submit"}
	}
	return cluster.Handle{ID: fmt.Sprint(at + 1), Output: job.OutputPattern()}, nil
}

func (f *fake) set(job, task int, state cluster.State) {
	s := cluster.Status{ID: fmt.Sprint(job), Task: task, State: state}
	if state == cluster.FailedState {
		s.ExitCode = 1
	}
	f.statuses[s.Name()] = s
}

func (f *fake) Status(_ context.Context, ids ...string) ([]cluster.Status, error) {
	if f.forgets {
		return nil, &cluster.Error{Kind: cluster.NotFound, Op: "status"}
	}
	var out []cluster.Status
	for _, s := range f.statuses {
		if slices.Contains(ids, s.ID) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b cluster.Status) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

func (f *fake) Watch(ctx context.Context, ids ...string) iter.Seq2[cluster.Status, error] {
	return func(yield func(cluster.Status, error) bool) {
		statuses, err := f.Status(ctx, ids...)
		if err != nil && len(ids) > 0 {
			yield(cluster.Status{}, err)
		}
		for _, s := range statuses {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (f *fake) Logs(_ context.Context, w io.Writer, _ cluster.Log) error {
	_, err := io.WriteString(w, f.said)
	return err
}

func (f *fake) Read(context.Context, string, int64, int) ([]byte, int64, error) { return nil, 0, nil }

func (f *fake) Fetch(_ context.Context, _ string, paths []string, to string) (cluster.Transfer, error) {
	text, ok := f.there[paths[0]]
	if !ok {
		return cluster.Transfer{}, &cluster.Error{Kind: cluster.NotFound, Op: "fetch"}
	}
	at := filepath.Join(to, paths[0])
	if err := os.MkdirAll(at, 0o755); err != nil {
		return cluster.Transfer{}, err
	}
	return cluster.Transfer{}, os.WriteFile(filepath.Join(at, "notes"), []byte(text), 0o600)
}

func (f *fake) Cancel(_ context.Context, ids ...string) error {
	for name, s := range f.statuses {
		if slices.Contains(ids, s.ID) {
			s.State = cluster.Cancelled
			f.statuses[name] = s
		}
	}
	return nil
}

func (f *fake) Find(_ context.Context, key string) (string, error) {
	at := slices.IndexFunc(f.jobs, func(j cluster.Job) bool { return j.Key == key })
	if at < 0 {
		return "", nil
	}
	return fmt.Sprint(at + 1), nil
}

func (f *fake) Check(_ context.Context, job cluster.Job) error              { return job.Validate() }
func (f *fake) Requeue(context.Context, ...string) error                    { return nil }
func (f *fake) Account(context.Context, ...string) ([]cluster.Usage, error) { return nil, nil }
func (f *fake) Close() error                                                { return nil }
func (f *fake) Stage(context.Context, string, []cluster.File) (cluster.Transfer, error) {
	return cluster.Transfer{}, nil
}

// options of a study of two runs, base/1 and base/2, on a fake.
func options(t *testing.T, f *fake, more string) batch.Options {
	t.Helper()
	f.statuses = map[string]cluster.Status{}
	dir := filepath.Join(t.TempDir(), "[1]*", "s") // no pattern
	if err := os.Mkdir(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "study.yaml")
	text := "{apiVersion: gorod/v1, kind: Experiment, name: n, seed: 1, repeats: 2, population: [{inline: [{name: a}]}]" + more + "}"
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	catalog := host.NewCatalog(os.Args[0], builtin.Plugins(), nil, log)
	study, err := spec.Load(file, spec.Options{Plugins: catalog})
	if err != nil {
		t.Fatal(err)
	}
	return batch.Options{
		Runner:  runner.Options{Study: study, Dir: dir, Catalog: catalog, Version: "v", Now: time.Now, Log: log},
		Cluster: f, Where: batch.Where{On: "slurm"}, Root: "/scratch", Gorod: "/bin/gorod",
		Exists: func(context.Context, string) (bool, error) { return false, nil },
	}
}

func open(t *testing.T, o batch.Options) *batch.Batch {
	t.Helper()
	b, err := batch.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func submit(t *testing.T, o batch.Options) batch.Queued {
	t.Helper()
	q, err := open(t, o).Submit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// quiet observes nothing.
type quiet struct{}

func (quiet) Task(runner.Planned, cluster.Status)                 {}
func (quiet) Ended(runner.Planned, cluster.Status, runner.Result) {}
func (quiet) Away(error)                                          {}

func TestRunsAreQueuedOnceAndThoseThatEndedAgain(t *testing.T) {
	t.Parallel()
	f := &fake{}
	o := options(t, f, "")
	if q := submit(t, o); q.Runs != 2 || q.Job != "1" || q.Going != 0 {
		t.Errorf("%+v", q)
	}
	if q := submit(t, o); q.Runs != 0 || q.Going != 2 {
		t.Errorf("queued or running ones: %+v", q)
	}
	f.set(1, 1, cluster.Timeout)
	if q := submit(t, o); q.Runs != 1 || q.Job != "2" || q.Going != 1 {
		t.Errorf("one has ended: %+v", q)
	}
	f.set(1, 0, cluster.Running)
	f.set(1, 1, cluster.Running) // an old task of a run that was queued again tells nothing
	f.set(2, 0, cluster.FailedState)
	if q := submit(t, o); q.Runs != 1 || q.Going != 1 {
		t.Errorf("the last submission of a run counts: %+v", q)
	}
	f.forgets = true
	if q := submit(t, o); q.Runs != 2 {
		t.Errorf("forgotten ones have ended: %+v", q)
	}
	if job := f.jobs[len(f.jobs)-1]; job.Array.Size != 2 || !job.Requeue || job.Dir != f.jobs[0].Dir || !strings.HasPrefix(job.Dir, "/scratch/s-") {
		t.Errorf("%+v", job)
	}
}

func TestASubmissionWhoseAnswerWasLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	f := &fake{loses: true}
	o := options(t, f, "")
	if _, err := open(t, o).Submit(t.Context()); !cluster.IsKind(err, cluster.Unreachable) {
		t.Fatal(err)
	}
	f.loses = false
	if q := submit(t, o); q.Going != 2 || q.Runs != 0 || len(f.jobs) != 1 {
		t.Errorf("%+v, %d jobs", q, len(f.jobs))
	}
}

func TestASubmissionThatWasRefusedIsForgotten(t *testing.T) {
	t.Parallel()
	f := &fake{fails: &cluster.Error{Kind: cluster.Rejected, Op: "submit"}}
	o := options(t, f, "")
	if _, err := open(t, o).Submit(t.Context()); !cluster.IsKind(err, cluster.Rejected) {
		t.Fatal(err)
	}
	state, found, err := batch.ReadState(o.Runner.Dir)
	if err != nil || !found || len(state.Submissions) != 0 {
		t.Errorf("%+v %v %v", state, found, err)
	}
}

func TestMoreRunsThanAnArrayTakesAreSeveral(t *testing.T) {
	t.Parallel()
	f := &fake{}
	o := options(t, f, ", matrix: {axes: {repeats: [1001]}}")
	if q := submit(t, o); q.Runs != 1001 || q.Job != "1, 2" || f.jobs[0].Array.Size != 1000 || f.jobs[1].Array.Size != 1 {
		t.Errorf("%+v", q)
	}
}

func TestWhyATaskFailedIsWhatItSaidLast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state cluster.State
		said  string
		want  string
		then  journal.Status
	}{
		"an error of gorod":   {cluster.FailedState, `{"event":"tick"}` + "\n" + `{"event":"error","error":"no model qwen"}` + "\ngorod: no model\n", "no model qwen", journal.Failed},
		"an error of a shell": {cluster.FailedState, "module: not found\n", "failed with exit code 1: module: not found", journal.Failed},
		"nothing":             {cluster.OutOfMemory, "", "out_of_memory", journal.Failed},
		"it was cancelled":    {cluster.Cancelled, "slurmstepd: error: CANCELLED\n", "cancelled", journal.Interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{said: c.said}
			b := open(t, options(t, f, ""))
			if _, err := b.Submit(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.set(1, 0, c.state) // before anybody follows
			f.set(1, 1, cluster.Cancelled)
			results, err := b.Follow(t.Context(), quiet{})
			if err != nil || len(results) != 2 || results[0].Status != c.then || results[0].Error != c.want {
				t.Errorf("%+v %v", results, err)
			}
			if results[0].Status == journal.Failed && results[0].Err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestWhatEndedIsFetchedAsAWholeAndOnce(t *testing.T) {
	t.Parallel()
	f := &fake{there: map[string]string{"base/1": "new"}}
	o := options(t, f, "")
	submit(t, o)
	run := filepath.Join(o.Runner.Dir, "base", "1")
	cut := filepath.Join(o.Runner.Dir, ".fetch", "base", "1")
	for _, file := range []string{filepath.Join(run, "old"), filepath.Join(cut, "llm.db-wal")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte("old"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	f.set(1, 0, cluster.Cancelled)
	submit(t, o)
	entries, err := os.ReadDir(run)
	if err != nil || len(entries) != 1 || entries[0].Name() != "notes" {
		t.Errorf("%v %v: logs of an older state are taken for the newest", entries, err)
	}
	state, _, err := batch.ReadState(o.Runner.Dir)
	if err != nil || len(state.Submissions) != 2 || len(state.Submissions[0].Fetched) != 1 {
		t.Errorf("%+v %v", state, err)
	}
}

func TestFilesThatNodesWouldNotFindAreRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "weights")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := &fake{}
	o := options(t, f, ", agents: {sentiment: {plugin: sentiment/encoder, config: {model: "+file+"}}}")
	if _, err := open(t, o).Submit(t.Context()); !errors.Is(err, batch.ErrElsewhere) || !strings.Contains(err.Error(), file) {
		t.Errorf("a file of this machine: %v", err)
	}
	o.Exists = func(_ context.Context, path string) (bool, error) { return path == file, nil }
	if q := submit(t, o); q.Runs != 2 {
		t.Errorf("it is there too: %+v", q)
	}
}

func TestWhatIsCancelledHasEnded(t *testing.T) {
	t.Parallel()
	f := &fake{}
	o := options(t, f, "")
	submit(t, o)
	if n, err := open(t, o).Cancel(t.Context()); err != nil || n != 2 {
		t.Error(n, err)
	}
	if n, err := open(t, o).Cancel(t.Context()); err != nil || n != 0 {
		t.Error(n, err)
	}
	if q := submit(t, o); q.Runs != 2 {
		t.Errorf("%+v", q)
	}
}
