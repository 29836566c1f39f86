package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// society is a study of n residents on the reference provider, built-in plugins
// out of process, everybody awake.
func society(n, ticks int, activity, planner, models string) string {
	personas, err := filepath.Abs("experiments/personas/ru")
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`apiVersion: gorod/v1
kind: Experiment
name: bench
language: ru
seed: 1
clock: {start: 2026-03-02T08:00, step: 1h, ticks: %d}
%s
population: [{personas: [%q], count: %d}]
agents:
  planner: {plugin: %s}
  activity: [%s]
environment:
  network: {feed: {rank: hot, size: 10}}
`, ticks, models, personas+"/*.yaml", n, planner, activity)
}

const referenceModel = "models: {default: {provider: reference}}"

// steps: speed, its growth with the society, memory, and the first tick.
func (b *bench) steps(ctx context.Context) error {
	cost := map[int]float64{}
	for _, c := range []struct{ agents, ticks int }{{100, 60}, {1000, 12}, {10000, 12}} {
		t, err := b.run(ctx, fmt.Sprint("steps", c.agents), society(c.agents, c.ticks, "1", "planner/justplan", referenceModel))
		if err != nil {
			return err
		}
		rate := t.stepsPerSecond()
		cost[c.agents] = 1 / rate
		if c.agents == 1000 {
			b.add("agent-steps, 1,000 agents", rate, "steps/s", "≥ 3,000", atLeast(rate, 3000))
		} else {
			b.add(fmt.Sprintf("agent-steps, %d agents", c.agents), rate, "steps/s", "", nil)
		}
		b.add(fmt.Sprintf("peak memory, %d agents", c.agents), float64(t.peak)/(1<<20), "MB", "", nil)
		if c.agents == 100 {
			first := t.firstTick.Seconds()
			b.add("start to first tick, 100 agents", first, "s", "≤ 1", atMost(first, 1))
		}
	}
	growth := cost[10000] / cost[1000]
	b.add("cost of a step, 10,000 agents ÷ 1,000", growth, "×", "≤ 1.2", atMost(growth, 1.2))
	return nil
}

// idle: what a resident costs that does nothing.
func (b *bench) idle(ctx context.Context) error {
	few, err := b.run(ctx, "idle100", society(100, 3, "0", "planner/justplan", referenceModel))
	if err != nil {
		return err
	}
	many, err := b.run(ctx, "idle20100", society(20100, 3, "0", "planner/justplan", referenceModel))
	if err != nil {
		return err
	}
	each := float64(many.peak-few.peak) / 20000 / 1024
	b.add("memory of an idle agent, plugins included", each, "KB", "≤ 20", atMost(each, 20))
	return nil
}

// plugin: a plan's round trip beside a bare gRPC echo of the same size.
func (b *bench) plugin(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "RoundTrip", "-benchtime", "2s", "./core/host").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	found := map[string]float64{}
	for _, m := range regexp.MustCompile(`BenchmarkRoundTrip/(\w+)\S*\s+\d+\s+([\d.]+) ns/op`).FindAllStringSubmatch(string(out), -1) {
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return err
		}
		found[m[1]] = ns / 1000
	}
	if found["plugin"] == 0 || found["bare"] == 0 {
		return fmt.Errorf("no figures in %s", out)
	}
	b.add("round trip, bare gRPC echo", found["bare"], "µs", "", nil)
	b.add("round trip, plan of a plugin", found["plugin"], "µs", "", nil)
	ratio := found["plugin"] / found["bare"]
	b.add("round trip, plugin ÷ bare gRPC", ratio, "×", "≤ 1.5", atMost(ratio, 1.5))
	return nil
}

// disk: how long a tick takes to be safe.
func (b *bench) disk(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "Commit", "-benchtime", "1s", "./core/journal")
	cmd.Env = append(os.Environ(), "TMPDIR="+b.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	for _, m := range regexp.MustCompile(`BenchmarkCommit/agents=(\d+)\S*\s+\d+\s+([\d.]+) ns/op`).FindAllStringSubmatch(string(out), -1) {
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return err
		}
		b.add("tick to disk, "+m[1]+" agents", float64(time.Duration(ns).Microseconds())/1000, "ms", "", nil)
	}
	return nil
}
