// Package slurmtest starts a real Slurm of two virtual nodes on this machine,
// for tests with the build tag components.
package slurmtest

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

//go:embed slurm.sh
var starter string

// Slurm is one that runs.
type Slurm struct {
	Dir  string // of its configuration, logs and state
	Conf string // slurm.conf
	// Env is what its commands need.
	Env []string
}

// Start starts a Slurm that ends with the test.
func Start(t testing.TB) *Slurm {
	t.Helper()
	dir := open(t)
	s := &Slurm{Dir: dir, Conf: filepath.Join(dir, "slurm.conf")}
	s.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + dir, "SLURM_CONF=" + s.Conf}
	args := append([]string{"start", dir}, freePorts(t, 3)...)
	t.Cleanup(func() { s.script(t, "stop", dir); s.gone(t) })
	s.script(t, args...)
	return s
}

// open makes a folder that other users may look into.
func open(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "slurm") //nolint:usetesting // t.TempDir is closed to others, and fails where a job still writes
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *Slurm) script(t testing.TB, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", append([]string{"-c", starter, "slurm.sh"}, args...)...)
	cmd.Env = s.Env
	// A file and no pipe: the daemons inherit it.
	out, err := os.Create(filepath.Join(s.Dir, args[0]+".log"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		log, _ := os.ReadFile(out.Name())
		t.Fatalf("slurm.sh %s: %v\n%s", strings.Join(args, " "), err, log)
	}
}

// Command runs one of Slurm's commands, which must succeed.
func (s *Slurm) Command(t testing.TB, argv ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), argv[0], argv[1:]...)
	cmd.Env = s.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
	return string(out)
}

// Kill ends a daemon at once: slurmctld, slurmd-n1 or slurmd-n2.
func (s *Slurm) Kill(t testing.TB, daemon string) {
	t.Helper()
	if pid := s.pid(daemon); pid == 0 || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Fatalf("%s does not run", daemon)
	}
}

// Run starts a daemon again.
func (s *Slurm) Run(t testing.TB, daemon string) {
	t.Helper()
	if node, ok := strings.CutPrefix(daemon, "slurmd-"); ok {
		s.Command(t, "slurmd", "-f", s.Conf, "-N", node)
		return
	}
	s.Command(t, daemon, "-f", s.Conf)
}

func (s *Slurm) pid(daemon string) int {
	data, _ := os.ReadFile(filepath.Join(s.Dir, "run", daemon+".pid"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return pid
}

// gone waits until no daemon writes into the folder.
func (s *Slurm) gone(t testing.TB) {
	for _, daemon := range []string{"slurmctld", "slurmd-n1", "slurmd-n2"} {
		for n := 0; n < 100 && running(s.pid(daemon)); n++ {
			time.Sleep(50 * time.Millisecond)
		}
		if running(s.pid(daemon)) {
			t.Errorf("%s did not end", daemon)
			_ = syscall.Kill(s.pid(daemon), syscall.SIGKILL)
		}
	}
}

// running: a pid file that is gone gives 0, and a zombie runs no more.
func running(pid int) bool {
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// freePorts finds ports of loopback that nobody listens on.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	ports := make([]string, n)
	for i := range ports {
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		ports[i] = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
