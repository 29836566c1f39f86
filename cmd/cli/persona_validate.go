package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

type personaValidateOptions struct {
	files               []string
	fragment, interview bool
	questions           int
	minimum             float64
	seed                uint64
	language            string
	mind                mindOptions
}

func personaValidateCommand(s *State) *cobra.Command {
	var opts personaValidateOptions
	cmd := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check persona files, and interview personas",
		Long: `Check persona files, YAML or JSON (TinyTroupe's too), and print every problem
with its place. With --interview a model asks each persona about itself, answers
as the persona, and judges from 0 to 9 how well each answer fits. Scores of the
reference, which is no language model, mean nothing.`,
		Example: `  gorod persona validate experiments/personas/ru/*.yaml
  gorod persona validate --interview --model qwen3:8b --min 6 vera.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.files = args
			return personaValidate(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().BoolVar(&opts.fragment, "fragment", false, "the files are fragments: anything may be missing")
	cmd.Flags().BoolVar(&opts.interview, "interview", false, "interview the personas too")
	cmd.Flags().IntVar(&opts.questions, "questions", 6, "questions of an interview")
	cmd.Flags().Float64Var(&opts.minimum, "min", 0, "mean score below which a persona fails, 0 to 9")
	cmd.Flags().Uint64Var(&opts.seed, "seed", 1, "seed of the interviews")
	cmd.Flags().StringVar(&opts.language, "language", "", "language of the interviews: ru or en (default that of the persona)")
	opts.mind.flags(cmd)
	return cmd
}

func (o *personaValidateOptions) check() error {
	switch {
	case o.fragment && o.interview:
		return usagef("persona validate: a fragment is nobody to interview")
	case o.questions < 1 || o.questions > 50:
		return usagef("persona validate: --questions %d is not 1 to 50", o.questions)
	case o.minimum < 0 || o.minimum > persona.MaxScore:
		return usagef("persona validate: --min %v is not 0 to %d", o.minimum, persona.MaxScore)
	case o.language != "" && o.language != "ru" && o.language != "en":
		return usagef("persona validate: --language %q is none of ru, en", o.language)
	}
	return nil
}

func personaValidate(ctx context.Context, s *State, opts personaValidateOptions) error {
	if err := opts.check(); err != nil {
		return err
	}
	load, bad := spec.LoadPersona, 0
	if opts.fragment {
		load = spec.LoadFragment
	}
	var people []sdk.Persona
	for _, file := range opts.files {
		p, problems := load(file)
		if len(problems) > 0 {
			bad++
		}
		s.checkedPersona(file, &p, problems)
		people = append(people, p)
	}
	if bad > 0 {
		return usagef("%d of %s have problems", bad, plural(len(opts.files), "persona", "personas"))
	}
	if !opts.interview {
		return nil
	}
	return s.interviews(ctx, opts, people)
}

// checkedPersona reports on one file.
func (s *State) checkedPersona(file string, p *sdk.Persona, problems spec.Problems) {
	free := []string{}
	var extra map[string]any
	if len(p.Extra) > 0 && json.Unmarshal(p.Extra, &extra) == nil {
		free = sortedKeys(extra)
	}
	switch {
	case s.json:
		s.printJSON(map[string]any{"file": file, "ok": len(problems) == 0, "problems": problems, "persona": p.Name, "free": free})
	case len(problems) > 0:
		fmt.Fprintln(s.Stdout, problems)
	case len(free) > 0:
		fmt.Fprintf(s.Stdout, "%s: ok (%s; keys of its own: %s)\n", file, p.Name, strings.Join(free, ", "))
	default:
		fmt.Fprintf(s.Stdout, "%s: ok (%s)\n", file, p.Name)
	}
}

func (s *State) interviews(ctx context.Context, opts personaValidateOptions, people []sdk.Persona) error {
	mind, err := s.mind(opts.mind)
	if err != nil {
		return err
	}
	mind.Seed = opts.seed
	interviewer := persona.Interviewer{Mind: mind, Questions: opts.questions, Language: opts.language}
	low := 0
	for i := range people {
		found, err := interviewer.Interview(ctx, &people[i])
		if err != nil {
			return err
		}
		s.interviewed(&found)
		if found.Score < opts.minimum {
			low++
		}
	}
	if low > 0 {
		return fmt.Errorf("%d of %s below %v", low, plural(len(people), "persona", "personas"), opts.minimum)
	}
	return nil
}

func (s *State) interviewed(found *persona.Interview) {
	if s.json {
		s.printJSON(found)
		return
	}
	fmt.Fprintf(s.Stdout, "\n%s: %.1f of %d\n", found.Persona, found.Score, persona.MaxScore)
	table := newTable("score", "question", "answer", "why")
	for _, a := range found.Answers {
		score, why := fmt.Sprint(a.Score), a.Why
		if a.Unscored != "" {
			score, why = "-", a.Unscored
		}
		table.row(score, oneLine(a.Question), oneLine(a.Answer), oneLine(why))
	}
	table.write(s.Stdout)
}

// oneLine is a text of a model in a table's cell.
func oneLine(s string) string {
	const most = 60
	return text.Cut(printable(strings.Join(strings.Fields(s), " ")), most)
}
