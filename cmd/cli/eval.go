package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/eval/runner"
)

func evalCommand(s *State) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Compare models: ask them the same things, judge and score what they say",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(evalRunCommand(s), evalLsCommand(s), evalReportCommand(s), evalVerifyCommand(s), evalCompareCommand(s), evalPlanCommand(s), evalAnnotateCommand(s))
	return cmd
}

func evalLsCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "ls [DIR]",
		Short: "List evaluations, the newest first",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			root := s.settings.Evals
			if len(args) == 1 {
				root = args[0]
			}
			return s.evalLs(root)
		},
	}
}

func (s *State) evalLs(root string) error {
	all, err := runner.List(root)
	if s.json {
		for _, one := range all {
			s.printJSON(one)
		}
		return err
	}
	if err == nil && len(all) == 0 {
		fmt.Fprintf(s.Stdout, "no evaluations in %s yet; begin with: gorod eval run experiments/eval-models-ru.yaml\n", root)
		return nil
	}
	table := newTable("evaluation", "begun", "tasks", "models", "samples", "scores", "state")
	for i := range all {
		m := &all[i].Manifest
		state := "done"
		if !m.Done() {
			state = "begun"
		}
		table.row(flat(filepath.Clean(all[i].Dir)), m.Created.Local().Format("2006-01-02 15:04"), fmt.Sprint(len(m.Tasks)), fmt.Sprint(len(m.Models)),
			fmt.Sprint(m.Samples), fmt.Sprint(m.Scores), state)
	}
	table.write(s.Stdout)
	return err
}
