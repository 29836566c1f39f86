//go:build components

package slurm_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm"
	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
)

func rest(t *testing.T, o slurm.RESTOptions) *slurm.REST {
	t.Helper()
	r, err := slurm.NewREST(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func token(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

// startREST is a place whose Slurm is spoken to by REST, with a folder that the
// daemon's user may write to.
func startREST(t *testing.T) (place, *slurmtest.REST, *slurm.REST) {
	t.Helper()
	s := slurmtest.Start(t)
	d := slurmtest.StartREST(t, s)
	r := rest(t, slurm.RESTOptions{URL: d.TCP, User: d.User, Token: token(d.Token(t, 600))})
	p := place{Slurm: s, Cluster: cluster.Compose(r, cluster.Disk{}, cluster.Options{Poll: 100 * time.Millisecond}), dir: filepath.Join(s.Dir, "jobs")}
	for _, dir := range []string{p.dir, filepath.Join(p.dir, "logs")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return p, d, r
}

// as runs Slurm's commands as another user would, who sees no jobs but their own.
type as struct {
	slurm.Exec
	user string
}

func (a as) Run(ctx context.Context, argv []string, stdin io.Reader) (slurm.Output, error) {
	argv = slices.Clone(argv)
	for i := range argv {
		if argv[i] == "--me" {
			argv[i] = "--user=" + a.user
		}
	}
	return a.Exec.Run(ctx, argv, stdin)
}

func TestJobsRunOverSlurmrestd(t *testing.T) {
	t.Parallel()
	p, d, r := startREST(t)
	job := p.job("far", awaitGo, `echo "task $GOROD_TASK: $X gpu $CUDA_VISIBLE_DEVICES"`, `[ "$GOROD_TASK" = 0 ] || exit 3`)
	job.Env, job.Key = map[string]string{"X": "привет"}, "far-1"
	job.Array, job.Resources.GPUs = cluster.Array{Size: 3, Limit: 1}, 1
	h := p.submit(t, job)
	if again := p.submit(t, job); again != h {
		t.Errorf("%+v, then %+v", h, again)
	}
	chained := p.job("chained", `true`)
	chained.After, chained.KillInvalid = []cluster.Dependency{{When: cluster.AfterOK, ID: h.ID}}, true
	chained.Mail = "me@example.org"
	after := p.submit(t, chained)
	p.sayGo(t)
	ends := map[int]cluster.Status{}
	for s, err := range p.Watch(t.Context(), h.ID) {
		if err != nil {
			t.Fatal(err)
		}
		ends[s.Task] = s
	}
	if len(ends) != 3 || ends[0].State != cluster.Completed || ends[2].State != cluster.FailedState || ends[2].ExitCode != 3 || ends[2].Reason.Word != "NonZeroExitCode" {
		t.Errorf("%+v", ends)
	}
	if got := p.logs(t, h, 0); !strings.HasPrefix(got, "task 0: привет gpu ") || strings.HasSuffix(got, "gpu \n") {
		t.Errorf("log %q", got)
	}
	p.mailed(t, after, "me@example.org", "CANCELLED")
	if err := r.Requeue(t.Context(), h.ID); !cluster.IsKind(err, cluster.Rejected) || !strings.Contains(err.Error(), "no call that requeues") {
		t.Errorf("requeue: %v", err)
	}
	// The same, as the commands see it.
	byCommands := &slurm.Commands{Runner: as{slurm.Exec{Env: p.Env}, d.User}}
	want, err := byCommands.Status(t.Context(), h.ID, after.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Status(t.Context(), h.ID, after.ID)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("REST %+v (%v), commands %+v", got, err, want)
	}

	long := p.submit(t, p.job("long", "sleep 60"))
	bySocket := rest(t, slurm.RESTOptions{URL: d.Socket})
	p.until(t, long.ID, in(cluster.Running))
	if os.Getuid() == 0 { // another user's job, for the peer of the socket is root
		if err := bySocket.Cancel(t.Context(), "4242"); !cluster.IsKind(err, cluster.NotFound) {
			t.Errorf("cancelling an unknown job: %v", err)
		}
	}
	if err := bySocket.Cancel(t.Context(), long.ID); err != nil {
		t.Fatal(err)
	}
	p.until(t, long.ID, in(cluster.Cancelled))
}

func TestTheWarningComesOverSlurmrestdToo(t *testing.T) {
	t.Parallel()
	p, _, _ := startREST(t)
	job := p.job("warned", `trap 'echo saved; exit 75' USR1`, `[ "$GOROD_RESTARTS" = 1 ] && exit 0`, `sleep 100 & wait $!`)
	job.Resources.Time, job.WarnBefore = time.Minute, 59*time.Second
	h := p.submit(t, job)
	s, _ := p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	if s.State != cluster.Completed || s.Restarts != 1 {
		t.Errorf("%+v, log %q", s, p.logs(t, h, cluster.NoTask))
	}
}

func TestRefusalsOfSlurmrestdAreTyped(t *testing.T) {
	t.Parallel()
	p, d, r := startREST(t)
	for name, change := range map[string]func(*cluster.Job){
		"partition":  func(j *cluster.Job) { j.Resources.Partition = "nope" },
		"gpus":       func(j *cluster.Job) { j.Resources.GPUs = 3 },
		"constraint": func(j *cluster.Job) { j.Resources.Constraint = "h100" },
	} {
		job := p.job("bad", "true")
		change(&job)
		if _, err := r.Submit(t.Context(), job); !cluster.IsKind(err, cluster.Rejected) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Status(t.Context(), "4242"); !cluster.IsKind(err, cluster.NotFound) {
		t.Errorf("an unknown job: %v", err)
	}
	for name, wrong := range map[string]func(context.Context) (string, error){"wrong": token("a.b.c"), "none": nil} {
		bad := rest(t, slurm.RESTOptions{URL: d.TCP, User: d.User, Token: wrong})
		if _, err := bad.Status(t.Context(), "1"); !cluster.IsKind(err, cluster.Unauthorized) {
			t.Errorf("%s token, status: %v", name, err)
		}
		if _, err := bad.Submit(t.Context(), p.job("bad", "true")); !cluster.IsKind(err, cluster.Unauthorized) {
			t.Errorf("%s token, submit: %v", name, err)
		}
	}
	p.Command(t, "scontrol", "shutdown", "slurmctld")
	if _, err := r.Status(t.Context(), "1"); !cluster.IsKind(err, cluster.Unreachable) {
		t.Errorf("slurmctld down, status: %v", err)
	}
	if _, err := r.Submit(t.Context(), p.job("late", "true")); !cluster.IsKind(err, cluster.Unreachable) {
		t.Errorf("slurmctld down, submit: %v", err)
	}
	nobody := rest(t, slurm.RESTOptions{URL: "http://127.0.0.1:1"})
	if _, err := nobody.Status(t.Context(), "1"); !cluster.IsKind(err, cluster.Unreachable) {
		t.Errorf("nobody listens: %v", err)
	}
}
