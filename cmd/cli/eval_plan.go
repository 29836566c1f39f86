package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/all"
)

// What a call takes where no earlier evaluation tells.
const (
	assumedPrompt = 400 // tokens
	assumedReply  = 150
)

type evalPlanOptions struct {
	file string
	set  []string
	from string
}

func evalPlanCommand(s *State) *cobra.Command {
	var opts evalPlanOptions
	cmd := &cobra.Command{
		Use:   "plan SUITE",
		Short: "Say what an evaluation can find and will cost, before anything is asked",
		Long: `Say, before any model is asked, how many items each task has, what the declared
family of comparisons is, which differences it finds with the declared power after
the correction, and how many calls and tokens that takes. What is not known
beforehand is assumed, and said to be; --from takes it from an earlier evaluation.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.file = args[0]
			return s.evalPlan(cmd.Context(), opts)
		},
	}
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "override a value: `path=value`, may be repeated")
	cmd.Flags().StringVar(&opts.from, "from", "", "folder of an earlier evaluation: a pilot")
	return cmd
}

// evalPlanned is what a plan says.
type evalPlanned struct {
	Suite       string              `json:"suite"`
	Tasks       []runner.Planned    `json:"tasks"`
	Family      int                 `json:"family"`
	Alpha       float64             `json:"alpha"`
	Power       float64             `json:"power"`
	Comparisons []analysis.Prospect `json:"comparisons"`
	Calls       int64               `json:"calls"`       // of subjects
	JudgeCalls  int64               `json:"judge_calls"` // at most
	Tokens      int64               `json:"tokens"`
	Pilot       string              `json:"pilot,omitempty"`
}

func (s *State) evalPlan(ctx context.Context, opts evalPlanOptions) error {
	what, err := suite.Load(opts.file, opts.set...)
	if err != nil {
		return err
	}
	e, err := s.prepareEvaluation(ctx, what, nil, nil)
	if err != nil {
		return err
	}
	p := evalPlanned{Suite: what.Name, Tasks: e.Tasks(), Family: len(what.Comparisons), Alpha: what.Analysis.Alpha, Power: what.Analysis.Power, Pilot: opts.from}
	tokens := float64(assumedPrompt + assumedReply)
	var pilot *analysis.Result
	if opts.from != "" {
		in, err := s.openEvaluation(ctx, filepath.Clean(opts.from))
		if err != nil {
			return err
		}
		pilot = in.Result
		if tokens, err = tokensPerCall(opts.from, tokens); err != nil {
			return err
		}
	}
	var tasks []analysis.Asked
	measures := evaluation.Measures(ctx, what, all.Kinds())
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if err := s.measured(ctx, what, t); err != nil {
			return err
		}
		tasks = append(tasks, analysis.Asked{Name: t.Name, Items: t.Items, Clusters: t.Clusters, Measures: planned(measures(what.Task(t.Name)))})
		p.Calls += int64(t.ModelAsks)
		p.JudgeCalls += int64(t.JudgesAsks)
	}
	p.Tokens = int64(tokens * float64(p.Calls+p.JudgeCalls))
	p.Comparisons = analysis.Prospects(what, tasks, pilot)
	s.planned(p)
	return nil
}

// planned leaves out what only people are asked, as nobody knows yet of how many
// replies.
func planned(all []task.Measure) []task.Measure {
	return slices.DeleteFunc(all, func(m task.Measure) bool { return m.Name == judge.Own })
}

// measured counts the conditions and seeds of a task that asks nobody: what its
// runs have measured already.
func (s *State) measured(ctx context.Context, what *suite.Suite, t *runner.Planned) error {
	of := what.Task(t.Name)
	if of == nil || of.Society == nil {
		return nil
	}
	alone := *what
	alone.Tasks = []suite.Task{*of}
	rows, err := evaluation.Measured(ctx, &alone, all.Kinds())
	if err != nil {
		return usageError{err}
	}
	conditions, seeds := map[string]bool{}, map[string]bool{}
	for i := range rows {
		conditions[rows[i].Subject], seeds[rows[i].Item] = true, true
	}
	t.Subjects, t.Items, t.Clusters = sortedKeys(conditions), len(seeds), len(seeds)
	return nil
}

// tokensPerCall is the mean over the replies of an evaluation.
func tokensPerCall(dir string, otherwise float64) (float64, error) {
	m, err := runner.ReadManifest(filepath.Clean(dir))
	if err != nil {
		return 0, usageError{err}
	}
	var tokens int64
	samples := 0
	for _, c := range m.Subjects {
		tokens += c.PromptTokens + c.ReplyTokens
		samples += c.Samples
	}
	if samples == 0 || tokens == 0 {
		return otherwise, nil
	}
	return float64(tokens) / float64(samples), nil
}

func (s *State) planned(p evalPlanned) {
	if s.json {
		s.printJSON(p)
		return
	}
	tasks := newTable("task", "kind", "subjects", "items", "clusters", "questions")
	for _, t := range p.Tasks {
		tasks.row(flat(t.Name), t.Kind, fmt.Sprint(len(t.Subjects)), fmt.Sprint(t.Items), fmt.Sprint(t.Clusters), fmt.Sprint(t.Asks))
	}
	tasks.write(s.Stdout)
	fmt.Fprintln(s.Stdout)
	if p.Family == 0 {
		fmt.Fprintf(s.Stdout, "No comparisons are declared: all will be exploratory. One comparison by each measure would find, at an error rate of %v with power %v:\n", p.Alpha, p.Power)
	} else {
		fmt.Fprintf(s.Stdout, "A family of %s, error rate %v for all together (Holm's first step leaves %.4g to each), power %v:\n",
			plural(p.Family, "comparison", "comparisons"), p.Alpha, p.Alpha/float64(p.Family), p.Power)
	}
	found := newTable("comparison", "task", "measure", "items", "finds a difference of", "given")
	for _, c := range p.Comparisons {
		found.row(flat(prospectName(c)), flat(c.Task), flat(c.Measure), strconv.Itoa(c.Items), detectable(c), supposed(c))
	}
	found.write(s.Stdout)
	if p.Calls+p.JudgeCalls == 0 {
		fmt.Fprintln(s.Stdout, "\ncalls:  none: no model is asked")
		return
	}
	from := fmt.Sprintf("assuming %d tokens a call; --from DIR takes it from an earlier evaluation", assumedPrompt+assumedReply)
	if p.Pilot != "" {
		from = "as many a call as in " + flat(p.Pilot)
	}
	judges := "none to judges"
	if p.JudgeCalls > 0 {
		judges = "up to " + thousands(p.JudgeCalls) + " to judges"
	}
	fmt.Fprintf(s.Stdout, "\ncalls:  %s to subjects, %s\ntokens: about %s (%s)\n", thousands(p.Calls), judges, thousands(p.Tokens), from)
}

func prospectName(c analysis.Prospect) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.A != "":
		return c.A + " − " + c.B
	}
	return "any two"
}

func detectable(c analysis.Prospect) string {
	switch {
	case c.Why != "":
		if c.Why == stats.Unreachable {
			return "none: so few items never have this power"
		}
		return "none: " + string(c.Why)
	case c.Units:
		return digits4(c.Detectable) + " standard deviations"
	}
	return digits4(c.Detectable)
}

// supposed says what is assumed, or known from a pilot.
func supposed(c analysis.Prospect) string {
	word, kind := "assumed", "SD of differences"
	if c.Pilot {
		word = "pilot"
	}
	if c.Binary {
		kind = "share of items that differ"
	}
	if c.Items == 0 {
		return ""
	}
	out := fmt.Sprintf("%s %s (%s)", kind, digits4(c.Spread), word)
	if c.Units {
		out = "no bounds and no pilot"
	}
	if c.ICC > 0 {
		out += fmt.Sprintf(", ICC %s in %s", digits4(c.ICC), plural(c.Clusters, "cluster", "clusters"))
	}
	return out
}
