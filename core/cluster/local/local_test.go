package local_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/local"
)

// TestMain is the supervisor too.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "supervise" {
		if err := local.Supervise(context.Background(), os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type place struct {
	cluster.Cluster
	dir, state string
}

func start(t *testing.T) place {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := place{dir: t.TempDir(), state: filepath.Join(t.TempDir(), "[1] *")}
	p.Cluster = local.New(local.Options{
		Dir: p.state, Supervisor: []string{self, "supervise"}, Env: []string{"PATH=" + os.Getenv("PATH")}, Poll: 20 * time.Millisecond,
	})
	return p
}

func (p place) job(lines ...string) cluster.Job {
	return cluster.Job{Name: "test", Dir: p.dir, Script: lines}
}

func (p place) submit(t *testing.T, job cluster.Job) cluster.Handle {
	t.Helper()
	h, err := p.Submit(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // supervisors write into folders that the test removes
		_ = p.Cancel(context.Background(), h.ID)
		p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	})
	return h
}

func (p place) until(t *testing.T, id string, want func(cluster.Status) bool) (cluster.Status, []cluster.State) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var states []cluster.State
	for s, err := range p.Watch(ctx, id) {
		if err != nil {
			t.Fatalf("after %v: %v", states, err)
		}
		if states = append(states, s.State); want(s) {
			return s, states
		}
	}
	t.Fatalf("job %s was %v and never what was wanted", id, states)
	return cluster.Status{}, nil
}

func final(s cluster.Status) bool { return s.State.Final() }

func in(state cluster.State) func(cluster.Status) bool {
	return func(s cluster.Status) bool { return s.State == state }
}

func (p place) logs(t *testing.T, h cluster.Handle, task int) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Logs(t.Context(), &b, cluster.Log{Handle: h, Task: task, Follow: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJobsEndAsTheirScriptsDo(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, tt := range []struct {
		script string
		state  cluster.State
		code   int
	}{
		{"echo привет", cluster.Completed, 0},
		{"false; echo after", cluster.FailedState, 1},
		{"exit 3", cluster.FailedState, 3},
		{"exit 75", cluster.FailedState, 75},
		{"kill -9 $$", cluster.FailedState, 137},
	} {
		s, _ := p.until(t, p.submit(t, p.job(tt.script)).ID, final)
		if s.State != tt.state || s.ExitCode != tt.code || s.Started.IsZero() || s.Ended.IsZero() {
			t.Errorf("%s: %+v", tt.script, s)
		}
		if s.State == cluster.FailedState && s.Reason.Advice == "" {
			t.Errorf("%s: no advice: %+v", tt.script, s.Reason)
		}
	}
}

func TestAnArrayKeepsItsLimit(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job(`mkdir running-$GOROD_TASK; ls -d running-* | wc -l; sleep 0.2; rmdir running-$GOROD_TASK; echo "task $GOROD_TASK of $GOROD_JOB_ID"`)
	job.Array = cluster.Array{Size: 5, Limit: 2}
	h := p.submit(t, job)
	for n := range 5 {
		count, rest, _ := strings.Cut(p.logs(t, h, n), "\n")
		if most, err := strconv.Atoi(strings.TrimSpace(count)); err != nil || most > 2 {
			t.Errorf("%s tasks at a time", count)
		}
		if want := fmt.Sprintf("task %d of %s\n", n, h.ID); rest != want {
			t.Errorf("log %q, want %q", rest, want)
		}
	}
}

func TestAChainRunsInOrderAndBreaksWhereAJobFails(t *testing.T) {
	t.Parallel()
	p := start(t)
	first := p.submit(t, p.job("sleep 0.3; echo first >> order"))
	after := func(when cluster.When, id, line string, kill bool) cluster.Handle {
		job := p.job(line)
		job.After, job.KillInvalid = []cluster.Dependency{{When: when, ID: id}}, kill
		return p.submit(t, job)
	}
	second := after(cluster.AfterOK, first.ID, "echo second >> order; exit 1", false)
	third := after(cluster.AfterNotOK, second.ID, "echo third >> order", false)
	last := after(cluster.AfterAny, third.ID, "echo last >> order", false)
	killed := after(cluster.AfterOK, second.ID, "echo never >> order", true)
	stuck := after(cluster.AfterOK, second.ID, "echo never >> order", false)
	p.until(t, last.ID, in(cluster.Completed))
	p.until(t, killed.ID, in(cluster.Cancelled))
	if s, _ := p.until(t, stuck.ID, func(s cluster.Status) bool { return s.Reason.Stuck }); s.State != cluster.Pending {
		t.Errorf("%+v", s)
	}
	if got, _ := os.ReadFile(filepath.Join(p.dir, "order")); string(got) != "first\nsecond\nthird\nlast\n" {
		t.Errorf("order %q", got)
	}
}

func TestTasksFollowThoseOfTheirNumberWhateverBecameOfTheOthers(t *testing.T) {
	t.Parallel()
	p := start(t)
	train, merge := p.job("[ \"$GOROD_TASK\" != 1 ]"), p.job("touch merged-$GOROD_TASK")
	train.Array.Size, merge.Array.Size = 3, 3
	merge.After, merge.KillInvalid = []cluster.Dependency{{When: cluster.AfterTask, ID: p.submit(t, train).ID}}, true
	h := p.submit(t, merge)
	for task, want := range []cluster.State{cluster.Completed, cluster.Cancelled, cluster.Completed} {
		p.until(t, fmt.Sprintf("%s_%d", h.ID, task), in(want))
	}
	if made, _ := filepath.Glob(filepath.Join(p.dir, "merged-*")); len(made) != 2 {
		t.Errorf("%q", made)
	}
}

func TestAJobThatSavedItsWorkIsStartedAgain(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job(`echo "start $GOROD_RESTARTS"`, `trap 'echo saved; exit 75' USR1`, `[ $GOROD_RESTARTS = 1 ] && exit 0`, `sleep 60 & wait $!`)
	job.Requeue, job.Resources.Time, job.WarnBefore = true, 60*time.Second, 59700*time.Millisecond
	h := p.submit(t, job)
	s, states := p.until(t, h.ID, final)
	if s.State != cluster.Completed || s.Restarts != 1 || !slices.Contains(states, cluster.Requeued) {
		t.Errorf("%+v after %v", s, states)
	}
	if got := p.logs(t, h, cluster.NoTask); got != "start 0\nsaved\nstart 1\n" {
		t.Errorf("log %q", got)
	}
}

func TestTheTimeLimitAndCancelEndEverythingThatRuns(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job(`(sleep 60; echo survived > survivor) & echo $! > child`, `sleep 60`)
	job.Resources.Time = 500 * time.Millisecond
	if s, _ := p.until(t, p.submit(t, job).ID, final); s.State != cluster.Timeout || s.Reason.Word != "TimeLimit" {
		t.Errorf("%+v", s)
	}
	job.Resources.Time = 0
	h := p.submit(t, job)
	p.until(t, h.ID, in(cluster.Running))
	if err := p.Cancel(t.Context(), h.ID); err != nil {
		t.Fatal(err)
	}
	p.until(t, h.ID, in(cluster.Cancelled))
	data, _ := os.ReadFile(filepath.Join(p.dir, "child"))
	child, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child)); err == nil && !strings.Contains(string(stat), ") Z ") {
		t.Errorf("child %d lives: %s", child, stat)
	}
}

func TestRequeueStartsAJobAgainWhereverItStands(t *testing.T) {
	t.Parallel()
	p := start(t)
	h := p.submit(t, p.job(`echo "start $GOROD_RESTARTS"`, `[ $GOROD_RESTARTS = 0 ] && sleep 60`, `true`))
	p.until(t, h.ID, in(cluster.Running))
	for n := range 2 {
		if err := p.Requeue(t.Context(), h.ID); err != nil {
			t.Fatal(err)
		}
		s, _ := p.until(t, h.ID, func(s cluster.Status) bool { return s.State == cluster.Completed && s.Restarts == n+1 })
		if got := p.logs(t, h, cluster.NoTask); !strings.Contains(got, fmt.Sprintf("start %d\n", n+1)) {
			t.Errorf("log %q of %+v", got, s)
		}
	}
}

// kill kills the supervisor of a job that writes its id into a file.
func (p place) kill(t *testing.T, h cluster.Handle) {
	t.Helper()
	p.until(t, h.ID, in(cluster.Running))
	pid := 0
	for until := time.Now().Add(20 * time.Second); pid == 0 && time.Now().Before(until); {
		data, _ := os.ReadFile(filepath.Join(p.dir, "supervisor"))
		pid, _ = strconv.Atoi(strings.TrimSpace(string(data)))
	}
	if pid <= 1 {
		t.Fatalf("the supervisor is %d", pid)
	}
	if sid, err := syscall.Getpgid(pid); err != nil || sid != pid {
		t.Errorf("the supervisor %d is in the process group %d (%v), which Ctrl-C reaches", pid, sid, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestAJobOutlivesTheClientAndADeadSupervisorIsSeen(t *testing.T) {
	t.Parallel()
	p := start(t)
	h := p.submit(t, p.job(`ps -o ppid= -p $$ > supervisor.part; mv supervisor.part supervisor`, `[ $GOROD_RESTARTS = 0 ] && sleep 60`, `true`))
	p.kill(t, h)
	if s, _ := p.until(t, h.ID, final); s.State != cluster.NodeFail || s.Reason.Word != "SupervisorGone" {
		t.Errorf("%+v", s)
	}
	if err := p.Requeue(t.Context(), h.ID); err != nil {
		t.Fatal(err)
	}
	if s, _ := p.until(t, h.ID, in(cluster.Completed)); s.Restarts != 1 {
		t.Errorf("%+v", s)
	}
}

func TestASubmissionIsNotQueuedTwiceAndUnknownJobsAreNotFound(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("true")
	job.Key = "tiny-1a2b"
	first := p.submit(t, job)
	again, err := p.Submit(t.Context(), job)
	if err != nil || again != first {
		t.Errorf("%+v, then %+v: %v", first, again, err)
	}
	if _, err := p.Status(t.Context(), "77"); !cluster.IsKind(err, cluster.NotFound) {
		t.Errorf("an unknown job: %v", err)
	}
	if err := p.Cancel(t.Context(), "../1"); !cluster.IsKind(err, cluster.NotFound) {
		t.Errorf("an id that is a path: %v", err)
	}
}

func TestTheEnvironmentOfATaskIsOnNoCommandLine(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job(`echo "$KEY"`, `for pid in $$ $PPID; do tr '\0' ' ' < /proc/$pid/cmdline; echo; done`)
	job.Env = map[string]string{"KEY": "s3cr3t"}
	got := p.logs(t, p.submit(t, job), cluster.NoTask)
	if first, rest, _ := strings.Cut(got, "\n"); first != "s3cr3t" || strings.Contains(rest, "s3cr3t") || !strings.Contains(rest, "supervise") {
		t.Errorf("everybody sees: %s", got)
	}
}
