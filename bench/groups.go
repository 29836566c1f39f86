package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
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
	found, err := goBench(ctx, "./core/host", "^BenchmarkRoundTrip$", "2s")
	if err != nil {
		return err
	}
	plugin, bare := found["BenchmarkRoundTrip/plugin"]/1000, found["BenchmarkRoundTrip/bare"]/1000
	b.add("round trip, bare gRPC echo", bare, "µs", "", nil)
	b.add("round trip, plan of a plugin", plugin, "µs", "", nil)
	b.add("round trip, plugin ÷ bare gRPC", plugin/bare, "×", "≤ 1.5", atMost(plugin/bare, 1.5))
	return nil
}

// python: the round trip of a plugin in Python beside the one in Go.
func (b *bench) python(ctx context.Context) error {
	found, err := goBench(ctx, "./core/host", "^BenchmarkPythonRoundTrip$/^(python|go)$", "1s", "-tags", "components")
	if err != nil {
		return err
	}
	python, plain := found["BenchmarkPythonRoundTrip/python"]/1000, found["BenchmarkPythonRoundTrip/go"]/1000
	b.add("round trip, plan of a plugin in Python", python, "µs", "", nil)
	b.add("round trip, Python ÷ Go", python/plain, "×", "", nil)
	return nil
}

// recall: the 20 best of 100,000 memories, beside a plain matrix-vector product
// over the same vectors.
func (b *bench) recall(ctx context.Context) error {
	found, err := goBench(ctx, "./plugins/memory/stream", "^Benchmark(RecallOf100000|Gemv)$", "1s")
	if err != nil {
		return err
	}
	gemv := found["BenchmarkGemv"] / 1e6
	b.add("matrix-vector product over 100,000 memories", gemv, "ms", "", nil)
	for _, form := range []string{"paper", "code"} {
		recall := found["BenchmarkRecallOf100000/"+form] / 1e6
		if recall == 0 {
			return fmt.Errorf("no figure of form %s", form)
		}
		b.add("recall, top 20 of them, form "+form, recall, "ms", "≤ 5", atMost(recall, 5))
		b.add("recall ÷ matrix-vector product, form "+form, recall/gemv, "×", "", nil)
	}
	return nil
}

// lexicon: how many texts a second one core classifies.
func (b *bench) lexicon(ctx context.Context) error {
	found, err := goBench(ctx, "./plugins/sentiment/lexicon", "^BenchmarkClassify$", "1s", "-cpu", "1")
	if err != nil {
		return err
	}
	rate := found["BenchmarkClassify texts/s"]
	b.add("texts classified by the lexicon, one core", rate, "texts/s", "≥ 10,000", atLeast(rate, 10_000))
	return nil
}

// town: a day of a thousand residents who work, buy, eat and sleep.
func (b *bench) town(ctx context.Context) error {
	const residents, ticks = 1000, 24
	yaml := strings.Replace(society(residents, ticks, "1", "planner/justplan", referenceModel),
		"  network: {feed: {rank: hot, size: 10}}", "  town: {width: 32, height: 32, start: small}", 1)
	t, err := b.run(ctx, "town", yaml)
	if err != nil {
		return err
	}
	b.add("a day of a town of 1,000 residents", t.total.Seconds(), "s", "", nil)
	b.add("agent-steps, town of 1,000 residents", t.stepsPerSecond(), "steps/s", "", nil)
	return nil
}

// disk: how long a tick takes to be safe.
func (b *bench) disk(ctx context.Context) error {
	found, err := goBench(ctx, "./core/journal", "^BenchmarkCommit$", "1s")
	if err != nil {
		return err
	}
	for _, agents := range []string{"100", "1000", "10000"} {
		b.add("tick to disk, "+agents+" agents", found["BenchmarkCommit/agents="+agents]/1e6, "ms", "", nil)
	}
	return nil
}

// goBench runs benchmarks of a package and gives the nanoseconds of one
// operation of each by name, and other metrics by name and unit.
func goBench(ctx context.Context, pkg, pattern, benchtime string, flags ...string) (map[string]float64, error) {
	args := append([]string{"test", "-run", "^$", "-bench", pattern, "-benchtime", benchtime}, flags...)
	out, err := exec.CommandContext(ctx, "go", append(args, pkg)...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	found := map[string]float64{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := regexp.MustCompile(`-\d+$`).ReplaceAllString(fields[0], "")
		for i := 2; i+1 < len(fields); i += 2 { // after the name and the count: values and units
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read %q: %w", line, err)
			}
			found[name+" "+fields[i+1]] = value
		}
		found[name] = found[name+" ns/op"]
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no figures in %s", out)
	}
	return found, nil
}
