package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/logs"
	"github.com/llm-city/gorod/plugins/builtin"
	"github.com/llm-city/gorod/plugins/sdk"
)

func pluginCommand(s *State) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "List, check and write plugins",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		pluginNewCommand(s),
		&cobra.Command{
			Use: "ls", Short: "List the plugins that experiments can name", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return pluginLs(s) },
		},
		&cobra.Command{
			Use: "check PATH", Short: "Check an executable (or a built-in, by name) against the contract of its kind", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return pluginCheck(cmd.Context(), s, args[0]) },
		},
		&cobra.Command{
			Use: "serve KIND/NAME", Hidden: true, Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return pluginServe(args[0]) },
		},
	)
	return cmd
}

func pluginLs(s *State) error {
	entries, err := s.catalog().List()
	if s.json {
		for _, e := range entries {
			s.printJSON(map[string]any{
				"id": e.ID, "info": e.Info, "path": e.Path, "sha256": e.SHA256, "builtin": e.Builtin, "schema": e.Schema,
			})
		}
		return err
	}
	table := newTable("plugin", "version", "from", "what it does")
	for _, e := range entries {
		from := "built in"
		if !e.Builtin {
			from = e.Path
		}
		table.row(e.ID, e.Info.Version, from, e.Info.Summary)
	}
	table.write(s.Stdout)
	return err
}

// pluginCheck shows what the plugin wrote only where it fails: the checks
// provoke errors, and a plugin that is well reports them.
func pluginCheck(ctx context.Context, s *State, ref string) error {
	var wrote strings.Builder
	log, closeLog, err := logs.Open(logs.Options{Level: s.settings.Log.Level, Stderr: &wrote, Now: s.Now})
	if err != nil {
		return usageError{err}
	}
	report, err := host.Check(ctx, s.catalog(), ref, log)
	if err = errors.Join(err, closeLog()); err != nil {
		return err
	}
	failed := 0
	for _, c := range report.Checks {
		if c.Err != nil {
			failed++
		}
	}
	if s.json {
		s.printJSON(report)
	} else {
		s.printChecks(report)
	}
	if failed > 0 {
		if wrote.Len() > 0 {
			fmt.Fprintf(s.Stderr, "the plugin's log, also of checks that it passed by refusing nonsense:\n%s\n", wrote.String())
		}
		return fmt.Errorf("%s fails %d of %s", ref, failed, plural(len(report.Checks), "check", "checks"))
	}
	return nil
}

func (s *State) printChecks(report host.Report) {
	fmt.Fprintf(s.Stdout, "%s %s: %s\n", report.Info.ID(), report.Info.Version, report.Info.Summary)
	for _, c := range report.Checks {
		if c.Err != nil {
			fmt.Fprintf(s.Stdout, "FAIL  %s: %v\n", c.Name, c.Err)
		} else {
			fmt.Fprintf(s.Stdout, "ok    %s\n", c.Name)
		}
	}
}

// pluginServe makes this process one of the built-in plugins.
func pluginServe(id string) error {
	for _, p := range builtin.Plugins() {
		if p.Info().ID() == id {
			calmCollector()
			sdk.Serve(p)
			return nil
		}
	}
	return usagef("no built-in plugin %q", id)
}
