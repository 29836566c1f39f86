//go:build components

package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
	"github.com/llm-city/gorod/core/llm/llmtest"
)

// onSlurm is gorod with a Slurm.
func onSlurm(t *testing.T, s *slurmtest.Slurm, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := command(t, dir, args...)
	cmd.Env = append(os.Environ(), "SLURM_CONF="+s.Conf)
	return cmd
}

// begun is a gorod that follows what it has queued.
type begun struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

func begin(t *testing.T, cmd *exec.Cmd) *begun {
	t.Helper()
	b := &begun{Cmd: cmd}
	cmd.Stdout, cmd.Stderr = &b.stdout, &b.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return b
}

func (b *begun) end() answer {
	_ = b.Wait() // the exit code is in the answer
	return answer{b.stdout.String(), b.stderr.String(), b.ProcessState.ExitCode()}
}

// until waits until Slurm says of its jobs what is wanted.
func until(t *testing.T, s *slurmtest.Slurm, want string) {
	t.Helper()
	said := ""
	for range 600 {
		if said = s.Command(t, "squeue", "-h", "-r", "-t", "all", "-o", "%j %T %N"); regexp.MustCompile(want).MatchString(said) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("squeue never said %q: %s", want, said)
}

func TestAStudyOnSlurmIsTheSame(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	server := holding(t, -1)
	dir := write(t, many(server.URL))
	a := finish(t, onSlurm(t, s, dir, "run", "--json", "--on", "slurm", "--jobs", "3", "--out", "s", "study.yaml"))
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
	if script := s.Command(t, "scontrol", "show", "job", queuedOf(t, a.stdout).Job+"_3"); !strings.Contains(script, "ArrayTaskThrottle=3") && !strings.Contains(script, "gorod-small") {
		t.Error(script)
	}
}

func TestAPreemptedRunEndsWithTheDigestOfAnUninterruptedOne(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	server := holding(t, 40)
	dir := write(t, many(server.URL))
	study := begin(t, onSlurm(t, s, dir, "run", "--json", "--on", "slurm", "--out", "s", "study.yaml"))
	server.wait(t)
	s.Command(t, "sbatch", "-p", "urgent", "-N2", "--exclusive", "-J", "urgent", "-o", "/dev/null", "--wrap", "sleep 1")
	until(t, s, `urgent COMPLETED`)
	server.open()
	a := study.end()
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
	if !strings.Contains(a.stdout, `"restarts":1`) {
		t.Errorf("nothing was preempted: %v", a)
	}
}

func TestARunThatIsWarnedByASignalStopsAtATickAndIsQueuedAgain(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	server := holding(t, 12)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 2m", 1))
	study := begin(t, onSlurm(t, s, dir, "run", "--json", "--on", "slurm", "--out", "s", "study.yaml"))
	server.wait(t)
	s.Command(t, "scancel", "--batch", "--signal=USR1", "--name=gorod-small")
	time.Sleep(500 * time.Millisecond) // a signal has no answer
	server.open()
	a := study.end()
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, a))); a.code != 0 || diff != "" || !strings.Contains(a.stdout, `"restarts":1`) {
		t.Error(diff, a)
	}
}

func TestARunWhoseNodeIsLostIsComputedOnceAndTheSame(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	counted := holding(t, -1)
	want := ranHere(t, write(t, served(counted.URL+"/v1")))
	server := holding(t, 12)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 2m", 1))
	study := begin(t, onSlurm(t, s, dir, "run", "--json", "--on", "slurm", "--out", "s", "study.yaml"))
	server.wait(t)
	s.Kill(t, "slurmd-n1") // what it ran goes on: nobody is there to stop it
	until(t, s, `gorod-small RUNNING n2`)
	server.open()
	a := study.end()
	if diff := cmp.Diff(want, digestsOf(lastLine(t, a))); a.code != 0 || diff != "" || !strings.Contains(a.stdout, `"restarts":1`) {
		t.Error(diff, a)
	}
	if server.n.Load() != counted.n.Load() {
		t.Errorf("%d questions, a run has %d: it was computed on both nodes", server.n.Load(), counted.n.Load())
	}
}

func TestRunsThatSomebodyCancelledGoOn(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	server := holding(t, 30)
	dir := write(t, many(server.URL))
	study := begin(t, onSlurm(t, s, dir, "run", "--json", "--on", "slurm", "--jobs", "2", "--out", "s", "study.yaml"))
	server.wait(t)
	s.Command(t, "scancel", "--name=gorod-small")
	a := study.end()
	if a.code != 3 || !strings.Contains(a.stdout, "cancelled") || !strings.Contains(a.stderr, "gorod run --resume s") {
		t.Errorf("cancelled outside: %v", a)
	}
	server.open()
	again := finish(t, onSlurm(t, s, dir, "run", "--json", "--resume", "s"))
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, again))); again.code != 0 || diff != "" {
		t.Error(diff, again)
	}
}

func TestWhatSlurmRefusesIsNotQueued(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	dir := write(t, small)
	a := finish(t, onSlurm(t, s, dir, "run", "--on", "slurm", "--out", "s", "study.yaml", "--cluster", "partition=nope"))
	if a.code != 2 || !strings.Contains(a.stderr, "nothing was queued") || !strings.Contains(a.stderr, "sinfo") || !strings.Contains(a.stderr, "--resume s") {
		t.Error(a)
	}
	if q := s.Command(t, "squeue", "-h", "-t", "all"); q != "" {
		t.Errorf("it was queued: %s", q)
	}
	if a := finish(t, onSlurm(t, s, dir, "run", "--resume", "s", "--cluster", "partition=batch")); a.code != 0 {
		t.Error(a)
	}
}

// overSSH is Slurm on a login node that shares no files with this machine, as
// far as gorod is told.
func overSSH(t *testing.T, dir string) *slurmtest.Slurm {
	t.Helper()
	s := slurmtest.Start(t)
	node := slurmtest.StartSSHD(t, s.Env)
	settings, err := json.Marshal(map[string]any{"cluster": map[string]any{
		"via": "ssh", "host": node.Host, "identity": node.Key, "known_hosts": node.KnownHosts, "dir": filepath.Join(dir, "scratch"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "gorod.yaml", string(settings))
	return s
}

func TestAStudyGoesOverSSHAndComesBack(t *testing.T) {
	t.Parallel()
	var out atomic.Bool
	out.Store(true)
	server := llmtest.Start(llmtest.Options{Slots: 16, Fault: func(_ int, r llmtest.Request) llmtest.Fault {
		if r.Model == "two" && out.Load() {
			return llmtest.Fault{Status: 400, Message: "the model two is out of order"}
		}
		return llmtest.Fault{}
	}})
	t.Cleanup(server.Close)
	dir := write(t, many(server.URL))
	overSSH(t, dir)
	a := gorod(t, dir, "run", "--json", "--on", "slurm", "--out", "s", "study.yaml")
	if a.code != 1 || !strings.Contains(a.stderr, "two is out of order") || !strings.Contains(a.stderr, "2 of 4") {
		t.Fatal(a)
	}
	out.Store(false)
	a = gorod(t, dir, "run", "--json", "--resume", "s")
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
	for _, args := range [][]string{{"verify", "s"}, {"show", "s"}, {"report", "s"}} {
		if a := gorod(t, dir, args...); a.code != 0 {
			t.Errorf("%v: %v", args, a)
		}
	}
	copies, err := filepath.Glob(filepath.Join(dir, "scratch", ".gorod", "bin", "*", "gorod"))
	if err != nil || len(copies) != 1 {
		t.Errorf("gorod was brought there %d times: %v", len(copies), err)
	}
}

func TestARunThatBeganHereGoesOnOverSSH(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	want := ranHere(t, dir)
	a := gorod(t, dir, "run", "--json", "--out", "s", "study.yaml", "--set", "budget.max_calls=9")
	if a.code != 3 {
		t.Fatal(a)
	}
	overSSH(t, dir)
	if a := gorod(t, dir, "run", "--json", "--resume", "s", "--on", "slurm"); a.code != 3 || !strings.Contains(a.stderr, "budget") {
		t.Errorf("the budget was not kept: %v", a)
	}
	a = gorod(t, dir, "run", "--json", "--resume", "s", "--set", "budget.max_calls=0")
	if diff := cmp.Diff(want, digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
}

func TestPluginsAreStagedWithAStudy(t *testing.T) {
	t.Parallel()
	dir := write(t, strings.Replace(small, "  activity: [1]", "  activity: [1]\n  planner: {plugin: planner/polite}", 1))
	path := polite(t, dir)
	want := ranHere(t, dir)
	overSSH(t, dir)
	a := gorod(t, dir, "run", "--json", "--on", "slurm", "study.yaml")
	if diff := cmp.Diff(want, digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
	a = gorod(t, dir, "run", "--on", "slurm", "--set", "agents.planner.plugin="+path, "study.yaml")
	if a.code != 2 || !strings.Contains(a.stderr, path) || !strings.Contains(a.stderr, "plugins.d") {
		t.Errorf("a path of this machine: %v", a)
	}
}

func TestAStudyIsStagedWhereNodesDoNotSeeTheRuns(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	dir := write(t, small)
	scratch := filepath.Join(t.TempDir(), "scratch")
	a := finish(t, onSlurm(t, s, dir, "run", "--json", "--on", "slurm", "--cluster", "dir="+scratch, "--out", "s", "study.yaml"))
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
	there, err := filepath.Glob(filepath.Join(scratch, "s-*", "base", "5", "run.db"))
	if err != nil || len(there) != 1 {
		t.Errorf("%v %v", there, err)
	}
}

func TestAStudyIsQueuedThroughSlurmrestd(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	rest := slurmtest.StartREST(t, s)
	dir := write(t, small)
	want := ranHere(t, dir)
	cmd := command(t, dir, "run", "--json", "--on", "slurm", "--cluster", "via=rest", "--cluster", "host="+rest.TCP, "--out", "s", "study.yaml")
	cmd.Env = append(os.Environ(), "HOME="+dir, "USER="+rest.User, "SLURM_JWT="+rest.Token(t, 600))
	become(t, cmd, rest.User)
	a := finish(t, cmd)
	if diff := cmp.Diff(want, digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
}

// become has root run a command as another user, in a folder that is that user's
// own: slurmrestd serves no root.
func become(t *testing.T, cmd *exec.Cmd, name string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	who, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if err := os.Chown(cmd.Dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	for _, inner := range []string{cmd.Dir, filepath.Dir(cmd.Dir), filepath.Dir(binary)} {
		if err := os.Chmod(inner, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
