package launch_test

import (
	"testing"
	"time"

	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

// points at which gorod is killed while it submits, and how many stages are
// queued then.
func points() map[string]int {
	return map[string]int{"before staging": 0, "after staging": 0, "after queueing asya-train": 1, "after queueing asya-merge": 2, "after queueing asya-notify": 3}
}

func TestASubmissionThatWasKilledIsTakenUpAndNothingIsQueuedTwice(t *testing.T) {
	t.Parallel()
	for point, queued := range points() {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "local", "notify: {command: 'true'}\n")
			s.killed(t, point)
			s.takenUp(t, queued)
		})
	}
}

// takenUp finds the stages that were queued, resumes the one job of a site, and
// proves that each stage runs once.
func (s site) takenUp(t *testing.T, queued int) {
	t.Helper()
	l := s.open(t)
	jobs, err := l.Registry.List(t.Context(), registry.Filter{})
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	j := jobs[0]
	if err := l.Sync(t.Context(), j); err != nil { // as every command does first
		t.Fatal(err)
	}
	for i, task := range j.Tasks {
		if (task.Cluster != "") != (i < queued) {
			t.Errorf("the stage %s is %q", task.Stage, task.Cluster)
		}
	}
	request, err := l.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Resume(t.Context(), j, request, ""); (err != nil) != (queued == 3) {
		t.Fatal(err)
	}
	if err := l.Sync(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if err := l.Resume(t.Context(), j, request, ""); err == nil {
		t.Error("it was queued once more")
	}
	if j = s.end(t, l, j); j.State() != registry.Completed {
		t.Errorf("%+v", j.Tasks)
	}
	if got := s.starts(t); got != "train merge notify" {
		t.Errorf("ran %s", got)
	}
}

func TestWhatWasQueuedAndNotWrittenDownIsCancelledToo(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	s.killed(t, "after queueing asya-train", "NAP=60")
	l := s.open(t)
	jobs, err := l.Registry.List(t.Context(), registry.Filter{})
	if err != nil || len(jobs) != 1 || jobs[0].Tasks[0].Cluster != "" {
		t.Fatalf("%+v, %v", jobs, err)
	}
	if err := l.Cancel(t.Context(), jobs[0]); err != nil {
		t.Fatal(err)
	}
	j := jobs[0]
	for deadline := time.Now().Add(30 * time.Second); j.Tasks[0].Status.State != registry.Cancelled && time.Now().Before(deadline); {
		if err := l.Sync(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if st := j.Tasks[0].Status.State; st.Final() && st != registry.Cancelled {
			t.Fatalf("%+v", j.Tasks[0])
		}
	}
	if j.Tasks[0].Status.State != registry.Cancelled || !launch.Unqueued(j) {
		t.Errorf("%+v", j.Tasks)
	}
}
