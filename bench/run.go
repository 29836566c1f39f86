package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// timing is what a run looked like from outside.
type timing struct {
	firstTick time.Duration // from the start of the process
	wall      time.Duration // from the first to the last tick
	agents    int64         // agent-steps between the two
	peak      int64         // bytes: resident memory of gorod and its plugins, at its highest
	total     time.Duration
}

func (t timing) stepsPerSecond() float64 { return float64(t.agents) / t.wall.Seconds() }

// line is what gorod says of a run, as far as it is looked at.
type line struct {
	Event  string `json:"event"`
	Agents int64  `json:"agents"`
	URL    string `json:"url"`
}

// run writes a study, runs it and watches.
func (b *bench) run(ctx context.Context, name, yaml string, args ...string) (timing, error) {
	return b.watch(ctx, name, yaml, func(line) {}, args...)
}

// watch is run with each line told.
func (b *bench) watch(ctx context.Context, name, yaml string, each func(line), args ...string) (timing, error) {
	file := filepath.Join(b.dir, name+".yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o644); err != nil {
		return timing{}, err
	}
	out := filepath.Join(b.dir, name)
	defer os.RemoveAll(out)
	cmd := exec.CommandContext(ctx, b.gorod, append([]string{"run", "--json", "--no-report", "--jobs", "1", "--out", out, file}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return timing{}, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return timing{}, err
	}
	watch := watchMemory(cmd.Process.Pid)
	t, err := readTicks(pipe, began, each)
	t.peak = watch()
	if waitErr := cmd.Wait(); waitErr != nil {
		return t, fmt.Errorf("%w: %s", waitErr, stderr.String())
	}
	t.total = time.Since(began)
	return t, err
}

// readTicks times the tick lines.
func readTicks(pipe interface{ Read([]byte) (int, error) }, began time.Time, each func(line)) (timing, error) {
	var t timing
	var first, last time.Time
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return t, fmt.Errorf("%s: %w", lines.Text(), err)
		}
		each(l)
		if l.Event != "tick" {
			continue
		}
		now := time.Now()
		if first.IsZero() {
			first, t.firstTick = now, now.Sub(began)
		} else {
			t.agents += l.Agents
		}
		last = now
	}
	t.wall = last.Sub(first)
	return t, lines.Err()
}

// watchMemory samples the resident memory of a process and its children until
// the function it returns is called, which gives the highest sum.
func watchMemory(pid int) func() int64 {
	var peak atomic.Int64
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
				peak.Store(max(peak.Load(), family(pid)))
			}
		}
	}()
	return func() int64 { close(stop); <-ended; return peak.Load() }
}

// family is the resident memory of a process and its children, in bytes.
func family(pid int) int64 {
	sum := resident(strconv.Itoa(pid))
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		children, _ := os.ReadFile(task)
		for _, child := range strings.Fields(string(children)) {
			sum += resident(child)
		}
	}
	return sum
}

// resident is a process's private memory: the pages of the binary itself, which
// the plugins share, are left out.
func resident(pid string) int64 {
	data, err := os.ReadFile("/proc/" + pid + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	total, _ := strconv.ParseInt(fields[1], 10, 64)
	shared, _ := strconv.ParseInt(fields[2], 10, 64)
	return (total - shared) * int64(os.Getpagesize())
}
