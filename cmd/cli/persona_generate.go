package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/agent/persona"
)

type personaGenerateOptions struct {
	spec, about, language, out string
	count                      int
	seed                       uint64
	mind                       mindOptions
	set                        func(string) bool // whether a flag is given
	command                    string            // that goes on
}

func personaGenerateCommand(s *State) *cobra.Command {
	var opts personaGenerateOptions
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Have a model write a population with given marginals",
		Long: `Have a model write personas: it plans in what they differ, the marginals of the
spec are met exactly by quota, and each persona is written to its point. Files
that are there are kept, so that the same command goes on where it ended.

A spec:

  about: жители небольшого города на Урале
  count: 20
  language: ru
  marginals:
    gender: {женщина: 0.55, мужчина: 0.45}
    age: {18-30: 0.3, 31-55: 0.4, 56+: 0.3}
    образование: {среднее: 0.6, высшее: 0.4}
    openness: {-1..0: 0.5, 0..1: 0.5}
    beliefs.городу нужен новый мост: {-1..0: 0.3, 0..1: 0.7}`,
		Example: `  gorod persona generate --about 'жители небольшого города' --count 20 --out personas/town
  gorod persona generate --spec town.yaml --out personas/town --model qwen3:8b`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.set = cmd.Flags().Changed
			opts.command = commandLine(s.Args)
			return personaGenerate(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().StringVar(&opts.spec, "spec", "", "YAML `file` that says who they are, with marginals")
	cmd.Flags().StringVar(&opts.about, "about", "", "who they are, in words, instead of --spec")
	cmd.Flags().IntVar(&opts.count, "count", 10, "how many; of --spec where it is not given")
	cmd.Flags().StringVar(&opts.language, "language", "ru", "language: ru or en; of --spec where it is not given")
	cmd.Flags().StringVar(&opts.out, "out", "", "`folder` that they are written to")
	cmd.Flags().Uint64Var(&opts.seed, "seed", 1, "seed: another gives other people")
	opts.mind.flags(cmd)
	return cmd
}

// population is what the flags ask for.
func (o *personaGenerateOptions) population() (persona.Population, error) {
	p := persona.Describe(o.about, o.count, o.language)
	switch {
	case o.out == "":
		return p, usagef("persona generate: say where to: --out FOLDER")
	case (o.spec == "") == (strings.TrimSpace(o.about) == ""):
		return p, usagef("persona generate: say who: --spec FILE or --about TEXT")
	case o.count < 1 || o.count > persona.MaxCount:
		return p, usagef("persona generate: --count %d is not 1 to %d", o.count, persona.MaxCount)
	case o.language != "ru" && o.language != "en":
		return p, usagef("persona generate: --language %q is none of ru, en", o.language)
	case o.spec == "":
		return p, nil
	}
	read, err := persona.ReadPopulation(o.spec)
	if err != nil {
		return p, err
	}
	if o.set("count") {
		read.Count = o.count
	}
	if o.set("language") {
		read.Language = o.language
	}
	return read, nil
}

func personaGenerate(ctx context.Context, s *State, opts personaGenerateOptions) error {
	population, err := opts.population()
	if err != nil {
		return err
	}
	mind, err := s.mind(opts.mind)
	if err != nil {
		return err
	}
	ctx, asked, done := s.Signals(ctx, "the personas under way are written")
	defer done()
	factory := persona.Factory{
		Mind: mind, Seed: opts.seed, Dir: opts.out, Stop: asked,
		Wrote: func(done, total int, file string) { fmt.Fprintf(s.Stderr, "%d/%d %s\n", done, total, file) },
	}
	report, err := factory.Generate(ctx, population)
	if report != nil {
		s.populationReport(report)
	}
	switch {
	case errors.Is(err, persona.ErrStopped):
		return stopped{"stopped", opts.command}
	case err != nil && report != nil:
		return fmt.Errorf("persona generate: %w; go on with: %s", err, opts.command)
	case err != nil:
		return fmt.Errorf("persona generate: %w", err)
	case !report.Met():
		return fmt.Errorf("persona generate: the marginals are not met: files in %s say otherwise; remove those and go on with: %s", opts.out, opts.command)
	}
	return nil
}

func (s *State) populationReport(r *persona.Report) {
	if s.json {
		s.printJSON(r)
		return
	}
	table := newTable("dimension", "value", "share", "wanted", "got")
	for _, o := range r.Dimensions {
		name := o.Dimension
		if !o.Given {
			name += " (planned)"
		}
		for _, v := range o.Values {
			table.row(printable(name), printable(v.Value), fmt.Sprintf("%.3g", v.Share), fmt.Sprint(v.Wanted), fmt.Sprint(v.Got))
			name = ""
		}
		if o.Other > 0 {
			table.row(name, "(other)", "", "0", fmt.Sprint(o.Other))
		}
	}
	table.write(s.Stdout)
	fmt.Fprintf(s.Stdout, "\n%s: %d written, %d kept; model %s, seed %d\n", plural(r.Written+r.Kept, "persona", "personas"), r.Written, r.Kept, r.Model, r.Seed)
}

// commandLine is a command as a shell takes it.
func commandLine(args []string) string {
	const special = " \t\n'\"\\$`*?[]{}()<>|&;#~!"
	line := "gorod"
	for _, arg := range args {
		if arg == "" || strings.ContainsAny(arg, special) {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		line += " " + arg
	}
	return line
}
