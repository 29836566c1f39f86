package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

type showOptions struct {
	path     string
	events   bool
	calls    bool
	answers  bool
	scores   bool
	extracts bool
	control  bool
	agent    string
	kinds    []string
	survey   string
	tick     int64
}

// given are the options that say what is printed of a run.
func (opts *showOptions) given() (names []string) {
	for _, o := range []struct {
		set  bool
		name string
	}{
		{opts.events, "--events"}, {opts.calls, "--calls"}, {opts.answers, "--answers"}, {opts.scores, "--scores"}, {opts.extracts, "--extracts"}, {opts.control, "--control"},
	} {
		if o.set {
			names = append(names, o.name)
		}
	}
	return names
}

func showCommand(s *State) *cobra.Command {
	var opts showOptions
	cmd := &cobra.Command{
		Use:   "show RUN",
		Short: "Say how a study's runs stand, or print what happened in a run",
		Example: `  gorod show runs/quickstart-20260302-080000
  gorod show --events --kind action runs/quickstart-20260302-080000/base/42
  gorod show --calls --agent "Анна Соколова" --tick 3 runs/quickstart-20260302-080000/base/42
  gorod show --answers --survey reaction runs/advertisement-20260302-080000
  gorod show --scores runs/mayor-levels-20260302-080000
  gorod show --control runs/quickstart-20260302-080000/base/42`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.path = args[0]
			return show(cmd.Context(), s, opts)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&opts.events, "events", false, "print what happened")
	f.BoolVar(&opts.calls, "calls", false, "print what models were asked and what they answered")
	f.BoolVar(&opts.answers, "answers", false, "print what residents answered to surveys and interviews")
	f.BoolVar(&opts.scores, "scores", false, "print what metrics measured and how propositions were judged")
	f.BoolVar(&opts.extracts, "extracts", false, "print what models read out of the run")
	f.BoolVar(&opts.control, "control", false, "print what people asked of the run from outside")
	f.StringVar(&opts.agent, "agent", "", "only this resident: an id or a name")
	f.StringSliceVar(&opts.kinds, "kind", nil, "only events of these kinds: "+kindNames())
	f.StringVar(&opts.survey, "survey", "", "only answers to this survey or interview")
	f.Int64Var(&opts.tick, "tick", -1, "only this tick")
	return cmd
}

// check finds options that make no sense together.
func (opts *showOptions) check() error {
	for _, k := range opts.kinds {
		if !slices.Contains(event.Kinds(), event.Kind(k)) {
			return usagef("show: no events are of kind %q: use %s", k, kindNames())
		}
	}
	given := opts.given()
	switch {
	case len(given) > 1:
		return usagef("show: give only one of %s", strings.Join(given, ", "))
	case !opts.events && len(opts.kinds) > 0:
		return usagef("show: --kind chooses among --events")
	case !opts.answers && opts.survey != "":
		return usagef("show: --survey chooses among --answers")
	case len(given) == 0 && (opts.agent != "" || opts.tick >= 0):
		return usagef("show: --agent and --tick choose among --events, --calls, --answers, --scores or --extracts, --tick among --control too")
	case opts.control && opts.agent != "":
		return usagef("show: --agent does not choose among --control, which lists what was asked of the run: use --events --kind told")
	}
	return nil
}

func show(ctx context.Context, s *State, opts showOptions) error {
	if err := opts.check(); err != nil {
		return err
	}
	study, runs, err := s.findRuns(opts.path)
	if err != nil {
		return err
	}
	if len(opts.given()) == 0 {
		return s.printStanding(ctx, study, filepath.Dir(filepath.Dir(runs[0].Dir)))
	}
	for _, run := range runs {
		if len(runs) > 1 && !s.json {
			fmt.Fprintf(s.Stdout, "== %s %d\n", printable(run.Cell.Name), run.Seed)
		}
		if err := s.printRun(ctx, run, opts); err != nil {
			return err
		}
	}
	return nil
}

func kindNames() string {
	var names []string
	for _, k := range event.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func (s *State) printStanding(ctx context.Context, study *spec.Study, dir string) error {
	standing, err := runner.Standing(ctx, study, dir)
	if err != nil {
		return err
	}
	manifest, err := runner.ReadManifest(dir)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"study": study.Name, "dir": dir, "manifest": manifest, "runs": standing})
		return nil
	}
	fmt.Fprintf(s.Stdout, "%s: %s\n", study.Name, describe(study))
	if study.Description != "" {
		fmt.Fprintln(s.Stdout, strings.TrimSpace(study.Description))
	}
	for _, name := range sortedKeys(manifest.Models) {
		m := manifest.Models[name]
		fmt.Fprintf(s.Stdout, "model %s: %s\n", name, strings.TrimSpace(m.Provider+" "+m.Model+" "+short(m.Digest)))
	}
	s.printResults(dir, "", standing)
	return nil
}
