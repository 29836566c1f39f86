//go:build components

package slurm_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm"
	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
)

// TestMain is also a process that watches a job, to be killed.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "watch" {
		c := cluster.Compose(&slurm.Commands{Runner: slurm.Exec{Env: os.Environ()}}, cluster.Disk{}, cluster.Options{Poll: 50 * time.Millisecond})
		for s, err := range c.Watch(context.Background(), os.Args[2]) {
			fmt.Println(s.State, err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// place is a Slurm with a folder for jobs.
type place struct {
	*slurmtest.Slurm
	cluster.Cluster
	dir string
}

func start(t *testing.T) place {
	t.Helper()
	s := slurmtest.Start(t)
	c := cluster.Compose(&slurm.Commands{Runner: slurm.Exec{Env: s.Env}}, cluster.Disk{}, cluster.Options{Poll: 100 * time.Millisecond})
	t.Cleanup(func() { _ = c.Close() })
	return place{Slurm: s, Cluster: c, dir: t.TempDir()}
}

func (p place) job(name string, lines ...string) cluster.Job {
	return cluster.Job{
		Name: name, Dir: p.dir, Script: lines, Requeue: true,
		Resources: cluster.Resources{Nodes: 1, CPUs: 1, MemoryMB: 50, Time: 5 * time.Minute},
	}
}

func (p place) submit(t *testing.T, job cluster.Job) cluster.Handle {
	t.Helper()
	h, err := p.Submit(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// until watches until a task is as is wanted, and returns the states it was in.
func (p place) until(t *testing.T, id string, want func(cluster.Status) bool) (cluster.Status, []cluster.State) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var states []cluster.State
	for s, err := range p.Watch(ctx, id) {
		if err != nil && !cluster.IsKind(err, cluster.Unreachable) {
			t.Fatalf("job %s after %v: %v", id, states, err)
		}
		if err != nil {
			continue
		}
		if states = append(states, s.State); want(s) {
			return s, states
		}
	}
	t.Fatalf("job %s was %v and never what was wanted", id, states)
	return cluster.Status{}, nil
}

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

func TestAJobRunsAndItsLogIsFollowed(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("hello", `echo "привет $ANSWER из $PWD"`, `cat data/in.txt`, `sleep 0.5; echo done`, `exit 3`)
	job.Env = map[string]string{"ANSWER": "сорок 'два'"}
	in := filepath.Join(t.TempDir(), "in.txt")
	if err := os.WriteFile(in, []byte("staged\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	job.Files = []cluster.File{{From: in, To: "data/in.txt"}}
	h := p.submit(t, job)
	if got, want := p.logs(t, h, cluster.NoTask), "привет сорок 'два' из "+p.dir+"\nstaged\ndone\n"; got != want {
		t.Errorf("log %q, want %q", got, want)
	}
	s, _ := p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	if s.State != cluster.FailedState || s.ExitCode != 3 || s.Reason.Word != "NonZeroExitCode" || s.Node == "" || s.Ended.Before(s.Started) || s.Submitted.IsZero() {
		t.Errorf("%+v", s)
	}
	u, err := p.Account(t.Context(), h.ID)
	if err != nil || len(u) != 1 || u[0].CPUs != 1 || u[0].Nodes != 1 || u[0].State != cluster.FailedState {
		t.Errorf("account %+v: %v", u, err)
	}
}

func TestAnArrayKeepsItsLimitAndWritesALogForEachTask(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("sweep", `echo "task $SLURM_ARRAY_TASK_ID gpu $CUDA_VISIBLE_DEVICES"`, `sleep 0.5`)
	job.Array, job.Resources.GPUs = cluster.Array{Size: 4, Limit: 2}, 1
	h := p.submit(t, job)
	running, most, states := map[int]bool{}, 0, map[int]cluster.State{}
	for s, err := range p.Watch(t.Context(), h.ID) {
		if err != nil {
			t.Fatal(err)
		}
		states[s.Task] = s.State
		running[s.Task] = s.State == cluster.Running
		n := 0
		for _, r := range running {
			if r {
				n++
			}
		}
		most = max(most, n)
	}
	if want := map[int]cluster.State{0: "completed", 1: "completed", 2: "completed", 3: "completed"}; !maps.Equal(states, want) || most > 2 {
		t.Errorf("ended %v with %d at a time", states, most)
	}
	if got := p.logs(t, h, 3); !strings.HasPrefix(got, "task 3 gpu ") || strings.TrimSpace(got) == "task 3 gpu" {
		t.Errorf("log of task 3: %q", got)
	}
	one, err := p.Status(t.Context(), h.ID+"_2")
	if err != nil || len(one) != 1 || one[0].Task != 2 {
		t.Errorf("status of one task: %+v, %v", one, err)
	}
}

func TestATaskThatIsCancelledBeforeItStartsIsSeenToEnd(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("sweep", `sleep 1`)
	job.Array = cluster.Array{Size: 3, Limit: 1}
	h := p.submit(t, job)
	ends := map[int]cluster.State{}
	for s, err := range p.Watch(t.Context(), h.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if ends[s.Task] = s.State; s.Task == 0 && s.State == cluster.Running {
			if err := p.Cancel(t.Context(), h.ID+"_1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := map[int]cluster.State{0: "completed", 1: "cancelled", 2: "completed"}; !maps.Equal(ends, want) {
		t.Errorf("%v", ends)
	}
}

func TestAChainRunsInOrderAndBreaksWhereAJobFails(t *testing.T) {
	t.Parallel()
	p := start(t)
	first := p.submit(t, p.job("train", `sleep 0.3`, `echo train >> order`))
	second := p.job("merge", awaitGo, `echo merge >> order`, `exit 1`)
	second.After = []cluster.Dependency{{When: cluster.AfterOK, ID: first.ID}}
	merge := p.submit(t, second)
	notify := p.job("notify", `echo notify >> order`)
	notify.After = []cluster.Dependency{{When: cluster.AfterNotOK, ID: merge.ID}}
	told := p.submit(t, notify)
	stuck, kill := p.job("stuck", `echo never >> order`), p.job("kill", `echo never >> order`)
	stuck.After = []cluster.Dependency{{When: cluster.AfterOK, ID: merge.ID}}
	kill.After, kill.KillInvalid = stuck.After, true
	held, killed := p.submit(t, stuck), p.submit(t, kill)
	p.sayGo(t)

	p.until(t, told.ID, in(cluster.Completed))
	p.until(t, killed.ID, in(cluster.Cancelled))
	s, _ := p.until(t, held.ID, func(s cluster.Status) bool { return s.Reason.Stuck })
	if s.Reason.Word != "DependencyNeverSatisfied" || s.State != cluster.Pending || s.Reason.Advice == "" {
		t.Errorf("%+v", s)
	}
	if got, _ := os.ReadFile(filepath.Join(p.dir, "order")); string(got) != "train\nmerge\nnotify\n" {
		t.Errorf("order %q", got)
	}
	if err := p.Cancel(t.Context(), held.ID); err != nil {
		t.Fatal(err)
	}
	p.until(t, held.ID, in(cluster.Cancelled))
	if err := p.Cancel(t.Context(), held.ID, first.ID); err != nil {
		t.Errorf("cancelling what has ended: %v", err)
	}
}

func TestMailIsSentHoweverAJobEnds(t *testing.T) {
	t.Parallel()
	p := start(t)
	first := p.submit(t, p.job("train", awaitGo, `exit 1`))
	second := p.job("merge", `true`)
	second.After, second.KillInvalid, second.Mail = []cluster.Dependency{{When: cluster.AfterOK, ID: first.ID}}, true, "me+gorod@example.org"
	waiting := p.submit(t, second)
	p.sayGo(t)
	p.mailed(t, waiting, "me+gorod@example.org", "CANCELLED")
	good := p.job("good", `true`)
	good.Mail = "me@example.org"
	p.mailed(t, p.submit(t, good), "me@example.org", "COMPLETED")
}

// awaitGo lets a job go on when sayGo says so: after those that are to follow it
// are submitted, which is refused when it has failed already.
const awaitGo = `until [ -e go ]; do sleep 0.1; done`

func (p place) sayGo(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// mailed waits for the mail about a job.
func (p place) mailed(t *testing.T, h cluster.Handle, to, state string) {
	t.Helper()
	p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	var text []byte
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		text, _ = os.ReadFile(filepath.Join(p.Dir, "log", "mail"))
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, to) && strings.Contains(line, "Job_id="+h.ID+" ") && strings.Contains(line, state) {
				return
			}
		}
	}
	t.Errorf("no mail to %s about job %s, %s: %s", to, h.ID, state, text)
}

func TestTasksFollowThoseOfTheirNumberWhateverBecameOfTheOthers(t *testing.T) {
	t.Parallel()
	p := start(t)
	train, merge := p.job("train", awaitGo, `[ "$GOROD_TASK" != 1 ]`), p.job("merge", `touch "merged-$GOROD_TASK"`)
	train.Array.Size, merge.Array.Size = 3, 3
	merge.After, merge.KillInvalid = []cluster.Dependency{{When: cluster.AfterTask, ID: p.submit(t, train).ID}}, true
	h := p.submit(t, merge)
	p.sayGo(t)
	for task, want := range []cluster.State{cluster.Completed, cluster.Cancelled, cluster.Completed} {
		p.until(t, fmt.Sprintf("%s_%d", h.ID, task), in(want))
	}
	if made, _ := filepath.Glob(filepath.Join(p.dir, "merged-*")); len(made) != 2 {
		t.Errorf("%q", made)
	}
}

func TestPreemptionAndExit75StartTheJobAgain(t *testing.T) {
	t.Parallel()
	p := start(t)
	// The first start saves on TERM, the second wants to be started again, the third is done.
	victim := p.job("victim",
		`echo "start ${SLURM_RESTART_COUNT:-0}"`,
		`[ "${SLURM_RESTART_COUNT:-0}" = 2 ] && exit 0`,
		`[ "${SLURM_RESTART_COUNT:-0}" = 1 ] && exit 75`,
		`sleep 60`)
	victim.Resources.CPUs, victim.Resources.Nodes = 4, 2
	h := p.submit(t, victim)
	p.until(t, h.ID, in(cluster.Running))
	urgent := p.job("urgent", `true`)
	urgent.Resources.Partition, urgent.Resources.CPUs, urgent.Resources.Nodes = "urgent", 4, 2
	u := p.submit(t, urgent)
	s, _ := p.until(t, h.ID, in(cluster.Requeued))
	if s.Restarts != 1 || s.Reason.Word != "BeginTime" {
		t.Errorf("%+v", s)
	}
	p.until(t, u.ID, in(cluster.Completed))
	s, states := p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	if s.State != cluster.Completed || s.Restarts != 2 {
		t.Errorf("%+v after %v", s, states)
	}
	if got := p.logs(t, h, cluster.NoTask); !strings.Contains(got, "start 0\n") || !strings.Contains(got, "start 1\n") || !strings.Contains(got, "start 2\n") {
		t.Errorf("the log lost a start: %q", got)
	}
}

func TestRefusalsAreTyped(t *testing.T) {
	t.Parallel()
	p := start(t)
	for name, change := range map[string]func(*cluster.Job){
		"partition":  func(j *cluster.Job) { j.Resources.Partition = "nope" },
		"gpus":       func(j *cluster.Job) { j.Resources.GPUs = 3 },
		"memory":     func(j *cluster.Job) { j.Resources.MemoryMB = 1 << 20 },
		"constraint": func(j *cluster.Job) { j.Resources.Constraint = "h100" },
		"dependency": func(j *cluster.Job) { j.After = []cluster.Dependency{{When: cluster.AfterOK, ID: "9999"}} },
		"array":      func(j *cluster.Job) { j.Array.Size = 100_000_000 },
	} {
		job := p.job("bad", "true")
		change(&job)
		if _, err := p.Submit(t.Context(), job); !cluster.IsKind(err, cluster.Rejected) || !strings.Contains(err.Error(), "(") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := p.Status(t.Context(), "4242"); !cluster.IsKind(err, cluster.NotFound) {
		t.Errorf("an unknown job: %+v, %v", s, err)
	}
	long := p.job("long", "true")
	long.Resources.Time = 10 * time.Hour
	h := p.submit(t, long)
	s, _ := p.until(t, h.ID, func(s cluster.Status) bool { return s.Reason.Stuck })
	if s.Reason.Word != "PartitionTimeLimit" {
		t.Errorf("%+v", s)
	}
}

func TestASubmissionIsNotQueuedTwice(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("once", "true")
	job.Key = "once-1a2b"
	first := p.submit(t, job)
	if again := p.submit(t, job); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
}

func TestAJobOutlivesTheProcessThatWatchesIt(t *testing.T) {
	t.Parallel()
	p := start(t)
	h := p.submit(t, p.job("watched", "sleep 2", "echo done"))
	watcher := exec.CommandContext(t.Context(), os.Args[0], "watch", h.ID)
	watcher.Env = p.Env
	out, err := watcher.StdoutPipe()
	if err == nil {
		err = watcher.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "running") {
			break
		}
	}
	if err := watcher.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = watcher.Wait()
	// Another process knows the handle and nothing else.
	if got := p.logs(t, h, cluster.NoTask); got != "done\n" {
		t.Errorf("log %q", got)
	}
	if s, _ := p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() }); s.State != cluster.Completed {
		t.Errorf("%+v", s)
	}
}

// Submitting takes gorod less than 2 s more than Slurm takes itself.
func TestSubmittingIsFast(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("fast", "true")
	data := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(data, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	job.Files = []cluster.File{{From: data, To: "data/train.jsonl"}}
	bare := filepath.Join(p.dir, "bare.sh")
	if err := os.WriteFile(bare, []byte("#!/bin/bash\ntrue\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var slurms, ours []time.Duration
	for n := range 5 {
		began := time.Now()
		p.Command(t, "sbatch", "-o", "/dev/null", bare)
		slurms = append(slurms, time.Since(began))
		job.Key = fmt.Sprintf("fast-%d", n)
		began = time.Now()
		p.submit(t, job)
		ours = append(ours, time.Since(began))
	}
	first := ours[0]
	slices.Sort(slurms)
	slices.Sort(ours)
	t.Logf("sbatch %s, gorod %s (medians of 5); the first, with an upload of 8 MB, %s", slurms[2], ours[2], first)
	if beyond := max(first, ours[4]) - slurms[2]; beyond > 2*time.Second {
		t.Errorf("it took %s more than sbatch", beyond)
	}
}

// One Slurm for both: it looks at time limits every 30 s.
func TestTheWarningComesBeforeTheTimeLimitAndTheLimitEndsTheJob(t *testing.T) {
	t.Parallel()
	p := start(t)
	job := p.job("warned", `trap 'echo saved; exit 75' USR1`, `echo "start ${SLURM_RESTART_COUNT:-0}"`,
		`[ "${SLURM_RESTART_COUNT:-0}" = 1 ] && exit 0`, `sleep 300 & wait $!`)
	job.WarnBefore = 4 * time.Minute
	h := p.submit(t, job)
	slow := p.submit(t, p.job("slow", "sleep 300"))
	p.until(t, h.ID, in(cluster.Running))
	p.until(t, slow.ID, in(cluster.Running))
	p.Command(t, "scontrol", "update", "JobId="+h.ID, "TimeLimit=4")
	p.Command(t, "scontrol", "update", "JobId="+slow.ID, "EndTime=now+2")
	s, _ := p.until(t, slow.ID, func(s cluster.Status) bool { return s.State.Final() })
	if s.State != cluster.Timeout || s.Reason.Word != "TimeLimit" || s.Reason.Advice == "" {
		t.Errorf("%+v", s)
	}
	s, _ = p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	if s.State != cluster.Completed || s.Restarts != 1 {
		t.Errorf("%+v", s)
	}
	if got := p.logs(t, h, cluster.NoTask); !strings.Contains(got, "start 0\nsaved\n") || !strings.Contains(got, "start 1\n") {
		t.Errorf("log %q", got)
	}
}

func TestALostNodeStartsTheJobAgainElsewhere(t *testing.T) {
	t.Parallel()
	p := start(t)
	h := p.submit(t, p.job("moved", `[ "${SLURM_RESTART_COUNT:-0}" = 0 ] && sleep 300`, `true`))
	s, _ := p.until(t, h.ID, in(cluster.Running))
	stays := p.job("stays", "sleep 300")
	stays.Requeue = false
	p.Command(t, "scontrol", "update", "NodeName="+map[string]string{"n1": "n2", "n2": "n1"}[s.Node], "State=DRAIN", "Reason=test")
	other := p.submit(t, stays)
	lost, _ := p.until(t, other.ID, in(cluster.Running))
	p.Command(t, "scontrol", "update", "NodeName="+map[string]string{"n1": "n2", "n2": "n1"}[s.Node], "State=RESUME")
	p.Kill(t, "slurmd-"+s.Node)
	if lost.Node != s.Node {
		t.Fatalf("on %s and %s", s.Node, lost.Node)
	}
	failed, _ := p.until(t, other.ID, func(s cluster.Status) bool { return s.State.Final() })
	if failed.State != cluster.NodeFail || failed.Reason.Advice == "" {
		t.Errorf("%+v", failed)
	}
	done, states := p.until(t, h.ID, func(s cluster.Status) bool { return s.State.Final() })
	if done.State != cluster.Completed || done.Node == s.Node || done.Restarts != 1 {
		t.Errorf("%+v after %v", done, states)
	}
}

func TestAControllerThatIsDownIsUnreachableAndWatchingGoesOn(t *testing.T) {
	t.Parallel()
	p := start(t)
	h := p.submit(t, p.job("outlives", "sleep 4"))
	p.until(t, h.ID, in(cluster.Running))
	p.Command(t, "scontrol", "shutdown", "slurmctld")
	quick := &slurm.Commands{Runner: slurm.Exec{Env: p.Env}, Timeout: 2 * time.Second}
	began := time.Now()
	_, err := quick.Status(t.Context(), h.ID)
	if took := time.Since(began); !cluster.IsKind(err, cluster.Unreachable) || took > 4*time.Second {
		t.Errorf("after %s: %v", took, err)
	}
	watched := cluster.Compose(quick, cluster.Disk{}, cluster.Options{Poll: 100 * time.Millisecond})
	unreachable := 0
	for s, err := range watched.Watch(t.Context(), h.ID) {
		if cluster.IsKind(err, cluster.Unreachable) {
			if unreachable++; unreachable == 1 {
				p.Run(t, "slurmctld")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if s.State.Final() && s.State != cluster.Completed {
			t.Errorf("%+v", s)
		}
	}
	if unreachable == 0 {
		t.Error("nobody said that the controller is down")
	}
}
