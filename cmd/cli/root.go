package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/config"
	"github.com/llm-city/gorod/core/logs"
)

// Main runs one command and returns the process's exit code.
func Main(s *State) int {
	err := root(s).ExecuteContext(context.Background())
	if s.closeLog != nil {
		if closeErr := s.closeLog(); err == nil {
			err = closeErr
		}
	}
	code := exitCode(err)
	if err != nil {
		s.fail(err, code)
	}
	return code
}

func root(s *State) *cobra.Command {
	var settingsFile string
	cmd := &cobra.Command{
		Use:           "gorod",
		Short:         "gorod runs experiments with societies of LLM agents",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return s.prepare(settingsFile, cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetArgs(s.Args)
	cmd.SetIn(s.Stdin)
	cmd.SetOut(s.Stdout)
	cmd.SetErr(s.Stderr)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.PersistentFlags().BoolVar(&s.json, "json", false, "print JSON for machines")
	cmd.PersistentFlags().StringVar(&settingsFile, "settings", "", "settings file (default gorod.yaml here, if there is one)")
	cmd.PersistentFlags().String("log-level", "", "what goes to the log: debug, info, warn or error (default warn)")
	cmd.AddCommand(
		runCommand(s), initCommand(s), validateCommand(s), lsCommand(s), showCommand(s), verifyCommand(s), exportCommand(s),
		reportCommand(s), serveCommand(s), healthyCommand(s), doctorCommand(s), versionCommand(s), pluginCommand(s), modelCommand(s), personaCommand(s), datasetCommand(s), finetuneCommand(s), evalCommand(s),
	)
	usageErrors(cmd)
	return cmd
}

// usageErrors makes wrong arguments and unknown commands exit with the code
// for usage.
func usageErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			switch {
			case err == nil:
				return nil
			case !cmd.HasSubCommands(): // cobra's words count arguments and do not name them
				return usagef("%s was given; it is used so: %s; see %s --help", given(args), cmd.UseLine(), cmd.CommandPath())
			default:
				return usagef("%w; see %s --help", err, cmd.CommandPath())
			}
		}
	}
	for _, sub := range cmd.Commands() {
		usageErrors(sub)
	}
}

// given says what arguments a command got.
func given(args []string) string {
	if len(args) == 0 {
		return "no argument"
	}
	return fmt.Sprintf("%.200q", args)
}

// prepare reads the settings and opens the log.
func (s *State) prepare(file string, cmd *cobra.Command) error {
	level, err := cmd.Flags().GetString("log-level")
	if err != nil {
		return usageError{err}
	}
	flags := map[string]string{"log.level": level}
	if err := clusterFlags(cmd, flags); err != nil {
		return err
	}
	s.settings, err = config.Load(file, s.Getenv, flags)
	if err != nil {
		return usageError{err}
	}
	s.log, s.closeLog, err = logs.Open(logs.Options{
		Dir: s.settings.Log.Dir, Level: s.settings.Log.Level, Stderr: s.Stderr, Now: s.Now,
	})
	if err != nil {
		return usageError{err}
	}
	return nil
}

// fail prints an error for people, or with --json for machines.
func (s *State) fail(err error, code int) {
	if s.json {
		s.printJSON(map[string]any{"event": "error", "error": err.Error(), "exit": code})
	}
	fmt.Fprintln(s.Stderr, "gorod: "+strings.TrimSpace(err.Error()))
}

// printJSON writes one line of JSON to standard output.
func (s *State) printJSON(v any) {
	var line strings.Builder
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	if err == nil {
		_, err = io.WriteString(s.Stdout, escaped(line.String()))
	}
	if err != nil {
		fmt.Fprintln(s.Stderr, "gorod: write the answer:", err)
	}
}
