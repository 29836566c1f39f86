package main_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kills is how often the run is killed, at moments spread over its length.
const kills = 50

func TestKilledRunsResumeToTheSameDigest(t *testing.T) {
	t.Parallel()
	yaml := strings.Replace(small, "ticks: 8", "ticks: 40", 1)
	dir := write(t, yaml)
	want := lastLine(t, gorod(t, dir, "run", "--json", "--no-report", "--out", "whole", "study.yaml")).Runs[0].Digest
	killUntilDone(t, dir, want, kills)
	if left := orphans(t); len(left) > 0 {
		t.Errorf("plugins outlived gorod: %v", left)
	}
}

// killUntilDone runs the folder's study.yaml into killed, kills it so many
// times at moments spread over its length and resumes it, to the digest wanted.
func killUntilDone(t *testing.T, dir, want string, kills int) {
	t.Helper()
	began := time.Now()
	gorod(t, dir, "run", "--json", "--no-report", "--out", "timed", "study.yaml")
	length := time.Since(began)
	random := rand.New(rand.NewPCG(1, 2))
	fresh := []string{"run", "--json", "--no-report", "--out", "killed", "study.yaml"}
	args := fresh
	for killed := 0; killed < kills; {
		cmd := command(t, dir, args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Float64()*1.2*float64(length)/4), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if timer.Stop() && err == nil { // it came to its end: begin again
			if err := os.RemoveAll(filepath.Join(dir, "killed")); err != nil {
				t.Fatal(err)
			}
			args = fresh
			continue
		}
		killed++
		if _, err := os.Stat(filepath.Join(dir, "killed", "manifest.json")); err == nil {
			args = []string{"run", "--json", "--no-report", "--resume", "killed"}
		} else if err := os.RemoveAll(filepath.Join(dir, "killed")); err != nil {
			t.Fatal(err)
		}
	}
	a := finish(t, command(t, dir, args...))
	if got := lastLine(t, a).Runs[0]; got.Digest != want || got.Status != "done" {
		t.Errorf("after %d kills: %+v, want digest %s", kills, got, want)
	}
}

// orphans are plugin processes of this test's binary whose parent is gone. A
// plugin notices within a second.
func orphans(t *testing.T) []string {
	t.Helper()
	var left []string
	for range 50 {
		left = nil
		found, err := filepath.Glob("/proc/[0-9]*/stat")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			stat, _ := os.ReadFile(file)
			cmdline, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
			if strings.HasPrefix(string(cmdline), binary) && len(fields) > 1 && fields[1] == "1" && fields[0] != "Z" {
				left = append(left, strings.ReplaceAll(string(cmdline), "\x00", " "))
			}
		}
		if len(left) == 0 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return left
}

func TestInterruptStopsAtATickAndResumes(t *testing.T) {
	t.Parallel()
	dir := write(t, strings.Replace(small, "ticks: 8", "ticks: 2000", 1))
	cmd := command(t, dir, "run", "--json", "--no-report", "--out", "out", "study.yaml")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 1)
	if _, err := pipe.Read(head); err != nil { // the first tick is there
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest := new(strings.Builder)
	buf := make([]byte, 4096)
	for n, err := pipe.Read(buf); err == nil; n, err = pipe.Read(buf) {
		rest.Write(buf[:n])
	}
	_ = cmd.Wait() // its code is looked at below
	d := lastLine(t, answer{stdout: rest.String()})
	if code := cmd.ProcessState.ExitCode(); code != 3 || d.Runs[0].Status != "interrupted" {
		t.Errorf("exit %d, %+v; want 3 and an interrupted run", code, d.Runs[0])
	}
	if a := gorod(t, dir, "verify", "out"); a.code != 0 {
		t.Errorf("an interrupted run does not verify: %v", a)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	dead := freeAddress(t)
	for name, c := range map[string]struct {
		yaml string
		args []string
		code int
		says []string
	}{
		"malformed YAML":  {"apiVersion: [", []string{"run", "study.yaml"}, 2, []string{"study.yaml:1:"}},
		"unknown key":     {small + "evnets: []\n", []string{"run", "study.yaml"}, 2, []string{"study.yaml:17:1", "evnets", "events"}},
		"persona missing": {strings.Replace(small, "  - inline:", "  - personas: [gone.yaml]\n    inline:", 1), []string{"run", "study.yaml"}, 2, []string{"gone.yaml"}},
		"unknown plugin":  {small, []string{"run", "study.yaml", "--set", "agents.memory.plugin=memory/longshrt"}, 2, []string{"memory/longshort"}},
		"bad config":      {small, []string{"run", "study.yaml", "--set", "agents.memory.config.update_after=often"}, 2, []string{"update_after"}},
		"no file":         {small, []string{"run", "gone.yaml"}, 2, []string{"gone.yaml"}},
		"no command":      {small, []string{"rnu"}, 2, []string{"rnu"}},
		"bad flag":        {small, []string{"run", "--jbos", "2", "study.yaml"}, 2, []string{"jbos"}},
		"not a run":       {small, []string{"verify", "."}, 2, []string{"gorod ls"}},
		"server is down": {small, []string{"run", "study.yaml", "--set", "models.default.provider=ollama", "--set", "models.default.model=tiny",
			"--set", "models.default.endpoints=[http://" + dead + "]", "--set", "models.default.retries=1"}, 1, []string{dead, "ollama serve", "--resume"}},
		"wrong checksum": {small, []string{"run", "study.yaml", "--set", "agents.memory.sha256=" + strings.Repeat("0", 64)}, 1, []string{"memory/longshort", strings.Repeat("0", 12)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := gorod(t, write(t, c.yaml), c.args...)
			if a.code != c.code {
				t.Errorf("want exit %d: %v", c.code, a)
			}
			for _, s := range c.says {
				if !strings.Contains(a.stderr+a.stdout, s) {
					t.Errorf("does not say %q: %v", s, a)
				}
			}
		})
	}
}

// freeAddress is a loopback address at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestAFullDiskKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	dir := write(t, strings.Replace(small, "ticks: 8", "ticks: 400", 1))
	cmd := command(t, dir)
	cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", fmt.Sprintf("ulimit -f 2000; exec %s run --json --no-report --out out study.yaml", binary)}
	a := finish(t, cmd)
	if a.code != 1 || !strings.Contains(a.stderr, "--resume") {
		t.Fatalf("want exit 1 and how to go on: %v", a)
	}
	if a := gorod(t, dir, "verify", "out"); a.code != 0 {
		t.Errorf("what was committed does not verify: %v", a)
	}
	if a := gorod(t, dir, "run", "--json", "--no-report", "--resume", "out"); a.code != 0 {
		t.Errorf("with room again the run does not go on: %v", a)
	}
}
