//go:build components

package launch_test

import (
	"os"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
	"github.com/llm-city/gorod/finetune/registry"
)

// onSlurm starts a Slurm that this process and those it starts speak to.
func onSlurm(t testing.TB) *slurmtest.Slurm {
	t.Helper()
	slurm := slurmtest.Start(t)
	for _, e := range slurm.Env {
		if name, value, ok := strings.Cut(e, "="); ok && name != "PATH" && name != "HOME" {
			t.Setenv(name, value)
		}
	}
	return slurm
}

func TestASubmissionToSlurmThatWasKilledIsTakenUp(t *testing.T) { //nolint:paralleltest // it sets the environment
	onSlurm(t)
	for point, queued := range points() {
		s := newSite(t, "slurm", "notify: {command: 'true'}\n")
		s.killed(t, point)
		s.takenUp(t, queued)
	}
}

// A small disk stands for a quota; to make it needs root.
func TestAFullDiskQueuesNothingAndTheJobGoesOnWhenThereIsRoom(t *testing.T) { //nolint:paralleltest // it sets the environment
	onSlurm(t)
	s := newSite(t, "slurm", "")
	if err := os.MkdirAll(s.dir+"/jobs", 0o755); err != nil {
		t.Fatal(err)
	}
	disk(t, s.dir+"/jobs", "512k")
	s.put(t, "data/messages/train.jsonl", strings.Repeat(`{"messages":[{"role":"user","content":"как дела"}]}`+"\n", 20_000))
	l := s.open(t)
	r, err := s.request()
	if err != nil {
		t.Fatal(err)
	}
	j, err := l.Submit(t.Context(), r)
	if !cluster.IsKind(err, cluster.NoSpace) || !strings.Contains(err.Error(), "train.jsonl") || !strings.Contains(err.Error(), "make room") || j == nil {
		t.Fatalf("%+v, %v", j, err)
	}
	for _, task := range j.Tasks {
		if task.Cluster != "" {
			t.Errorf("%s was queued as %s", task.Stage, task.Cluster)
		}
	}
	grow(t, s.dir+"/jobs", "16m")
	if err := l.Resume(t.Context(), j, r, ""); err != nil {
		t.Fatal(err)
	}
	if j = s.end(t, l, j); j.State() != registry.Completed {
		t.Errorf("%+v", j.Tasks)
	}
}
