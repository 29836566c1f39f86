package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/spec"
)

// ErrNoRun says that a study has no run of a name.
var ErrNoRun = errors.New("the study has no such run")

// Prepare writes study.yaml and the manifest of a study whose runs are computed
// elsewhere, each by Task; on resuming it checks that the plugins are those that
// the study began with. No model is asked for: tasks see what serves them. The
// caller holds Lock.
func Prepare(ctx context.Context, opts Options) ([]Planned, error) {
	runs, err := Plan(opts.Study, opts.Dir)
	if err != nil {
		return nil, err
	}
	opts.served = modelsOf(runs)
	return runs, record(ctx, &opts, runs)
}

// Task does what is left of one run, CELL/SEED, of a study that was prepared. It
// writes into the run's own folder only, so that many tasks may work on a study
// at once, on any machine that sees the folder; two tasks of one run come one
// after the other.
func Task(ctx context.Context, opts Options, key string) (result Result, err error) {
	runs, err := Plan(opts.Study, opts.Dir)
	if err != nil {
		return result, err
	}
	at := slices.IndexFunc(runs, func(p Planned) bool { return p.Key() == key })
	if at < 0 {
		return result, fmt.Errorf("%q: %w; runs are named CELL/SEED, as their folders", key, ErrNoRun)
	}
	p := runs[at]
	unlock, err := waitForRun(ctx, p, opts.Stop)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if result, err = StandingOf(ctx, p); err != nil || result.Status == journal.Done {
		return result, err
	}
	opts.served = modelsOf(runs).only(p.Cell.Name)
	if opts.models, err = provide.New(opts.served.models, opts.Getenv, opts.Log); err != nil {
		return result, err
	}
	if err := opts.recordTask(ctx, p); err != nil {
		return result, err
	}
	opts.Observer.Started(p, p.Cell.Study.Clock.Ticks)
	result = opts.runOne(ctx, p)
	opts.Observer.Ended(p, result)
	return result, nil
}

// only is what one cell uses of served.
func (s served) only(cell string) served {
	out := served{names: s.names, models: maps.Clone(s.models)}
	used := slices.Collect(maps.Values(s.names[cell]))
	maps.DeleteFunc(out.models, func(name string, _ spec.Model) bool { return !slices.Contains(used, name) })
	return out
}

// RunRecord says what a task computed its run with, in run.json. A run that is
// gone on with elsewhere must find the same models there.
type RunRecord struct {
	Gorod   string                 `json:"gorod"`
	Host    string                 `json:"host"`
	Machine Machine                `json:"machine"`
	Models  map[string]ModelRecord `json:"models"`
}

// recordTask checks that a run goes on with what its study and it itself began
// with, and writes down what it goes on with.
func (o *Options) recordTask(ctx context.Context, p Planned) error {
	study, err := ReadManifest(o.Dir)
	if err != nil {
		return err
	}
	plugins, err := pluginsOf(o.Catalog, []Planned{p})
	if err != nil {
		return err
	}
	models := modelRecords(ctx, o)
	was, err := readRun(p)
	if err != nil {
		return err
	}
	if err := errors.Join(o.sameStudy(study), o.samePlugins(study, plugins), sameModels(study.Models, models), sameModels(was.Models, models)); err != nil {
		return err
	}
	for name, m := range models {
		if m.Digest == "" { // the server does not answer just now
			m.Digest = was.Models[name].Digest
			models[name] = m
		}
	}
	host, _ := os.Hostname() // "" where the system does not say
	return WriteJSON(filepath.Join(p.Dir, RunFile), RunRecord{Gorod: o.Version, Host: host, Machine: thisMachine(), Models: models})
}

func thisMachine() Machine {
	return Machine{runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()}
}

// readRun reads a run's record; one that no task computed has an empty one.
func readRun(p Planned) (r RunRecord, err error) {
	data, err := os.ReadFile(filepath.Join(p.Dir, RunFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read %s: %w", filepath.Join(p.Dir, RunFile), err)
	}
	return r, nil
}

// Gather takes into the manifest what tasks learned of the models. Runs of one
// model that met different weights are an error: they cannot be compared. The
// caller holds Lock.
func Gather(dir string, runs []Planned) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	learned := false
	var wrong []string
	for _, p := range runs {
		r, err := readRun(p)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(r.Models)) {
			if before, after := m.Models[name].Digest, r.Models[name].Digest; before != "" && after != "" && before != after {
				wrong = append(wrong, fmt.Sprintf("%s on %s had %s of digest %.12s, others %.12s", p.Key(), r.Host, r.Models[name].Model, after, before))
			}
		}
		learned = m.learn(r.Models) || learned
	}
	if learned {
		err = WriteJSON(filepath.Join(dir, ManifestFile), m)
	}
	if len(wrong) > 0 {
		err = errors.Join(err, fmt.Errorf("the nodes serve different weights: %s; pull one and the same model everywhere, and start anew", strings.Join(wrong, "; ")))
	}
	return err
}
