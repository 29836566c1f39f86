package mastodon_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/runnertest"
	"github.com/llm-city/gorod/core/sim"
)

// The test binary is a process with a run that can be killed, too.
func TestMain(m *testing.M) {
	runnertest.Serve(os.Args)
	if dir := os.Getenv(childEnv); dir != "" {
		if err := goOnAsChild(dir, os.Getenv(ticksEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
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

const (
	childEnv = "GOROD_TEST_BRIDGE"       // folder of the run that a child goes on with
	ticksEnv = "GOROD_TEST_BRIDGE_TICKS" // after which it waits to be killed
)

func goOnAsChild(dir, ticks string) error {
	var until int64
	if _, err := fmt.Sscan(ticks, &until); err != nil {
		return err
	}
	o, _, err := runnertest.Load(dir, &watch{tick: func(tick int64) {
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
