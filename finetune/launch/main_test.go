package launch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/local"
	"github.com/llm-city/gorod/core/cluster/slurm"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

// TestMain is also the supervisor of a local job, and a process that submits one
// and is killed at a point of it.
func TestMain(m *testing.M) {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "supervise":
		err = local.Supervise(context.Background(), os.Args[2])
	case len(os.Args) == 4 && os.Args[1] == "submit":
		err = submitAndDie(os.Args[2], os.Args[3])
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// site is a folder with a job, and the cluster it runs on.
type site struct{ dir string }

// stand-in for the trainer: each start is a line of starts.
const standIn = `#!/usr/bin/env bash
set -eu
if [ "$1" = notify.py ]; then echo notify >> starts; exit 0; fi
stage=$3
cd "$4"
echo "$stage" >> starts
mkdir -p run
if [ "$stage" = train ]; then mkdir -p run/adapter; echo adapter > run/adapter/adapter_model.safetensors; fi
if [ "$stage" = merge ]; then mkdir -p run/merged; echo shard > run/merged/model.safetensors; echo '{% if %}' > run/template.jinja; fi
sleep "${NAP:-0}"
exit "${CODE:-0}"
`

func newSite(t testing.TB, kind, more string) site {
	t.Helper()
	s := site{t.TempDir()}
	s.put(t, "data/messages/train.jsonl", `{"messages":[]}`+"\n")
	s.put(t, "python", standIn)
	if err := os.Chmod(filepath.Join(s.dir, "python"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.put(t, "job.yaml", `apiVersion: gorod/v1
kind: Finetune
name: asya
base: {model: Qwen/Qwen2.5-0.5B-Instruct}
dataset: {path: data}
resources: {gpus: 0, cpus: 1, memory: 1, time: 10m}
cluster: {kind: `+kind+`, python: `+s.dir+`/python}
`+more)
	return s
}

func (s site) put(t testing.TB, name, text string) {
	t.Helper()
	at := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s site) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(s.dir, name))
	return string(text)
}

// launcher of the site: Slurm where there is one, and else this machine.
func (s site) launcher(ctx context.Context) (*launch.Launcher, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r, err := registry.Open(ctx, filepath.Join(s.dir, "registry.db"), registry.Options{})
	if err != nil {
		return nil, err
	}
	c := local.New(local.Options{Dir: filepath.Join(s.dir, ".local"), Supervisor: []string{self, "supervise"}, Env: []string{"PATH=" + os.Getenv("PATH"), "NAP=" + os.Getenv("NAP"), "CODE=" + os.Getenv("CODE")}, Poll: 20 * time.Millisecond})
	if os.Getenv("SLURM_CONF") != "" {
		c = cluster.Compose(&slurm.Commands{Runner: slurm.Exec{Env: slurm.Environ(os.Getenv)}}, cluster.Disk{}, cluster.Options{Poll: 100 * time.Millisecond})
	}
	return &launch.Launcher{Registry: r, Cluster: c, Dir: filepath.Join(s.dir, "jobs"), Local: filepath.Join(s.dir, "jobs")}, nil
}

func (s site) open(t testing.TB) *launch.Launcher {
	t.Helper()
	l, err := s.launcher(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Registry.Close() })
	return l
}

func (s site) request() (launch.Request, error) {
	at := filepath.Join(s.dir, "job.yaml")
	text, err := os.ReadFile(at)
	if err != nil {
		return launch.Request{}, err
	}
	j, err := job.Parse(at, text)
	return launch.Request{Job: j, YAML: string(text), File: at}, err
}

func (s site) submit(t *testing.T, l *launch.Launcher) *registry.Job {
	t.Helper()
	r, err := s.request()
	if err != nil {
		t.Fatal(err)
	}
	j, err := l.Submit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// end waits until a job has ended.
func (s site) end(t *testing.T, l *launch.Launcher, j *registry.Job) *registry.Job {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		if err := l.Sync(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if j.Done() {
			return j
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never ended: %+v", j.Tasks)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// mortal kills the process at a point of a submission.
type mortal struct {
	cluster.Cluster
	point string
}

func (m mortal) at(point string) {
	if m.point == point {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it is dead before long
	}
}

func (m mortal) Stage(ctx context.Context, dir string, files []cluster.File) (cluster.Transfer, error) {
	m.at("before staging")
	done, err := m.Cluster.Stage(ctx, dir, files)
	m.at("after staging")
	return done, err
}

func (m mortal) Submit(ctx context.Context, j cluster.Job) (cluster.Handle, error) {
	h, err := m.Cluster.Submit(ctx, j)
	m.at("after queueing " + j.Name)
	return h, err
}

func submitAndDie(dir, point string) error {
	s := site{dir}
	l, err := s.launcher(context.Background())
	if err != nil {
		return err
	}
	l.Cluster = mortal{l.Cluster, point}
	r, err := s.request()
	if err == nil {
		_, err = l.Submit(context.Background(), r)
	}
	return errors.Join(err, errors.New("it was not killed"))
}

// killed submits in a process of its own, which is killed at a point.
func (s site) killed(t *testing.T, point string, env ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "submit", s.dir, point)
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		t.Fatalf("%s: %v %s", point, err, out)
	}
}

// starts are how often each stage of the one job of the site ran.
func (s site) starts(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, "jobs", "*", "starts"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}
