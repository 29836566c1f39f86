package launch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

// between does something at a point of a call of the cluster.
type between struct {
	cluster.Cluster
	beforeStage, afterStatus func()
}

func (b between) Stage(ctx context.Context, dir string, files []cluster.File) (cluster.Transfer, error) {
	if b.beforeStage != nil {
		b.beforeStage()
	}
	return b.Cluster.Stage(ctx, dir, files)
}

func (b between) Status(ctx context.Context, ids ...string) ([]cluster.Status, error) {
	statuses, err := b.Cluster.Status(ctx, ids...)
	if b.afterStatus != nil {
		b.afterStatus()
	}
	return statuses, err
}

func TestTwoGorodsQueueAJobOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	one, two := s.open(t), s.open(t)
	j := s.end(t, one, s.submit(t, one))
	mine, yours := *j, *j
	r, err := one.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	one.Cluster = between{Cluster: one.Cluster, beforeStage: func() {
		if err := two.Resume(t.Context(), &yours, r, launch.Merge); !errors.Is(err, launch.ErrBusy) {
			t.Errorf("both queue it: %v", err)
		}
	}}
	if err := one.Resume(t.Context(), &mine, r, launch.Merge); err != nil {
		t.Fatal(err)
	}
	s.end(t, one, j)
	if got := s.starts(t); got != "train merge merge" {
		t.Errorf("ran %s", got)
	}
}

func TestASecondResumeSeesWhatTheFirstHasQueued(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	old := *j
	old.Tasks = slices.Clone(j.Tasks)
	for i := range old.Tasks { // as they were before another gorod looked
		old.Tasks[i].Status.State = registry.Failed
	}
	r, err := l.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Resume(t.Context(), &old, r, ""); err == nil || !strings.Contains(err.Error(), "is done") {
		t.Errorf("%v", err)
	}
}

func TestCancellingAJobThatIsAboutToBeQueuedSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l, other := s.open(t), s.open(t)
	l.Cluster = between{Cluster: l.Cluster, beforeStage: func() {
		jobs, err := other.Registry.List(t.Context(), registry.Filter{})
		if err != nil || len(jobs) != 1 {
			t.Fatalf("%v, %v", jobs, err)
		}
		if err := other.Cancel(t.Context(), jobs[0]); !errors.Is(err, launch.ErrBusy) {
			t.Errorf("it is called cancelled and will run: %v", err)
		}
	}}
	s.end(t, l, s.submit(t, l))
}

func TestWhatWasSeenOfAnOldRunIsNotToldOfTheNew(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.submit(t, l)
	for _, err := range l.Cluster.Watch(t.Context(), j.Tasks[0].Cluster, j.Tasks[1].Cluster) {
		if err != nil {
			t.Fatal(err)
		}
	}
	again := registry.Submission{Ref: j.Tasks[0].Ref, Cluster: "77"}
	l.Cluster = between{Cluster: l.Cluster, afterStatus: func() { // another gorod queues it anew
		if err := l.Registry.Submitted(t.Context(), j.ID, again); err != nil {
			t.Error(err)
		}
	}}
	if err := l.Sync(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if got := j.Tasks[0]; got.Cluster != "77" || got.Status.State != registry.Pending {
		t.Errorf("%+v", got)
	}
}

func TestAJobThatTheClusterHasForgottenEndsAsItsFilesSay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		said string
		want registry.State
	}{
		"done":         {`{"state":"done"}`, registry.Completed},
		"failed":       {`{"state":"failed","error":"no such token"}`, registry.Failed},
		"checkpointed": {`{"state":"checkpointed"}`, registry.Failed},
		"silent":       {"", registry.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			said, want := c.said, c.want
			t.Parallel()
			s := newSite(t, "local", "notify: {command: 'true'}\n")
			l := s.open(t)
			j := s.submit(t, l)
			for _, err := range l.Cluster.Watch(t.Context(), j.Tasks[0].Cluster, j.Tasks[1].Cluster, j.Tasks[2].Cluster) {
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, task := range j.Tasks {
				if err := os.RemoveAll(filepath.Join(s.dir, ".local", task.Cluster)); err != nil {
					t.Fatal(err)
				}
			}
			s.put(t, "jobs/asya-"+j.ID+"/run/state.json", said)
			if err := l.Sync(t.Context(), j); err != nil {
				t.Fatal(err)
			}
			if j.State() != want || j.Tasks[1].Status.State != registry.Completed || !strings.Contains(j.Tasks[0].Status.Reason, "knows it no more") || strings.Contains(said, "token") != (j.Tasks[0].Status.Error == "no such token") {
				t.Errorf("%s: %+v", j.State(), j.Tasks)
			}
		})
	}
}

func TestAJobDoesNotGoOnWithOtherExamples(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	r, err := l.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	was := s.read("data/messages/train.jsonl")
	s.put(t, "data/messages/train.jsonl", strings.Replace(was, "messages", "massages", 1)) // of the same size
	if err := l.Resume(t.Context(), j, r, launch.Merge); !errors.Is(err, launch.ErrChanged) || !strings.Contains(err.Error(), "data/train.jsonl") {
		t.Error(err)
	}
	if got := s.read("jobs/asya-" + j.ID + "/data/train.jsonl"); got != was {
		t.Errorf("it was replaced by %q", got)
	}
	s.put(t, "data/messages/train.jsonl", was)
	if err := l.Resume(t.Context(), j, r, launch.Merge); err != nil {
		t.Error(err)
	}
	s.end(t, l, j)
}

func TestAJobIsResumedFromAnotherFolder(t *testing.T) {
	s := newSite(t, "local", "")
	s.put(t, "held 'out'/train.jsonl", `{"messages":[1]}`+"\n")
	l := s.open(t)
	t.Chdir(s.dir)
	r, err := s.request()
	if err != nil {
		t.Fatal(err)
	}
	r.Set, r.Estimate = []string{"dataset.path=held 'out'", "training.lr=1e-3"}, 3.5
	if r.Job, err = job.Parse(r.File, []byte(r.YAML), r.Set...); err != nil {
		t.Fatal(err)
	}
	j, err := l.Submit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	s.end(t, l, j)
	t.Chdir(t.TempDir())
	got, err := l.Request(j)
	if err != nil || got.Job.Dataset.Path != r.Job.Dataset.Path || got.Job.Training.LR != 1e-3 || got.Estimate != 3.5 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := l.Resume(t.Context(), j, got, launch.Merge); err != nil {
		t.Error(err)
	}
	s.end(t, l, j)
}

func TestTasksOfASweepOverDatasetsHaveTheirOwn(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "sweep: {dataset.path: [data, other], dataset.limit: [1, 2]}\n")
	s.put(t, "other/train.jsonl", "other\n")
	l := s.open(t)
	j := s.submit(t, l)
	s.end(t, l, j)
	for name, want := range map[string]string{
		"data/train.jsonl": `{"messages":[]}` + "\n", "task-000/data/train.jsonl": "", "task-001/data/train.jsonl": "other\n", "task-002/data/train.jsonl": "", "task-003/data/train.jsonl": "other\n",
	} {
		if got := s.read("jobs/asya-" + j.ID + "/" + name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// distant counts what is fetched whole.
type distant struct {
	cluster.Cluster
	fetched []string
}

func (d *distant) Fetch(ctx context.Context, dir string, paths []string, to string) (cluster.Transfer, error) {
	d.fetched = append(d.fetched, paths...)
	return d.Cluster.Fetch(ctx, dir, paths, to)
}

func TestWhatADistantTaskMeasuredAndWhyItFailedIsReadBeforeItsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.submit(t, l)
	if err := l.Cluster.Cancel(t.Context(), j.Tasks[0].Cluster); err != nil { // it may end before
		t.Fatal(err)
	}
	for _, err := range l.Cluster.Watch(t.Context(), j.Tasks[0].Cluster, j.Tasks[1].Cluster) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(s.dir, ".local", j.Tasks[0].Cluster)); err != nil { // forgotten, so that it failed
		t.Fatal(err)
	}
	s.put(t, "jobs/asya-"+j.ID+"/run/state.json", `{"state":"failed","error":"no such token"}`)
	s.put(t, "jobs/asya-"+j.ID+"/run/metrics.jsonl", `{"event":"log","step":3,"of":9,"loss":1.5,"time":1}`+"\n")
	l.Local = filepath.Join(s.dir, "home")
	d := &distant{Cluster: l.Cluster}
	l.Cluster = d
	for range 2 {
		if err := l.Sync(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	if got := j.Tasks[0]; got.Status.Error != "no such token" || got.Last == nil || got.Last.Step != 3 {
		t.Errorf("%+v", got)
	}
	if slices.Contains(d.fetched, "run/metrics.jsonl") || len(d.fetched) > 4 {
		t.Errorf("fetched %v", d.fetched)
	}
}

func TestATrainingThatIsDoneIsNotSaidToBeDoneAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	r, err := l.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Resume(t.Context(), j, r, launch.Train); err == nil || !strings.Contains(err.Error(), "submit a job anew") {
		t.Errorf("the trainer sees that it is done, and ends: %v", err)
	}
	if got := s.starts(t); got != "train merge" {
		t.Errorf("ran %s", got)
	}
}

func TestTheEnvironmentOfAJobIsNotInItsFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	s.put(t, "job.yaml", strings.Replace(s.read("job.yaml"), "cluster: {", "cluster: {env: {WANDB_API_KEY: s3cr3t}, setup: ['test \"$WANDB_API_KEY\" = s3cr3t'], ", 1))
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	if text := s.read("jobs/asya-" + j.ID + "/job.json"); j.State() != registry.Completed || !strings.Contains(text, j.ID) || strings.Contains(text, "API_KEY: s3cr3t") || strings.Contains(text, `"s3cr3t"`) {
		t.Errorf("%s: %s", j.State(), text)
	}
}
