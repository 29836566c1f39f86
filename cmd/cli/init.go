package cli

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/deploy"
	"github.com/llm-city/gorod/core/host/scaffold"
)

func initCommand(s *State) *cobra.Command {
	opts := deploy.Options{Dir: "."}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a folder to start from: a first experiment, containers, a service, a cluster job",
		Long: "Write a folder to start from: settings and a first experiment that runs at once, a Dockerfile, a compose file with Ollama\n" +
			"and Mastodon, a systemd unit and a Slurm script. What is there already is left as it is. Passwords and keys are made at\n" +
			"random in secrets.env (mode 0600), which nothing overwrites.",
		Example: `  gorod init town
  gorod init town --only experiment,slurm --language en`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.Dir = args[0]
			}
			return initFolder(s, opts)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&opts.Only, "only", nil, "parts to write: "+strings.Join(deploy.Parts(), ", ")+" (default all)")
	f.BoolVar(&opts.Force, "force", false, "overwrite what is there, but for secrets.env")
	f.StringVar(&opts.Language, "language", "ru", "language of the experiment and the README: "+strings.Join(deploy.Languages(), " or "))
	return cmd
}

func initFolder(s *State, opts deploy.Options) error {
	opts.Go = goVersion(runtime.Version())
	if info, ok := debug.ReadBuildInfo(); ok {
		opts.Version = scaffold.Version(info)
	}
	made, err := deploy.Write(opts)
	switch {
	case errors.Is(err, deploy.ErrOptions):
		return usagef("init: %w", err)
	case err != nil:
		return fmt.Errorf("init: %w", err)
	case s.json:
		s.printJSON(made)
		return nil
	}
	if len(made.Written) > 0 {
		fmt.Fprintf(s.Stdout, "wrote into %s: %s\n", made.Dir, strings.Join(made.Written, ", "))
	}
	if len(made.Kept) > 0 {
		fmt.Fprintf(s.Stdout, "left as they were: %s\n", strings.Join(made.Kept, ", "))
	}
	for _, warning := range made.Warnings {
		fmt.Fprintln(s.Stderr, "warning:", warning)
	}
	fmt.Fprintf(s.Stdout, "\nREADME.md there says what to do with each\n")
	return nil
}

// goVersion is a release of Go as its images are named; of a Go that is none,
// the least that builds gorod.
func goVersion(of string) string {
	if found := regexp.MustCompile(`^go(\d+\.\d+\.\d+)`).FindStringSubmatch(of); found != nil {
		return found[1]
	}
	return "1.26.0"
}
