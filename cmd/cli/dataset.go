package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/dataset/build"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/recipe"
)

func datasetCommand(s *State) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dataset",
		Short: "Make dialogue datasets of chats",
		Long: `Make a dialogue dataset of a person's own chats: cleaned of personal data, without
duplicates, split without leaks, documented, and in the formats that trainers read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		datasetImportCommand(s), datasetParticipantsCommand(s), datasetTelegramCommand(s), datasetBuildCommand(s),
		datasetVerifyCommand(s), datasetStatsCommand(s), datasetShowCommand(s), datasetSearchCommand(s),
	)
	return cmd
}

type datasetBuildOptions struct {
	recipe, out string
	set         []string
	force       bool
}

func datasetBuildCommand(s *State) *cobra.Command {
	var opts datasetBuildOptions
	cmd := &cobra.Command{
		Use:   "build RECIPE",
		Short: "Build the dataset of a recipe",
		Long: `Build the dataset of a recipe. Nothing is at --out until all of it is; the same
sources and recipe give the same bytes.`,
		Example: `  gorod dataset build experiments/dataset-telegram.yaml
  gorod dataset build mine.yaml --set dialogue.form=conversations --out datasets/mine-long`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.recipe = args[0]
			return datasetBuild(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().StringVar(&opts.out, "out", "", "folder that is made (default datasets/NAME)")
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "override a value of the recipe: `path=value`, may be repeated")
	cmd.Flags().BoolVar(&opts.force, "force", false, "replace the dataset that is there")
	return cmd
}

func datasetBuild(ctx context.Context, s *State, opts datasetBuildOptions) error {
	r, err := recipe.Load(opts.recipe, opts.set...)
	if err != nil {
		return err
	}
	if opts.out == "" {
		opts.out = "datasets/" + r.Name
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	g := newGauge(s)
	m, err := build.Run(ctx, r, build.Options{
		Out: opts.out, Force: opts.force, Version: s.Version, Revision: s.Revision,
		Progress: func(p build.Progress) { g.set(p.Stage, p.Unit, p.Done, p.Total) },
	})
	g.close()
	switch {
	case err != nil && ctx.Err() != nil:
		return stopped{"stopped; nothing was written", commandLine(s.Args)}
	case err != nil:
		return fmt.Errorf("dataset build: %w", err)
	}
	if s.json {
		s.printJSON(map[string]any{"event": "done", "dataset": opts.out, "splits": m.Splits, "stages": m.Stages})
		return nil
	}
	s.datasetTables(m)
	fmt.Fprintf(s.Stdout, "\ndataset: %s (card: %s/%s; check it with: gorod dataset verify %s)\n", opts.out, opts.out, manifest.Card, opts.out)
	return nil
}

// datasetTables tells what a dataset holds and what was left out.
func (s *State) datasetTables(m *manifest.Manifest) {
	stages := newTable("stage", "unit", "in", "out", "left out", "why")
	for _, stage := range m.Stages {
		stages.row(stage.Name, stage.Unit, fmt.Sprint(stage.In), fmt.Sprint(stage.Out), fmt.Sprint(stage.In-stage.Out), "")
		for _, d := range stage.Drop {
			stages.row("", "", "", "", fmt.Sprint(d.Count), printable(d.Reason))
		}
	}
	stages.write(s.Stdout)
	fmt.Fprintln(s.Stdout)
	splits := newTable("split", "examples", "turns", "characters", "from", "to")
	for _, split := range m.Splits {
		splits.row(split.Name, fmt.Sprint(split.Examples), fmt.Sprint(split.Turns), fmt.Sprint(split.Chars), date(split.From), date(split.To))
	}
	splits.write(s.Stdout)
	for _, source := range m.Sources {
		for _, w := range source.Warnings {
			fmt.Fprintf(s.Stdout, "%s: %s\n", printable(source.File), printable(w.Text))
		}
	}
}

func datasetVerifyCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "verify DATASET",
		Short: "Compute digests and certificate of a dataset again",
		Long: `Compute the digests of a dataset's files again, and from the examples what the
splits have in common. Exit 1 if anything is not as the dataset says of itself.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return datasetVerify(cmd.Context(), s, args[0]) },
	}
}

func datasetVerify(ctx context.Context, s *State, dir string) error {
	if _, err := manifest.Read(dir); err != nil {
		return usageError{err}
	}
	ctx, done := s.interruptible(ctx) // to remove what it wrote on the way
	defer done()
	g := newGauge(s)
	v, err := build.Verify(ctx, dir, func(p build.Progress) { g.set(p.Stage, p.Unit, p.Done, p.Total) })
	g.close()
	if err != nil && ctx.Err() != nil {
		return stopped{"stopped", commandLine(s.Args)}
	}
	if err != nil {
		return fmt.Errorf("dataset verify: %w", err)
	}
	if s.json {
		s.printJSON(v)
	} else {
		for _, fault := range v.Faults {
			fmt.Fprintln(s.Stdout, printable(fault))
		}
	}
	if len(v.Faults) > 0 {
		return fmt.Errorf("%s is not as it says of itself: %s", dir, plural(len(v.Faults), "fault", "faults"))
	}
	if !s.json {
		fmt.Fprintf(s.Stdout, "%s: %d examples, as it says of itself; largest similarity across splits %.3f, shared sessions %d, shared posts %d\n",
			dir, v.Examples, v.Certificate.Texts.Largest, v.Certificate.Shared.Threads, v.Certificate.Shared.Origins)
	}
	return nil
}
