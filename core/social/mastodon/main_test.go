package mastodon_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
)

// The test binary is every plugin of the runs, and a process with a run that can
// be killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "plugin" {
		for _, p := range plugins() {
			if p.Info().ID() == os.Args[3] {
				sdk.Serve(p)
			}
		}
		syscall.Exit(0) // os.Exit sleeps for a second under the race detector
	}
	if dir := os.Getenv(childEnv); dir != "" {
		if err := goOnAsChild(dir, os.Getenv(ticksEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func plugins() []sdk.Plugin {
	return []sdk.Plugin{longshort.Plugin(), justplan.Plugin(), lexicon.Plugin()}
}

// watch is told of a run's ticks.
type watch struct {
	tick    func(tick int64)
	deliver func(o runner.Outbox)
}

func (*watch) Started(runner.Planned, int)         {}
func (*watch) Ended(runner.Planned, runner.Result) {}
func (w *watch) Ticked(_ runner.Planned, s sim.Progress, _ runner.Usage) {
	if w.tick != nil {
		w.tick(s.Tick)
	}
}

// Delivering implements runner.OutboxObserver.
func (w *watch) Delivering(_ runner.Planned, o runner.Outbox) {
	if w.deliver != nil {
		w.deliver(o)
	}
}

// options are those of the study in a folder, in source.yaml.
func options(dir string, w *watch) (o runner.Options, run runner.Planned, err error) {
	self, err := os.Executable()
	if err != nil {
		return o, run, err
	}
	log := slog.New(slog.DiscardHandler)
	o = runner.Options{
		Dir: dir, Jobs: 1, Catalog: host.NewCatalog(self, plugins(), nil, log), Getenv: func(string) string { return "" },
		Version: "test", Now: time.Now, Log: log, Observer: w,
	}
	if o.Study, err = spec.Load(filepath.Join(dir, "source.yaml"), spec.Options{Plugins: o.Catalog}); err != nil {
		return o, run, err
	}
	runs, err := runner.Plan(o.Study, dir)
	if err != nil {
		return o, run, err
	}
	return o, runs[0], nil
}

const (
	childEnv = "GOROD_TEST_BRIDGE"       // folder of the run that a child goes on with
	ticksEnv = "GOROD_TEST_BRIDGE_TICKS" // after which it waits to be killed
)

func goOnAsChild(dir, ticks string) error {
	var until int64
	if _, err := fmt.Sscan(ticks, &until); err != nil {
		return err
	}
	o, _, err := options(dir, &watch{tick: func(tick int64) {
		if tick >= until {
			select {} // the rest of the process goes on
		}
		time.Sleep(5 * time.Millisecond)
	}})
	if err != nil {
		return err
	}
	_, err = runner.Run(context.Background(), o)
	return err
}
