package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/local"
)

// withGPUs is a machine whose nvidia-smi prints lines, and whose environment has
// more.
func withGPUs(t *testing.T, lines string, more ...string) place {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if lines != "" {
		script := "#!/bin/bash\n[ \"$*\" = -L ] || exit 2\ncat <<'E'\n" + lines + "E\n"
		if err := os.WriteFile(filepath.Join(bin, "nvidia-smi"), []byte(script), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	env := append([]string{"PATH=" + bin + ":/usr/bin:/bin"}, more...)
	p := place{dir: t.TempDir(), state: t.TempDir()}
	p.Cluster = local.New(local.Options{Dir: p.state, Supervisor: []string{self, "supervise"}, Env: env, Poll: 20 * time.Millisecond})
	return p
}

const (
	oneGPU  = "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d1f)\n"
	twoGPUs = oneGPU + "GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-77aa)\n"
	sliced  = "GPU 0: NVIDIA A100 (UUID: GPU-5d1f)\n  MIG 3g.20gb     Device  0: (UUID: MIG-a1)\n  MIG 3g.20gb     Device  1: (UUID: MIG-b2)\n"
)

func TestJobsShareTheGPUsOfTheMachine(t *testing.T) {
	t.Parallel()
	home := "HOME=" + t.TempDir()
	p, other := withGPUs(t, oneGPU, home), withGPUs(t, oneGPU, home) // two folders of jobs of one user
	job := func(at place, line string) cluster.Job {
		j := at.job(`mkdir `+p.dir+`/busy`, line, `rmdir `+p.dir+`/busy; echo "gpu $CUDA_VISIBLE_DEVICES"`)
		j.Resources.GPUs = 1
		return j
	}
	first := p.submit(t, job(p, `until [ -e go ]; do sleep 0.02; done`))
	p.until(t, first.ID, in(cluster.Running))
	second, third := p.submit(t, job(p, "sleep 0.1")), other.submit(t, job(other, "sleep 0.1"))
	other.until(t, third.ID, func(s cluster.Status) bool {
		return s.Reason.Word == "Resources" && strings.Contains(s.Reason.Meaning, "GPUs (0)")
	})
	if err := os.WriteFile(filepath.Join(p.dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for h, at := range map[cluster.Handle]place{first: p, second: p, third: other} {
		if s, _ := at.until(t, h.ID, final); s.State != cluster.Completed { // mkdir fails where two run at once
			t.Errorf("%+v: %s", s, at.logs(t, h, cluster.NoTask))
		}
		if got := at.logs(t, h, cluster.NoTask); got != "gpu 0\n" {
			t.Errorf("log %q", got)
		}
	}
}

func TestOneWhoNeedsAllGPUsIsNotPassedForEver(t *testing.T) {
	t.Parallel()
	p := withGPUs(t, twoGPUs)
	array := p.job(`echo "$CUDA_VISIBLE_DEVICES" >> gpus; sleep 0.2`)
	array.Array, array.Resources.GPUs = cluster.Array{Size: 6}, 1
	small := p.submit(t, array)
	both := p.job(`echo "both $CUDA_VISIBLE_DEVICES" >> gpus`)
	both.Resources.GPUs = 2
	p.until(t, p.submit(t, both).ID, in(cluster.Completed))
	for task := range 6 {
		p.logs(t, small, task) // follows it to its end
	}
	got, err := os.ReadFile(filepath.Join(p.dir, "gpus"))
	if err != nil || !strings.Contains(string(got), "both 0,1\n") || strings.Count(string(got), "\n") != 7 || !strings.Contains(string(got), "1\n") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWhichGPUsAJobMayHave(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		smi  string
		env  []string
		own  map[string]string
		gpus int
		want string // in CUDA_VISIBLE_DEVICES, or in the refusal
		no   bool
	}{
		"none":                {"", nil, nil, 1, "CUDA is absent", true},
		"fewer":               {oneGPU, nil, nil, 2, "has 1 (0)", true},
		"hidden":              {twoGPUs, []string{"CUDA_VISIBLE_DEVICES="}, nil, 1, "CUDA is absent", true},
		"by the environment":  {twoGPUs, []string{"CUDA_VISIBLE_DEVICES=1"}, nil, 1, "1", false},
		"by a UUID":           {twoGPUs, []string{"CUDA_VISIBLE_DEVICES=GPU-77"}, nil, 1, "1", false},
		"by the job":          {twoGPUs, []string{"CUDA_VISIBLE_DEVICES=0"}, map[string]string{"CUDA_VISIBLE_DEVICES": "1"}, 1, "1", false},
		"of no driver":        {"", []string{"CUDA_VISIBLE_DEVICES=3,5"}, nil, 2, "3,5", false},
		"up to the first bad": {twoGPUs, []string{"CUDA_VISIBLE_DEVICES=0,7,1"}, nil, 2, "has 1 (0)", true},
		"twice the same":      {twoGPUs, []string{"CUDA_VISIBLE_DEVICES=0,0"}, nil, 2, "has 1 (0)", true},
		"slices":              {sliced, nil, nil, 2, "MIG-a1,MIG-b2", false},
		"all":                 {twoGPUs, nil, nil, 2, "0,1", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := withGPUs(t, tt.smi, tt.env...)
			job := p.job(`echo "$CUDA_VISIBLE_DEVICES"`)
			job.Resources.GPUs, job.Env = tt.gpus, tt.own
			if tt.no {
				err := p.Check(t.Context(), job)
				if _, submitErr := p.Submit(t.Context(), job); !cluster.IsKind(err, cluster.Rejected) || submitErr == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "CPU") {
					t.Errorf("%v; submitted: %v", err, submitErr)
				}
				if entries, _ := os.ReadDir(p.state); len(entries) > 0 {
					t.Errorf("something was queued: %v", entries)
				}
				return
			}
			if got := p.logs(t, p.submit(t, job), cluster.NoTask); got != tt.want+"\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAGPUStaysTakenWhereOnlyTheSupervisorDies(t *testing.T) {
	t.Parallel()
	p := withGPUs(t, oneGPU)
	job := p.job(`ps -o ppid= -p $$ > supervisor.part; mv supervisor.part supervisor`, `until [ -e go ]; do sleep 0.05; done`)
	job.Resources.GPUs = 1
	h := p.submit(t, job)
	p.kill(t, h)
	next := p.job(`test -e go; true`)
	next.Resources.GPUs = 1
	n := p.submit(t, next)
	p.until(t, n.ID, func(s cluster.Status) bool { return s.Reason.Word == "Resources" })
	if err := os.WriteFile(filepath.Join(p.dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.until(t, n.ID, in(cluster.Completed))
}

func TestAWaitingJobIsCancelled(t *testing.T) {
	t.Parallel()
	p := withGPUs(t, oneGPU)
	job := p.job(`sleep 60`)
	job.Resources.GPUs = 1
	p.until(t, p.submit(t, job).ID, in(cluster.Running))
	waiting := p.submit(t, job)
	p.until(t, waiting.ID, func(s cluster.Status) bool { return s.Reason.Word == "Resources" })
	if err := p.Cancel(t.Context(), waiting.ID); err != nil {
		t.Fatal(err)
	}
	p.until(t, waiting.ID, in(cluster.Cancelled))
}
