package cli

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/host/scaffold"
	"github.com/llm-city/gorod/plugins/sdk"
)

func pluginNewCommand(s *State) *cobra.Command {
	var opts scaffold.Options
	cmd := &cobra.Command{
		Use:   "new KIND NAME",
		Short: "Write a new plugin that builds and runs at once",
		Long: "Write a new plugin, with tests and an experiment that compares it with a built-in one, into a folder of its own.\n" +
			"KIND is one of " + strings.Join(sdk.Kinds(), ", ") + ". In a checkout of gorod, or with a gorod built in one, it builds against that checkout,\n" +
			"else against this release.",
		Example: `  gorod plugin new planner polite
  gorod plugin new sentiment keywords --lang python --dir plugins.d`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			opts.Kind, opts.Name = args[0], args[1]
			return pluginNew(s, opts)
		},
	}
	cmd.Flags().StringVar(&opts.Lang, "lang", scaffold.Go, "language: "+strings.Join(scaffold.Languages(), " or "))
	cmd.Flags().StringVar(&opts.Dir, "dir", ".", "folder in which the plugin's own `folder` is made")
	return cmd
}

func pluginNew(s *State, opts scaffold.Options) error {
	var err error
	if opts.Checkout, err = s.checkout(); err != nil {
		return fmt.Errorf("plugin new: %w", err)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		opts.Version = scaffold.Version(info)
	}
	opts.Command = s.command()
	made, err := scaffold.Write(opts)
	var refusal *scaffold.Refusal
	if errors.As(err, &refusal) {
		return usagef("plugin new: %w", err)
	}
	if err != nil {
		return fmt.Errorf("plugin new: %w", err)
	}
	if s.json {
		s.printJSON(made)
		return nil
	}
	fmt.Fprintf(s.Stdout, "wrote %s into %s: %s\n\nnow run:\n\n", made.ID, made.Dir, strings.Join(made.Files, ", "))
	for _, command := range made.Next {
		fmt.Fprintln(s.Stdout, "    "+command)
	}
	return nil
}

// checkout is the checkout of gorod that a new plugin builds against: the one
// that this is run in, else the one that this gorod was built in and left in; ""
// for a gorod that was installed.
func (s *State) checkout() (string, error) {
	for _, dir := range []string{".", filepath.Dir(s.Self)} {
		if found, err := scaffold.FindCheckout(dir); found != "" || err != nil {
			return found, err
		}
	}
	return "", nil
}

// command is how gorod is started from any folder: by name where the PATH has
// this one.
func (s *State) command() string {
	const name = "gorod"
	if found, err := exec.LookPath(name); err == nil {
		if found, err = filepath.EvalSymlinks(found); err == nil && found == s.Self {
			return name
		}
	}
	return scaffold.Quoted(s.Self)
}
