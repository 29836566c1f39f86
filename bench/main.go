// Command bench measures gorod from outside, as its users run it, and writes
// bench/results.json. Ratios within one report are comparable; absolute times
// depend on the machine and on what else it does.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"
)

// result is one figure with what it should reach.
type result struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Reach string  `json:"reach,omitempty"`
	OK    *bool   `json:"ok,omitempty"`
}

type report struct {
	When    time.Time `json:"when"`
	Go      string    `json:"go"`
	CPUs    int       `json:"cpus"`
	Results []result  `json:"results"`
}

type bench struct {
	gorod string
	dir   string // scratch
	out   report
}

func main() {
	gorod := flag.String("gorod", "bin/gorod", "the binary to measure")
	out := flag.String("out", "", "`file` for the figures; without it they are printed alone")
	only := flag.String("only", "", "comma-separated groups: steps, idle, town, slots, plugin, python, recall, lexicon, disk, dataset, finetune, eval, asking, readers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *gorod, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, gorod, out, only string) error {
	dir, err := os.MkdirTemp("", "gorod-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{gorod: gorod, dir: dir, out: report{When: time.Now().UTC().Truncate(time.Second), Go: runtime.Version(), CPUs: runtime.NumCPU()}}
	for _, group := range []struct {
		name string
		do   func(context.Context) error
	}{{"steps", b.steps}, {"idle", b.idle}, {"town", b.town}, {"slots", b.slots}, {"plugin", b.plugin}, {"python", b.python},
		{"recall", b.recall}, {"lexicon", b.lexicon}, {"disk", b.disk}, {"dataset", b.dataset}, {"finetune", b.finetune}, {"eval", b.eval}, {"asking", b.asking}, {"readers", b.readers}} {
		if only != "" && !strings.Contains(","+only+",", ","+group.name+",") {
			continue
		}
		if err := group.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", group.name, err)
		}
	}
	if out == "" {
		return nil
	}
	data, err := json.MarshalIndent(b.out, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(data, '\n'), 0o644)
}

// add prints a figure at once. ok is nil where nothing is to be reached.
func (b *bench) add(name string, value float64, unit, reach string, ok *bool) {
	b.out.Results = append(b.out.Results, result{name, value, unit, reach, ok})
	mark := ""
	if ok != nil && *ok {
		mark = "reached"
	} else if ok != nil {
		mark = "FALLS SHORT"
	}
	fmt.Printf("%-58s %12.2f %-14s %-12s %s\n", name, value, unit, reach, mark)
}

func atLeast(value, want float64) *bool { ok := value >= want; return &ok }
func atMost(value, want float64) *bool  { ok := value <= want; return &ok }
