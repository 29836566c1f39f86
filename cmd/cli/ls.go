package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/runner"
)

func lsCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "ls [DIR]",
		Short: "List the studies that were run, the newest first",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			root := s.settings.Runs
			if len(args) == 1 {
				root = args[0]
			}
			return ls(s, root)
		},
	}
}

func ls(s *State, root string) error {
	studies, err := runner.List(root)
	if s.json {
		for _, study := range studies {
			s.printJSON(study)
		}
		return err
	}
	if err == nil && len(studies) == 0 {
		fmt.Fprintf(s.Stdout, "no runs in %s yet; begin with: gorod run experiments/quickstart.yaml\n", root)
		return nil
	}
	table := newTable("study", "begun", "runs", "size")
	for _, study := range studies {
		table.row(study.Dir, study.Created.Local().Format("2006-01-02 15:04"), fmt.Sprint(study.Runs), bytes(study.Size))
	}
	table.write(s.Stdout)
	return err
}

// bytes writes a size for people.
func bytes(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	default:
		return fmt.Sprintf("%.0f KB", float64(n)/(1<<10))
	}
}
