// Package runner turns a Study into runs: cells × seeds, each in a folder of its
// own with its journal and its cassette, several at once, resumable at the tick
// after the last committed one.
package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/core/telemetry"
)

// ErrStopped is the cause of a context that ends a run before its time: the
// tick under way is dropped, what was committed stays.
var ErrStopped = errors.New("stopped before the end")

// Observer is told how runs go on. Methods are called from several goroutines.
type Observer interface {
	// Started: the run begins at the tick after the last committed one.
	Started(p Planned, ticks int)
	Ticked(p Planned, progress sim.Progress, usage Usage)
	Ended(p Planned, result Result)
}

// Options are what a study is run with. All fields but Stop and Traces are
// required.
type Options struct {
	Study    *spec.Study
	Dir      string // the study's run directory; it exists
	Jobs     int    // runs at once
	Catalog  *host.Catalog
	Getenv   func(string) string // for the API keys that models name
	Version  string
	Now      func() time.Time
	Log      *slog.Logger
	Observer Observer
	Traces   *telemetry.Traces // nil for none
	// Stop is asked between ticks; true ends every run there.
	Stop func() bool

	models *provide.Set // shared by all runs: endpoints have slots for all of them
	served served
}

// Run does what is left of a study's runs, in order, Jobs at once. A run that
// fails does not stop the others. The error is about the study as a whole;
// what became of each run is in its Result.
func Run(ctx context.Context, opts Options) (results []Result, err error) {
	unlock, err := lock(opts.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	runs, err := Plan(opts.Study, opts.Dir)
	if err != nil {
		return nil, err
	}
	opts.served = modelsOf(runs)
	if opts.models, err = provide.New(opts.served.models, opts.Getenv, opts.Log); err != nil {
		return nil, err
	}
	if err := record(ctx, &opts, runs); err != nil {
		return nil, err
	}
	results = make([]Result, len(runs))
	var group errgroup.Group
	group.SetLimit(max(opts.Jobs, 1))
	for i, p := range runs {
		group.Go(func() error {
			opts.Observer.Started(p, p.Cell.Study.Clock.Ticks)
			results[i] = opts.alone(ctx, p)
			opts.Observer.Ended(p, results[i])
			return nil
		})
	}
	return results, group.Wait()
}

// Ready says what keeps a study from starting that needs no server to be seen: a
// key that is not set, a resident without an account. No run directory is needed.
func Ready(study *spec.Study, getenv func(string) string, log *slog.Logger) error {
	runs, err := Plan(study, "")
	if err != nil {
		return err
	}
	if _, err = provide.New(modelsOf(runs).models, getenv, log); err != nil {
		return err
	}
	return Tokens(study)
}

// alone is runOne with the run locked: a task of a cluster may have it.
func (o *Options) alone(ctx context.Context, p Planned) Result {
	if o.stopping(ctx) {
		return o.runOne(ctx, p)
	}
	unlock, err := lockRun(p)
	if err != nil {
		return Result{Cell: p.Cell.Name, Seed: p.Seed, Dir: p.Dir, Status: journal.Failed, Err: err, Error: err.Error()}
	}
	defer unlock() //nolint:errcheck // the system lets go of it in any case
	return o.runOne(ctx, p)
}

func (o *Options) stopping(ctx context.Context) bool {
	return ctx.Err() != nil || o.Stop != nil && o.Stop()
}

// runOne does what is left of a run, or says how it stands when all is to stop.
func (o *Options) runOne(ctx context.Context, p Planned) Result {
	if !o.stopping(ctx) {
		return newRun(o, p).execute(ctx)
	}
	result, err := StandingOf(context.WithoutCancel(ctx), p)
	switch {
	case err != nil:
		result.Status, result.Err, result.Error = journal.Failed, err, err.Error()
	case result.Status != journal.Done:
		result.Status = journal.Interrupted
	}
	return result
}

// record writes study.yaml and the manifest, or on resuming checks that the
// plugins are those that the study began with.
func record(ctx context.Context, opts *Options, runs []Planned) error {
	plugins, err := pluginsOf(opts.Catalog, runs)
	if err != nil {
		return err
	}
	was, err := ReadManifest(opts.Dir)
	if err == nil {
		return opts.same(ctx, was, plugins)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := opts.Study.Marshal()
	if err != nil {
		return fmt.Errorf("write %s: %w", StudyFile, err)
	}
	m := newManifest(opts.Version, digestOf(text), opts.Now())
	m.Plugins, m.Models = plugins, modelRecords(ctx, opts)
	if err := WriteFile(filepath.Join(opts.Dir, StudyFile), text); err != nil {
		return err
	}
	return WriteJSON(filepath.Join(opts.Dir, ManifestFile), m)
}

// same checks that a study goes on with what it began with, and notes digests
// of models that were unknown then.
func (o *Options) same(ctx context.Context, was Manifest, plugins map[string]PluginUsed) error {
	models := modelRecords(ctx, o)
	if err := errors.Join(o.sameStudy(was), o.samePlugins(was, plugins), sameModels(was.Models, models)); err != nil {
		return err
	}
	if was.learn(models) {
		return WriteJSON(filepath.Join(o.Dir, ManifestFile), was)
	}
	return nil
}

// sameStudy refuses a study.yaml that somebody edited.
func (o *Options) sameStudy(was Manifest) error {
	text, err := os.ReadFile(filepath.Join(o.Dir, StudyFile))
	if err != nil {
		return fmt.Errorf("read the study that began: %w", err)
	}
	if digestOf(text) != was.Study {
		return fmt.Errorf("%s is not as the study began: its SHA-256 is %.12s, the manifest has %.12s; put it back, or start anew with the edited file",
			filepath.Join(o.Dir, StudyFile), digestOf(text), was.Study)
	}
	return nil
}

func (o *Options) samePlugins(was Manifest, now map[string]PluginUsed) error {
	changed := was.changed(now)
	if len(changed.decisive) > 0 {
		return fmt.Errorf("the study began with other plugins: %s; put the old executables back, or start anew without --resume",
			strings.Join(changed.decisive, ", "))
	}
	if len(changed.after) > 0 {
		o.Log.Warn("a metric plugin has changed since the study began; runs that are measured already keep the scores of the old one",
			"plugins", strings.Join(changed.after, ", "))
	}
	if changed.builtins {
		o.Log.Warn("gorod is not the build that began this study; if the rules changed, the digest will differ from an uninterrupted run's",
			"began", was.Gorod, "now", o.Version)
	}
	return nil
}

// sameModels refuses to go on with other weights than a study began with: half
// a run of one model and half of another is a run of neither.
func sameModels(was, now map[string]ModelRecord) error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(was)) {
		before, after := was[name].Digest, now[name].Digest
		if before != "" && after != "" && before != after {
			wrong = append(wrong, fmt.Errorf("models.%s: the study began with %s of digest %.12s, the server now has %.12s; "+
				"pull the old one, or start anew without --resume", name, was[name].Model, before, after))
		}
	}
	return errors.Join(wrong...)
}

// modelRecords asks every server what it serves. A server that is down is
// reported when the first agent needs it. Where there are no providers, because
// the runs are computed elsewhere, no server is asked.
func modelRecords(ctx context.Context, opts *Options) map[string]ModelRecord {
	records := map[string]ModelRecord{}
	for name, m := range opts.served.models {
		r := ModelRecord{Provider: m.Provider, Model: m.Model, Endpoints: m.Endpoints}
		records[name] = r
		if opts.models == nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		digest, err := opts.models.Digest(ctx, name)
		cancel()
		if err != nil {
			opts.Log.Info("the model's digest is unknown", "model", name, "error", err)
		}
		r.Digest = digest
		records[name] = r
	}
	return records
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ErrNoStudy says that a folder is not a run directory.
var ErrNoStudy = errors.New("not a run directory")

// changeable are the parts of a study that say what it may cost, where its
// models are served, how a server of its network is asked, when a plugin counts as
// crashed and what is reported. All else decides what happens in a run, which goes
// on as it began.
const changeable = `^(budget|report|measures|agents\.(on_crash|plugin_memory)|environment\.network\.(accounts|reach\.(parallel|poll|retry|flush))|models\.[^.\[]+\.(endpoints|parallel|timeout|retries|api_key_env))(\.|\[|=|$)`

// unchanged finds what opts would change of a study that has begun.
func unchanged(opts spec.Options) error {
	may, err := regexp.Compile(changeable)
	if err != nil {
		return fmt.Errorf("what may change: %w", err)
	}
	var problems spec.Problems
	for _, set := range opts.Set {
		if !may.MatchString(set) {
			problems = append(problems, spec.Problem{
				Origin: "--set " + set, What: "cannot change any more", Why: "the study goes on as it began, or its runs could not be verified",
				Do: "start anew without --resume; budget, measures, report, agents.on_crash, agents.plugin_memory, a network's accounts and how its server is asked (reach.parallel, poll, retry, flush) and a model's endpoints, parallel, timeout, retries and api_key_env can change",
			})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// Load reads the study of a run directory. Options may set only what does not
// change what happens in its runs.
func Load(dir string, opts spec.Options) (*spec.Study, error) {
	if _, err := os.Stat(filepath.Join(dir, ManifestFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: it has no %s (`gorod ls` lists them)", dir, ErrNoStudy, ManifestFile)
	}
	if err := unchanged(opts); err != nil {
		return nil, err
	}
	return spec.Load(filepath.Join(dir, StudyFile), opts)
}
