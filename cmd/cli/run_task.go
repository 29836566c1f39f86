package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

// again says that a task stopped at a tick and wants to be queued again, which
// its exit code tells the cluster.
type again struct{}

func (again) Error() string { return "stopped at a tick, to be started again" }

// runTask computes one run of a study, as a task of a cluster does. Nobody looks
// on: what it prints is its log.
func runTask(ctx context.Context, s *State, opts runOptions) error {
	if opts.resume == "" {
		return usagef("run: --only names a run of --resume DIR")
	}
	study, err := runner.Load(opts.resume, spec.Options{Set: opts.set, Plugins: s.catalog()})
	if err != nil {
		return err
	}
	planned, err := runner.Plan(study, opts.resume)
	if err != nil {
		return err
	}
	traces, err := s.traces(ctx)
	if err != nil {
		return err
	}
	defer traces.Close(ctx)
	calmCollector()
	stop, release := warned()
	defer release()
	progress := newProgress(s, planned)
	defer progress.close()
	result, err := runner.Task(ctx, runner.Options{
		Study: study, Dir: opts.resume, Catalog: s.catalog(), Getenv: s.Getenv, Version: s.Version,
		Now: s.Now, Log: s.log, Observer: progress, Traces: traces, Stop: stop,
	}, opts.only)
	switch {
	case errors.Is(err, runner.ErrStopped):
		return again{}
	case err != nil:
		return err
	case result.Status == journal.Failed:
		return result.Err
	case result.Status == journal.Budget:
		return stopped{"the budget is spent: " + result.Error, "gorod run --resume " + opts.resume}
	case result.Status != journal.Done:
		return again{}
	}
	if s.json {
		s.printJSON(map[string]any{"event": "run", "run": result})
	}
	return nil
}

// warned reports whether the cluster has told the task to stop: some time before
// its limit, or because another job takes its place. That may be told twice, and
// the tick is finished all the same; who cannot wait kills.
func warned() (stop func() bool, release func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGTERM, os.Interrupt)
	var told atomic.Bool
	over := make(chan struct{})
	go func() {
		select {
		case <-signals:
			told.Store(true)
		case <-over:
		}
	}()
	return told.Load, func() { signal.Stop(signals); close(over) }
}
