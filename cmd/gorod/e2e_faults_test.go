//go:build e2e

package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
)

// short is a training that can be disturbed twice.
var short = []string{"training.steps=24", "training.save_every=4", "training.eval_every=12"}

// undisturbed is the hash of the adapter that a training makes which nothing
// happens to.
func undisturbed(t *testing.T, m materials) string {
	t.Helper()
	s := openSite(t, m)
	id := s.submit(t, short...)
	if a := s.follow(t, id); a.code != 0 {
		t.Fatalf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
	return s.adapter(t, id)
}

// faults are what befalls a training. Each ends in the adapter of an undisturbed
// one, or in an error that says what to do.
var faults = map[string]func(t *testing.T, s *site, want string){
	"preempted twice":                 preemptedTwice,
	"node lost while its job goes on": nodeLost,
	"time limit":                      timeLimit,
	"cancelled outside":               cancelledOutside,
	"disk quota":                      diskQuota,
	"no CUDA":                         noCUDA,
	"no such partition":               noPartition,
	"damaged base":                    damagedBase,
	"SSH cut in mid-upload":           cutSSH,
}

// same asks that a job ended well, with what an undisturbed one learns.
func (s *site) same(t *testing.T, id, want string, a answer) {
	t.Helper()
	if a.code != 0 {
		t.Fatalf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
	if got := s.adapter(t, id); got != want {
		t.Errorf("the adapter is another than without the fault: %s, want %s", got, want)
	}
}

func preemptedTwice(t *testing.T, s *site, want string) {
	id := s.submit(t, short...)
	for _, step := range []int{4, 12} {
		s.saved(t, id, step)
		s.Command(t, "sbatch", "-p", "urgent", "-N", "2", "--exclusive", "-o", "/dev/null", "--wrap", "true")
		resumes := 1
		if step > 4 {
			resumes = 2
		}
		s.until(t, id, "a new start", func(rows []metric) bool { return count(rows, "resume") >= resumes })
	}
	s.same(t, id, want, s.follow(t, id))
	if _, _, _, restarts := s.job(t, id).stage(t, "train"); restarts != 2 {
		t.Errorf("it was started again %d times, want 2", restarts)
	}
}

func count(rows []metric, event string) (n int) {
	for _, row := range rows {
		if row.Event == event {
			n++
		}
	}
	return n
}

// nodeLost: Slurm gives a node up whose job is only held up. Two starts of one
// job are then at work at once, and the first one must notice and leave off.
func nodeLost(t *testing.T, s *site, want string) {
	id := s.submit(t, short...)
	s.saved(t, id, 4)
	first := s.trainers(t)
	signal(t, first, syscall.SIGSTOP)
	node := strings.TrimSpace(s.Command(t, "squeue", "-h", "-t", "R", "-o", "%N"))
	s.Kill(t, "slurmd-"+node)
	s.until(t, id, "a start on the other node", func(rows []metric) bool { return count(rows, "resume") >= 1 })
	signal(t, first, syscall.SIGCONT)
	s.same(t, id, want, s.follow(t, id))
	if _, _, on, restarts := s.job(t, id).stage(t, "train"); restarts != 1 || on == node {
		t.Errorf("it was started again %d times, on %s after %s", restarts, on, node)
	}
	for _, pid := range first {
		for deadline := time.Now().Add(30 * time.Second); alive(pid); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the first start is still at work")
			}
		}
	}
}

func timeLimit(t *testing.T, s *site, want string) {
	id := s.submit(t, short...)
	s.saved(t, id, 4)
	signal(t, s.trainers(t), syscall.SIGSTOP) // Slurm looks at limits twice a minute
	job := s.running(t)
	s.Command(t, "scontrol", "update", "JobId="+job, "EndTime=now+1")
	if a := s.follow(t, id); a.code != 1 || !strings.Contains(a.stdout+a.stderr, "time limit") || !strings.Contains(a.stderr, "gorod finetune resume "+id) {
		t.Fatal(a)
	}
	s.same(t, id, want, s.gorod(t, "finetune", "resume", id, "--watch"))
}

func cancelledOutside(t *testing.T, s *site, want string) {
	id := s.submit(t, short...)
	s.saved(t, id, 4)
	s.Command(t, "scancel", s.running(t))
	if a := s.follow(t, id); a.code != 1 || !strings.Contains(a.stderr, "cancelled") || !strings.Contains(a.stderr, "gorod finetune resume "+id) {
		t.Fatal(a)
	}
	s.same(t, id, want, s.gorod(t, "finetune", "resume", id, "--watch"))
	if count(s.metrics(t, id), "resume") == 0 {
		t.Error("it began anew")
	}
}

// diskQuota: after the first checkpoint there is no room for another.
func diskQuota(t *testing.T, s *site, want string) {
	id := s.submit(t, append([]string{"cluster.setup=['if [ -e quota ]; then ulimit -f $(cat quota); fi']"}, short...)...)
	quota := filepath.Join(filepath.Dir(s.run(t, id)), "quota")
	if err := os.WriteFile(quota, []byte("32\n"), 0o600); err != nil { // KB of a file
		t.Fatal(err)
	}
	if a := s.follow(t, id); a.code != 1 || !strings.Contains(a.stderr, "quota") || !strings.Contains(a.stderr, "gorod finetune resume "+id) {
		t.Fatalf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
	if err := os.Remove(quota); err != nil {
		t.Fatal(err)
	}
	s.same(t, id, want, s.gorod(t, "finetune", "resume", id, "--watch"))
}

// noCUDA: the node has cards, and PyTorch cannot use them.
func noCUDA(t *testing.T, s *site, _ string) {
	id := s.submit(t, append([]string{"resources.gpus=1"}, short...)...)
	if a := s.follow(t, id); a.code != 1 || !strings.Contains(a.stderr, "sees no GPU") || !strings.Contains(a.stderr, "resources.gpus: 0") {
		t.Errorf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
}

func noPartition(t *testing.T, s *site, _ string) {
	a := s.gorod(t, s.submission("resources.partition=nope")...)
	if a.code == 0 || !strings.Contains(a.stderr, "partition") || !strings.Contains(a.stderr, "nope") {
		t.Error(a)
	}
	if queue := s.Command(t, "squeue", "-h"); queue != "" {
		t.Errorf("something is queued: %s", queue)
	}
}

// damagedBase: a shard of the base ends before its time. The job says which one,
// and goes on when it is whole again.
func damagedBase(t *testing.T, s *site, want string) {
	base := filepath.Join(s.dir, "own")
	if err := os.CopyFS(base, os.DirFS(filepath.Join(s.dir, "models", "tiny-llama"))); err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(base, "model.safetensors")
	whole, err := os.ReadFile(shard)
	if err == nil {
		err = os.WriteFile(shard, whole[:len(whole)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	id := s.submit(t, append([]string{"base.model=./own"}, short...)...)
	if a := s.follow(t, id); a.code != 1 || !strings.Contains(a.stderr, "model.safetensors") || !strings.Contains(a.stderr, "damaged") {
		t.Fatalf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
	if err := os.WriteFile(shard, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s.same(t, id, want, s.gorod(t, "finetune", "resume", id, "--watch"))
}

// cutSSH: the login node is reached over a line that breaks in the middle of the
// upload, once.
func cutSSH(t *testing.T, s *site, want string) {
	node := slurmtest.StartSSHD(t, s.Env)
	user, address, _ := strings.Cut(node.Host, "@")
	line := newLine(t, address, 100_000)
	s.env = append(s.env, "HOME="+sshHome(t, node, line.address), "SSH_AUTH_SOCK=")
	far := filepath.Join(s.dir, "far")
	base, err := filepath.EvalSymlinks(filepath.Join(s.dir, "models", "tiny-llama"))
	if err != nil {
		t.Fatal(err)
	}
	id := s.submit(t, append([]string{"cluster.via=ssh", "cluster.host=" + user + "@" + line.address, "cluster.dir=" + far, "base.model=" + base}, short...)...)
	if line.calls.Load() < 2 {
		t.Errorf("the line broke %d times", line.calls.Load()-1)
	}
	if a := s.follow(t, id); a.code != 0 {
		t.Fatalf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
	s.finetunes = far
	s.same(t, id, want, answer{})
	if left, _ := filepath.Glob(filepath.Join(far, "*", "*", "*.part-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// sshHome is a home folder whose keys and known hosts are for a server that is
// reached at an address.
func sshHome(t *testing.T, s *slurmtest.SSHD, address string) string {
	t.Helper()
	home := t.TempDir()
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		err = os.Mkdir(filepath.Join(home, ".ssh"), 0o700)
	}
	key, keyErr := os.ReadFile(s.Key)
	known, knownErr := os.ReadFile(s.KnownHosts)
	if err := errors.Join(err, keyErr, knownErr); err != nil {
		t.Fatal(err)
	}
	_, hostKey, _ := strings.Cut(string(known), " ")
	put(t, home, ".ssh/id_ed25519", string(key))
	put(t, home, ".ssh/known_hosts", fmt.Sprintf("[%s]:%s %s\n", host, port, hostKey))
	return home
}

// line passes connections on. The first one breaks when so many bytes went
// through.
type line struct {
	address string
	calls   atomic.Int64
}

func newLine(t *testing.T, to string, breaksAfter int64) *line {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	out := &line{address: l.Addr().String()}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			most := int64(math.MaxInt64)
			if out.calls.Add(1) == 1 {
				most = breaksAfter
			}
			go pass(near, to, most)
		}
	}()
	return out
}

// pass ends both sides when either ends, or most bytes were sent.
func pass(near net.Conn, to string, most int64) {
	defer near.Close()
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	over := make(chan struct{}, 2)
	go func() { _, _ = io.CopyN(far, near, most); over <- struct{}{} }()
	go func() { _, _ = io.Copy(near, far); over <- struct{}{} }()
	<-over
}

// running is the only job that Slurm runs.
func (s *site) running(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(s.Command(t, "squeue", "-h", "-t", "R", "-o", "%i"))
}

// trainers are the processes that train on this site's nodes.
func (s *site) trainers(t *testing.T) (pids []int) {
	t.Helper()
	mark := []byte("SLURM_CONF=" + s.Conf + "\x00")
	found, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range found {
		dir := filepath.Dir(name)
		environ, _ := os.ReadFile(name) // it may have ended just now
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && bytes.Contains(environ, mark) && bytes.Contains(line, []byte("gorod_trainer")) {
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		t.Fatal("nobody trains")
	}
	return pids
}

func signal(t *testing.T, pids []int, s syscall.Signal) {
	t.Helper()
	for _, pid := range pids {
		if err := syscall.Kill(pid, s); err != nil {
			t.Fatal(err)
		}
	}
}

// alive: a zombie is not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
