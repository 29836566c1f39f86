package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/spec"
)

type validateOptions struct {
	files  []string
	set    []string
	schema bool
}

func validateCommand(s *State) *cobra.Command {
	var opts validateOptions
	cmd := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check experiments and print every problem with its place",
		Example: `  gorod validate experiments/*.yaml
  gorod validate --schema > gorod.schema.json   # completion and checks in an editor`,
		RunE: func(_ *cobra.Command, args []string) error {
			opts.files = args
			return validate(s, opts)
		},
	}
	cmd.Flags().BoolVar(&opts.schema, "schema", false, "print the JSON Schema of an experiment and stop")
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "override a value: `path=value`, may be repeated")
	return cmd
}

func validate(s *State, opts validateOptions) error {
	if opts.schema {
		_, err := s.Stdout.Write(append(spec.JSONSchema(), '\n'))
		return err
	}
	if len(opts.files) == 0 {
		return usagef("validate: name a file, such as experiments/quickstart.yaml")
	}
	catalog, bad := s.catalog(), 0
	for _, file := range opts.files {
		study, err := spec.Load(file, spec.Options{Set: opts.set, Plugins: catalog})
		if err != nil {
			bad++
		}
		s.validated(file, study, err)
	}
	if bad > 0 {
		return usagef("%d of %d experiments have problems", bad, len(opts.files))
	}
	return nil
}

// validated reports on one file.
func (s *State) validated(file string, study *spec.Study, err error) {
	var problems spec.Problems
	switch {
	case s.json:
		out := map[string]any{"file": file, "ok": err == nil}
		if errors.As(err, &problems) {
			out["problems"] = problems
		} else if err != nil {
			out["error"] = err.Error()
		}
		s.printJSON(out)
	case err != nil:
		fmt.Fprintln(s.Stdout, err)
	default:
		fmt.Fprintf(s.Stdout, "%s: ok (%s)\n", file, describe(study))
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
