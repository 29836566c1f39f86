package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/llm"
	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task/all"
)

type evalRunOptions struct {
	file   string
	set    []string
	out    string
	resume string
	silent bool // no report
}

func evalRunCommand(s *State) *cobra.Command {
	var opts evalRunOptions
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Ask the subjects of an evaluation, or go on with one that stopped",
		Example: `  gorod eval run experiments/eval-models-ru.yaml
  gorod eval run experiments/eval-models-ru.yaml --set repeats=3 --set tasks[0].limit=20
  gorod eval run --resume evals/eval-models-ru-20260302-080000`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.file = args[0]
			}
			return s.evalRun(cmd.Context(), opts)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&opts.set, "set", nil, "override a value: `path=value`, may be repeated")
	f.StringVar(&opts.out, "out", "", "folder of the results (default evals/NAME-DATE-TIME)")
	f.StringVar(&opts.resume, "resume", "", "go on with the evaluation in this folder")
	f.BoolVar(&opts.silent, "no-report", false, "do not write the report")
	return cmd
}

func (s *State) evalRun(ctx context.Context, opts evalRunOptions) error {
	if (opts.file == "") == (opts.resume == "") {
		return usagef("eval run: give either a suite's FILE or --resume DIR")
	}
	if opts.resume != "" && opts.out != "" {
		return usagef("eval run: --out is for a new evaluation; --resume goes on in its own folder")
	}
	what, err := loadSuite(opts)
	if err != nil {
		return err
	}
	calmCollector()
	ctx, stop, release := s.Signals(ctx, "the replies under way are in")
	defer release()
	progress := newEvalProgress(s)
	defer progress.close()
	e, err := s.prepareEvaluation(ctx, what, progress, stop)
	if err != nil {
		return err
	}
	dir, err := s.evalDir(ctx, e, what, opts)
	if err != nil {
		return err
	}
	result, err := e.Run(ctx, dir)
	progress.close()
	if err != nil {
		return evalVerdict(dir, err)
	}
	s.evaluated(result)
	if opts.silent {
		return nil
	}
	return s.reported(ctx, result.Dir)
}

// reported writes the report of an evaluation that is done, and says where it is.
func (s *State) reported(ctx context.Context, dir string) error {
	defer s.soon("writing the report")()
	file, err := s.writeEvaluation(ctx, dir)
	if err != nil {
		return fmt.Errorf("%w\nthe rows are kept; write the report again with: gorod eval report %s", err, dir)
	}
	if s.json {
		s.printJSON(map[string]any{"event": "report", "report": file})
	} else {
		fmt.Fprintln(s.Stdout, "report:    ", file)
	}
	return nil
}

func loadSuite(opts evalRunOptions) (*suite.Suite, error) {
	if opts.resume == "" {
		return suite.Load(opts.file, opts.set...)
	}
	what, err := runner.Load(opts.resume, opts.set...)
	if errors.Is(err, runner.ErrNoEvaluation) {
		return nil, usageError{err}
	}
	return what, err
}

// prepareEvaluation loads what a suite asks. What is wrong with it is a mistake
// of whoever wrote it.
func (s *State) prepareEvaluation(ctx context.Context, what *suite.Suite, progress runner.Observer, stop func() bool) (*runner.Evaluation, error) {
	e, err := runner.Prepare(ctx, runner.Options{
		Suite: what, Kinds: all.Kinds(), NewJudge: newJudge, Catalog: s.catalog(), Getenv: s.Getenv, Version: s.Version, Now: s.Now, Log: s.log,
		Observer: progress, Stop: stop,
	})
	if err != nil && ctx.Err() == nil {
		err = usageError{err}
	}
	if err == nil {
		for _, line := range judgedByThemselves(what) {
			fmt.Fprintln(s.Stderr, "warning:", line)
		}
	}
	return e, err
}

// judgedByThemselves warns of judges that are a model of those that they judge.
func judgedByThemselves(what *suite.Suite) (out []string) {
	for i := range what.Tasks {
		t := &what.Tasks[i]
		for _, name := range t.Judges {
			j := what.Judge(name)
			for _, x := range what.Subjects {
				asked := len(t.Subjects) == 0 || slices.Contains(t.Subjects, x.Name)
				if j != nil && asked && x.Model != "" && analysis.SameModel(what, x.Model, j.Model) {
					out = append(out, fmt.Sprintf("in %s the judge %s is the model of %s, and models prefer replies of their own: name another judge, or say so with the results", flat(t.Name), flat(name), flat(x.Name)))
				}
			}
		}
	}
	return out
}

// evalDir is the folder to go on in, or a new one; models are reached before it
// is made.
func (s *State) evalDir(ctx context.Context, e *runner.Evaluation, what *suite.Suite, opts evalRunOptions) (string, error) {
	if opts.resume != "" {
		return filepath.Clean(opts.resume), nil
	}
	if err := e.Reach(ctx); err != nil {
		return "", err
	}
	if opts.out != "" {
		return core.UseDir(opts.out)
	}
	return core.NewDir(s.settings.Evals, what.Name, s.Now())
}

// evalVerdict says how to go on after an error.
func evalVerdict(dir string, err error) error {
	next := "gorod eval run --resume " + dir
	switch {
	case llm.IsKind(err, llm.BudgetSpent):
		return stopped{"the budget is spent: " + err.Error(), next + " --set budget.max_calls=N (or max_tokens)"}
	case errors.Is(err, runner.ErrStopped):
		return stopped{"stopped", next}
	case errors.Is(err, runner.ErrChanged):
		return usageError{err}
	case errors.Is(err, core.ErrBusy):
		return err
	}
	return fmt.Errorf("%w\nwhat was answered is kept; go on with: %s", err, next)
}

// evaluated says what an evaluation came to.
func (s *State) evaluated(r runner.Result) {
	m := &r.Manifest
	if s.json {
		s.printJSON(map[string]any{"event": "done", "evaluation": r.Dir, "samples": m.Samples, "scores": m.Scores, "missing": m.Missing, "subjects": m.Subjects, "outputs": m.Outputs})
		return
	}
	for _, c := range m.Subjects {
		if c.Unusable > 0 {
			fmt.Fprintf(s.Stderr, "warning: %d of %s of %s are no use; the first: %s\n", c.Unusable, plural(c.Samples, "reply", "replies"), flat(c.Subject), flat(c.Why))
		}
	}
	table := newTable("subject", "samples", "unusable", "prompt tokens", "reply tokens")
	for _, c := range m.Subjects {
		table.row(flat(c.Subject), fmt.Sprint(c.Samples), fmt.Sprint(c.Unusable), thousands(c.PromptTokens), thousands(c.ReplyTokens))
	}
	table.write(s.Stdout)
	fmt.Fprintf(s.Stdout, "evaluation: %s\nsamples:    %s (%d)\nscores:     %s (%d%s)\n", r.Dir,
		filepath.Join(r.Dir, sample.SamplesFile), m.Samples, filepath.Join(r.Dir, sample.ScoresFile), m.Scores, without(m.Missing))
}

// without tells of scores that have no value.
func without(missing int) string {
	if missing == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them without a value: the report says why", missing)
}
