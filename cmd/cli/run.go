package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/core/telemetry"
)

type runOptions struct {
	file     string
	set      []string
	jobs     int
	out      string
	resume   string
	noReport bool

	on       string   // slurm or local; empty is this process
	cluster  []string // settings over those of the file
	parallel int      // --jobs, where it was given
	detach   bool
	cancel   bool
	only     string // CELL/SEED: what a task of a cluster computes

	serve serveOptions // where a panel is beside the run; listen is empty where there is none
}

func runCommand(s *State) *cobra.Command {
	var opts runOptions
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run an experiment, or go on with one that stopped",
		Example: `  gorod run experiments/quickstart.yaml
  gorod run experiments/quickstart.yaml --set repeats=1 --set clock.ticks=6
  gorod run --resume runs/quickstart-20260302-080000
  gorod run experiments/quickstart.yaml --on slurm --cluster partition=cpu --cluster time=4h`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.file = args[0]
			}
			if cmd.Flags().Changed("jobs") {
				opts.parallel = opts.jobs
			}
			return runStudy(cmd.Context(), s, opts)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&opts.set, "set", nil, "override a value: `path=value`, may be repeated")
	f.IntVarP(&opts.jobs, "jobs", "j", min(2, runtime.NumCPU()), "runs at once")
	f.StringVar(&opts.out, "out", "", "run directory (default runs/NAME-DATE-TIME)")
	f.StringVar(&opts.resume, "resume", "", "go on with the study in this run directory")
	f.BoolVar(&opts.noReport, "no-report", false, "do not write the report")
	opts.serve.flag = "--serve"
	f.StringVar(&opts.serve.listen, "serve", "", "show and steer the runs meanwhile at this `address`, such as "+defaultPanel)
	opts.serve.flags(cmd)
	f.StringVar(&opts.on, "on", "", "run on a cluster, each run as a task: `slurm`, or local for processes that outlive this one")
	f.StringArrayVar(&opts.cluster, "cluster", nil, "override a setting of the cluster: `key=value`, may be repeated")
	f.BoolVar(&opts.detach, "detach", false, "on a cluster: return when the runs are queued")
	f.BoolVar(&opts.cancel, "cancel", false, "with --resume, on a cluster: end what is queued or running")
	f.StringVar(&opts.only, "only", "", "compute one `cell/seed` of --resume DIR and nothing else, as a task of a cluster does")
	f.Lookup("only").Hidden = true
	return cmd
}

// check refuses options that make no sense together.
func (opts *runOptions) check() error {
	switch {
	case (opts.file == "") == (opts.resume == ""):
		return usagef("run: give either an experiment's FILE or --resume DIR")
	case opts.resume != "" && opts.out != "":
		return usagef("run: --out is for a new run; --resume goes on in its own directory")
	case opts.jobs < 1:
		return usagef("run: --jobs must be at least 1")
	case opts.serve.listen == "" && opts.serve.tokenFile+opts.serve.network+opts.serve.networkURL != "":
		return usagef("run: --token-file, --network and --network-url are for --serve")
	}
	return nil
}

func runStudy(ctx context.Context, s *State, opts runOptions) error {
	if err := opts.check(); err != nil {
		return err
	}
	if opts.only != "" {
		return runTask(ctx, s, opts)
	}
	where, err := onCluster(s, opts)
	if err != nil {
		return err
	}
	if where.On != "" && opts.serve.listen != "" {
		return usagef("run: --serve is for runs on this machine; on a cluster use `gorod serve DIR` beside them")
	}
	if where.On != "" {
		return runOnCluster(ctx, s, opts, where)
	}
	traces, err := s.traces(ctx)
	if err != nil {
		return err
	}
	defer traces.Close(ctx)
	study, dir, err := openStudy(s, opts, s.Getenv)
	if err != nil {
		return err
	}
	calmCollector()
	ctx, stop, release := s.Signals(ctx, "the ticks under way are done")
	defer release()
	hide, err := s.showMeanwhile(ctx, study, dir, opts.serve)
	if err != nil {
		return err
	}
	defer hide()
	results, err := s.runAll(ctx, study, dir, opts.jobs, traces, stop)
	if err != nil {
		return err
	}
	return s.finishStudy(context.WithoutCancel(ctx), dir, results, !opts.noReport)
}

// openStudy loads the study and makes its run directory, or finds the one to
// resume. The keys of its models are looked up by getenv.
func openStudy(s *State, opts runOptions, getenv func(string) string) (*spec.Study, string, error) {
	load := spec.Options{Set: opts.set, Plugins: s.catalog()}
	if opts.resume != "" {
		study, err := runner.Load(opts.resume, load)
		return study, filepath.Clean(opts.resume), err
	}
	study, err := spec.Load(opts.file, load)
	if err != nil {
		return nil, "", err
	}
	if err := runner.Ready(study, getenv, s.log); err != nil {
		return nil, "", usageError{err}
	}
	if opts.out == "" {
		dir, err := runner.NewDir(s.settings.Runs, study.Name, s.Now())
		return study, dir, err
	}
	dir, err := runner.UseDir(opts.out)
	return study, dir, err
}

// showMeanwhile serves a panel over a study's runs until hide is called.
func (s *State) showMeanwhile(ctx context.Context, study *spec.Study, dir string, opts serveOptions) (hide func(), err error) {
	if opts.listen == "" {
		return func() {}, nil
	}
	planned, err := runner.Plan(study, dir)
	if err != nil {
		return nil, err
	}
	var runs []panel.Run
	for _, p := range planned {
		runs = append(runs, shownRun(p))
	}
	server, err := s.openPanel(ctx, runs, opts)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.serve(ctx); err != nil {
			s.log.Warn("the panel ended badly", "error", err)
		}
	}()
	return func() { stop(); <-ended }, nil
}

func (s *State) runAll(ctx context.Context, study *spec.Study, dir string, jobs int, traces *telemetry.Traces, stop func() bool) ([]runner.Result, error) {
	planned, err := runner.Plan(study, dir)
	if err != nil {
		return nil, err
	}
	progress := newProgress(s, planned)
	defer progress.close()
	return runner.Run(ctx, runner.Options{
		Study: study, Dir: dir, Jobs: jobs, Catalog: s.catalog(), Getenv: s.Getenv, Version: s.Version,
		Now: s.Now, Log: s.log, Observer: progress, Traces: traces, Stop: stop,
	})
}

// finishStudy writes the report, says what became of the runs, and turns that
// into the command's error. A report that fails hides nothing of it.
func (s *State) finishStudy(ctx context.Context, dir string, results []runner.Result, withReport bool) error {
	var file string
	var err error
	if withReport {
		if file, err = writeReport(ctx, s, dir); err != nil {
			err = fmt.Errorf("write the report of %s: %w", dir, err)
		}
	}
	if s.json {
		s.printJSON(map[string]any{"event": "done", "study": dir, "report": file, "runs": results})
	} else {
		s.printResults(dir, file, results)
	}
	return errors.Join(verdict(dir, results), err)
}

func (s *State) printResults(dir, report string, results []runner.Result) {
	table := newTable("cell", "seed", "status", "ticks", "digest")
	for _, r := range results {
		table.row(r.Cell, fmt.Sprint(r.Seed), string(r.Status), fmt.Sprint(r.Ticks), short(r.Digest))
	}
	table.write(s.Stdout)
	fmt.Fprintf(s.Stdout, "runs:   %s\n", dir)
	if report != "" {
		fmt.Fprintf(s.Stdout, "report: %s\n", report)
	}
}

// short is the head of a digest, for people.
func short(digest string) string { return digest[:min(len(digest), 12)] }

// verdict is nil when every run is done.
func verdict(dir string, results []runner.Result) error {
	var failed []error
	var halted *runner.Result
	for i, r := range results {
		switch r.Status {
		case journal.Failed:
			failed = append(failed, fmt.Errorf("%s, seed %d: %w", r.Cell, r.Seed, r.Err))
		case journal.Budget, journal.Interrupted:
			halted = &results[i]
		default: // done
		}
	}
	next := "gorod run --resume " + dir
	switch {
	case len(failed) > 0:
		return fmt.Errorf("%d of %s failed; what was committed is kept, and `%s` goes on\n%w",
			len(failed), plural(len(results), "run", "runs"), next, errors.Join(failed...))
	case halted != nil && halted.Status == journal.Budget:
		return stopped{"the budget is spent: " + halted.Error, next + " --set budget.max_calls=N (or max_tokens)"}
	case halted != nil:
		return stopped{"stopped", next}
	}
	return nil
}
