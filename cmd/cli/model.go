package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/spec"
)

func modelCommand(s *State) *cobra.Command {
	var study string
	cmd := &cobra.Command{
		Use:   "model",
		Short: "List, pull and check the models of servers",
		Long: `List, pull and check models. Without --study, the Ollama of the settings is asked
(GOROD_OLLAMA, by default http://127.0.0.1:11434); with it, the models of the study.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&study, "study", "", "experiment whose models are meant")
	cmd.AddCommand(
		&cobra.Command{
			Use: "ls", Short: "List the models that the servers have", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return s.eachModel(cmd.Context(), study, "", s.listModels)
			},
		},
		&cobra.Command{
			Use: "pull NAME", Short: "Have a server download a model", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return s.eachModel(cmd.Context(), study, args[0], s.pullModel)
			},
		},
		&cobra.Command{
			Use: "check NAME", Short: "Ask a model for a reply, a reply by schema and an embedding", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return s.eachModel(cmd.Context(), study, args[0], s.checkModel)
			},
		},
	)
	return cmd
}

// eachModel calls do for the models that are meant: with a study the entry
// called name (or all), without one the server's model called name.
func (s *State) eachModel(ctx context.Context, file, name string, do func(context.Context, *provide.Set, string) error) error {
	models := map[string]spec.Model{"ollama": {Provider: "ollama", Model: name, Endpoints: []string{s.settings.Ollama}}}
	entries := []string{"ollama"}
	if file != "" {
		study, err := spec.Load(file, spec.Options{Plugins: s.catalog()})
		if err != nil {
			return err
		}
		models, entries = study.Models, nil
		for _, entry := range sortedKeys(models) {
			if name == "" || entry == name || models[entry].Model == name {
				entries = append(entries, entry)
			}
		}
		if len(entries) == 0 {
			return usagef("%s has no model %q", file, name)
		}
	}
	set, err := provide.New(models, s.Getenv, s.log)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := do(ctx, set, entry); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) listModels(ctx context.Context, set *provide.Set, entry string) error {
	found, err := set.List(ctx, entry)
	if err != nil {
		return err
	}
	if s.json {
		for _, m := range found {
			s.printJSON(m)
		}
		return nil
	}
	table := newTable("model", "size", "digest")
	for _, m := range found {
		table.row(m.Name, bytes(m.Size), short(m.Digest))
	}
	table.write(s.Stdout)
	return nil
}

func (s *State) pullModel(ctx context.Context, set *provide.Set, entry string) error {
	last := ""
	err := set.Pull(ctx, entry, func(status string, done, total int64) {
		line := status
		if total > 0 {
			line = fmt.Sprintf("%s %d%%", status, done*100/total)
		}
		if line != last {
			last = line
			fmt.Fprintln(s.Stderr, line)
		}
	})
	return err
}

func (s *State) checkModel(ctx context.Context, set *provide.Set, entry string) error {
	checks, err := set.Check(ctx, entry)
	for _, c := range checks {
		if s.json {
			s.printJSON(c)
		} else {
			fmt.Fprintf(s.Stdout, "%-10s %s\n", c.Name, c.Detail)
		}
	}
	return err
}
