package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/spec"
)

func personaCommand(s *State) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "persona",
		Short: "Write, generate and check personas",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(personaNewCommand(s), personaGenerateCommand(s), personaValidateCommand(s))
	return cmd
}

type personaNewOptions struct {
	file, name, language string
	from                 []string
}

func personaNewCommand(s *State) *cobra.Command {
	var opts personaNewOptions
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Write a commented persona file to begin with",
		Example: `  gorod persona new vera.yaml
  gorod persona new --name 'Вера Осипова' --from fragments/traveller.yaml personas/vera.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			opts.file = args[0]
			return personaNew(s, opts)
		},
	}
	cmd.Flags().StringVar(&opts.name, "name", "", "name of the persona")
	cmd.Flags().StringVar(&opts.language, "language", "ru", "language of the file: ru or en")
	cmd.Flags().StringArrayVar(&opts.from, "from", nil, "`fragment` to merge in, may be repeated")
	return cmd
}

func personaNew(s *State, opts personaNewOptions) error {
	if ext := filepath.Ext(opts.file); ext != ".yaml" && ext != ".yml" {
		return usagef("persona new: %s: a template is YAML, for its comments: name it FILE.yaml", opts.file)
	}
	if opts.language != "ru" && opts.language != "en" {
		return usagef("persona new: --language %q is none of ru, en", opts.language)
	}
	fragments, err := besideFile(opts.file, opts.from)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(opts.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return usagef("persona new: %w", err)
	}
	_, err = file.WriteString(persona.Template(opts.language, opts.name, fragments))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		if _, problems := spec.LoadPersona(opts.file); len(problems) > 0 {
			err = problems
		}
	}
	if err != nil {
		os.Remove(opts.file)
		return fmt.Errorf("persona new: %w", err)
	}
	if s.json {
		s.printJSON(map[string]any{"file": opts.file})
	} else {
		fmt.Fprintf(s.Stdout, "wrote %s; check it with: gorod persona validate %s\n", opts.file, opts.file)
	}
	return nil
}

// besideFile are paths as a file must name them: relative to its folder.
func besideFile(file string, paths []string) ([]string, error) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", file, err)
	}
	var out []string
	for _, path := range paths {
		full, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", path, err)
		}
		relative, err := filepath.Rel(dir, full)
		if err != nil {
			relative = full // on another drive
		}
		out = append(out, filepath.ToSlash(relative))
	}
	return out, nil
}

// mindOptions name the model that a command thinks with.
type mindOptions struct{ study, model string }

func (o *mindOptions) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.model, "model", "", "model: with --study an entry of its models (default agents.model), else a model of the Ollama of the settings, or reference (default), which needs no model")
	cmd.Flags().StringVar(&o.study, "study", "", "experiment whose models are meant")
}
