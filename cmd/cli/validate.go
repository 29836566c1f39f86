package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	runs "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/recipe"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task/all"
	"github.com/llm-city/gorod/finetune/job"
)

type validateOptions struct {
	files  []string
	set    []string
	schema bool
	kind   string // of the schema
	// offline keeps from asking the servers on which residents live.
	offline bool
}

func validateCommand(s *State) *cobra.Command {
	var opts validateOptions
	cmd := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check experiments, recipes of datasets, fine-tunings and evaluations, and print every problem with its place",
		Long: "Check experiments, recipes of datasets, fine-tunings and evaluations, and print every problem with its place.\n" +
			"Where residents live on a Mastodon server too, it is asked whether their accounts are right.",
		Example: `  gorod validate experiments/*.yaml
  gorod validate --schema > gorod.schema.json   # completion and checks in an editor
  gorod validate --schema --kind Dataset > dataset.schema.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.files = args
			return validate(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().BoolVar(&opts.schema, "schema", false, "print the JSON Schema of such a file and stop")
	cmd.Flags().StringVar(&opts.kind, "kind", kindExperiment, "of the schema: Experiment, Dataset, Finetune or Evaluation")
	cmd.Flags().BoolVar(&opts.offline, "offline", false, "ask no server on which residents live")
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "override a value: `path=value`, may be repeated")
	return cmd
}

func validate(ctx context.Context, s *State, opts validateOptions) error {
	if opts.schema {
		return s.schema(opts.kind)
	}
	if len(opts.files) == 0 {
		return usagef("validate: name a file, such as experiments/quickstart.yaml")
	}
	catalog, bad, unready := s.catalog(), 0, 0
	for _, file := range opts.files {
		what, err := "", error(nil)
		var servers []runs.Inspection
		switch spec.KindOf(file) {
		case kindDataset:
			what, err = checkRecipe(file, opts.set)
		case kindFinetune:
			what, err = s.checkJob(file, opts.set)
		case kindEvaluation:
			what, err = s.checkSuite(ctx, file, opts.set)
		default:
			var study *spec.Study
			if study, what, err = checkStudy(file, spec.Options{Set: opts.set, Plugins: catalog}); err == nil && !opts.offline {
				servers, err = runs.Inspect(ctx, study, s.Now)
			}
		}
		if err != nil {
			bad++
		}
		s.validated(file, what, servers, err)
		unready += amiss(servers)
	}
	switch {
	case bad > 0:
		return usagef("%d of %s problems", bad, plural(len(opts.files), "file has", "files have"))
	case unready > 0:
		return notReady(unready)
	}
	return nil
}

// The kinds of files that can be checked.
const (
	kindExperiment = "Experiment"
	kindDataset    = "Dataset"
	kindFinetune   = "Finetune"
	kindEvaluation = "Evaluation"
)

// schema prints the JSON Schema of a kind.
func (s *State) schema(kind string) error {
	text := map[string]func() []byte{kindExperiment: spec.JSONSchema, kindDataset: recipe.JSONSchema, kindFinetune: job.JSONSchema, kindEvaluation: suite.JSONSchema}[kind]
	if text == nil {
		return usagef("--kind %q is none of %s, %s, %s, %s", kind, kindExperiment, kindDataset, kindFinetune, kindEvaluation)
	}
	_, err := s.Stdout.Write(append(text(), '\n'))
	return err
}

func checkStudy(file string, opts spec.Options) (*spec.Study, string, error) {
	study, err := spec.Load(file, opts)
	if err == nil {
		err = runs.Tokens(study)
	}
	if err != nil {
		return nil, "", err
	}
	return study, describe(study), nil
}

func checkRecipe(file string, set []string) (string, error) {
	r, err := recipe.Load(file, set...)
	if err == nil && r.Participants != "" {
		_, err = recipe.LoadLedger(r.Participants)
	}
	if err != nil {
		return "", err
	}
	return "dataset of " + plural(len(r.Sources), "source", "sources"), nil
}

// checkJob also tells what is odd about a job, on stderr.
func (s *State) checkJob(file string, set []string) (string, error) {
	j, err := job.Load(file, set...)
	if err != nil {
		return "", err
	}
	for _, w := range j.Warnings() {
		fmt.Fprintln(s.Stderr, "warning:", w)
	}
	return "fine-tuning of " + j.Base.Model + ", " + plural(len(j.Tasks()), "task", "tasks"), nil
}

// checkSuite checks an evaluation, its measures and its plugins.
func (s *State) checkSuite(ctx context.Context, file string, set []string) (string, error) {
	what, err := suite.Load(file, set...)
	if err == nil {
		err = runner.Check(ctx, what, all.Kinds(), s.catalog())
	}
	if err != nil {
		return "", err
	}
	if len(what.Subjects) == 0 {
		return "evaluation of runs by " + plural(len(what.Tasks), "task", "tasks"), nil
	}
	return fmt.Sprintf("evaluation of %s by %s", plural(len(what.Subjects), "subject", "subjects"), plural(len(what.Tasks), "task", "tasks")), nil
}

// validated reports on one file.
func (s *State) validated(file, what string, servers []runs.Inspection, err error) {
	var problems spec.Problems
	switch {
	case s.json:
		out := map[string]any{"file": file, "ok": err == nil && amiss(servers) == 0}
		if len(servers) > 0 {
			out["servers"] = servers
		}
		if errors.As(err, &problems) {
			out["problems"] = problems
		} else if err != nil {
			out["error"] = err.Error()
		}
		s.printJSON(out)
	case err != nil:
		fmt.Fprintln(s.Stdout, err)
	default:
		fmt.Fprintf(s.Stdout, "%s: ok (%s)\n", file, what)
		s.printServers(servers)
	}
}

// describe says how large a study is.
func describe(study *spec.Study) string {
	cells, err := study.Cells()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d residents, %d ticks, %s", len(study.Residents()), study.Clock.Ticks,
		plural(len(cells)*study.Repeats, "run", "runs"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
