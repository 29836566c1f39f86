// Package runnertest runs small studies in tests.
package runnertest

import (
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/memory/stream"
	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
)

// Source is the name of a study's file.
const Source = "source.yaml"

func plugins() []sdk.Plugin {
	return []sdk.Plugin{longshort.Plugin(), stream.Plugin(), justplan.Plugin(), lexicon.Plugin()}
}

// Serve makes the process a plugin of the runs if its arguments are "plugin serve
// KIND/NAME", and does not return then. A TestMain calls it first with os.Args:
// the test binary is every plugin of its runs.
func Serve(args []string) {
	if len(args) < 4 || args[1] != "plugin" {
		return
	}
	for _, p := range plugins() {
		if p.Info().ID() == args[3] {
			sdk.Serve(p)
		}
	}
	syscall.Exit(0) // os.Exit sleeps for a second under the race detector
}

// Load reads the study in Source of a folder, where its first run is going to be.
func Load(dir string, watch runner.Observer) (o runner.Options, run runner.Planned, err error) {
	self, err := os.Executable()
	if err != nil {
		return o, run, err
	}
	log := slog.New(slog.DiscardHandler)
	o = runner.Options{
		Dir: dir, Jobs: 1, Catalog: host.NewCatalog(self, plugins(), nil, log), Getenv: func(string) string { return "" },
		Version: "test", Now: time.Now, Log: log, Observer: watch,
	}
	if o.Study, err = spec.Load(filepath.Join(dir, Source), spec.Options{Plugins: o.Catalog}); err != nil {
		return o, run, err
	}
	runs, err := runner.Plan(o.Study, dir)
	if err != nil {
		return o, run, err
	}
	return o, runs[0], nil
}
