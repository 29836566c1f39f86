package cli

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task/all"
)

// screen is how many comparisons fit on one.
const screen = 30

func evalCompareCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "compare A B [DIR]",
		Short: "Say on one screen what differs between two, how sure that is, and of how many items",
		Long: `Compare A with B on all that both were scored on. A and B are subjects of the
evaluation in DIR (the newest one where it is left out), the folders of two
evaluations (then each subject that both have is compared with itself), or
conditions of a study whose run directory is DIR. P-values are corrected for one
another by Holm's method.`,
		Example: `  gorod eval compare tuned base
  gorod eval compare evals/style-20260302-080000 evals/style-20260309-080000
  gorod eval compare feed=hot feed=new runs/rumours-20260302-080000`,
		Args: cobra.RangeArgs(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error { return s.evalCompare(cmd.Context(), args) },
	}
}

// opponents are two to compare, and where their scores are.
type opponents struct {
	in      analysis.Input
	a, b    string
	subject string // of two evaluations: who is compared with itself
	note    string
}

func (s *State) evalCompare(ctx context.Context, args []string) error {
	defer s.soon("comparing")()
	all, err := s.opponents(ctx, args)
	if err != nil {
		return err
	}
	var found []*analysis.Comparison
	for _, o := range all {
		cs, err := analysis.Versus(ctx, o.in, o.a, o.b)
		if err != nil {
			return err
		}
		for _, c := range cs {
			c.Name = o.subject
		}
		found = append(found, cs...)
	}
	if len(found) == 0 {
		return usagef("%s and %s were scored on nothing in common", args[0], args[1])
	}
	analysis.Correct(found)
	s.compared(found, all)
	return nil
}

// opponents finds out what A and B are.
func (s *State) opponents(ctx context.Context, args []string) ([]opponents, error) {
	a, b := args[0], args[1]
	if len(args) == 2 && evaluated(a) && evaluated(b) {
		return twoEvaluations(ctx, filepath.Clean(a), filepath.Clean(b))
	}
	if len(args) == 2 && (evaluated(a) || evaluated(b)) {
		return nil, noFolder(a, b)
	}
	dir, err := s.evaluationDir(args)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, core.StudyFile)); err == nil {
		return s.conditions(ctx, dir, a, b)
	}
	what, err := done(dir)
	if err != nil {
		return nil, err
	}
	return []opponents{{in: scored(ctx, what, dir), a: a, b: b}}, known(dir, a, b)
}

// done is the suite of an evaluation whose rows are there.
func done(dir string) (*suite.Suite, error) {
	m, err := runner.ReadManifest(dir)
	if err != nil {
		return nil, usageError{err}
	}
	if !m.Done() {
		return nil, usageError{notDone(dir)}
	}
	what, err := runner.Load(dir)
	if err != nil {
		return nil, usageError{err}
	}
	return what, nil
}

func evaluated(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, runner.ManifestFile))
	return err == nil
}

// noFolder says which of two is not the folder of an evaluation, as the other is.
func noFolder(a, b string) error {
	if evaluated(a) {
		a, b = b, a
	}
	return usagef("%s: not the folder of an evaluation, as %s is: `gorod eval ls` lists them; subjects are compared by: gorod eval compare A B DIR", a, b)
}

// evaluationDir is the folder that was named, or that of the newest evaluation.
func (s *State) evaluationDir(args []string) (string, error) {
	if len(args) == 3 {
		return filepath.Clean(args[2]), nil
	}
	found, err := runner.List(s.settings.Evals)
	for _, one := range found {
		if one.Done() {
			return one.Dir, nil
		}
	}
	if err != nil {
		return "", err
	}
	return "", usagef("there is no evaluation in %s that is done: name its folder", s.settings.Evals)
}

func scored(ctx context.Context, what *suite.Suite, dir string) analysis.Input {
	return analysis.Input{Suite: what, Measures: evaluation.Measures(ctx, what, all.Kinds()), Scores: evaluation.Scores(dir)}
}

// known refuses names that no score has, and says which there are.
func known(dir string, names ...string) error {
	seen := map[string]bool{}
	err := sample.Read(filepath.Join(dir, sample.ScoresFile), func(rows []sample.Score) error {
		for i := range rows {
			seen[rows[i].Subject] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if !seen[name] {
			return usagef("%s has no subject %q; it has %s", dir, name, flat(fmt.Sprint(sortedKeys(seen))))
		}
	}
	return nil
}

// twoEvaluations compares subjects with themselves in another evaluation.
func twoEvaluations(ctx context.Context, a, b string) ([]opponents, error) {
	first, err := done(a)
	if err != nil {
		return nil, err
	}
	second, err := done(b)
	if err != nil {
		return nil, err
	}
	changed := otherItems(a, b)
	var out []opponents
	for _, one := range first.Subjects {
		if second.Subject(one.Name) == nil {
			continue
		}
		in := scored(ctx, first, a)
		nameA, nameB := "A "+a, "B "+b
		in.Scores = func(each func([]sample.Score) error) error {
			if err := evaluation.Scores(a)(named(one.Name, nameA, each)); err != nil {
				return err
			}
			return evaluation.Scores(b)(named(one.Name, nameB, each))
		}
		out = append(out, opponents{in: in, a: nameA, b: nameB, subject: one.Name, note: changed})
	}
	if len(out) == 0 {
		return nil, usagef("%s and %s have no subject in common", a, b)
	}
	return out, nil
}

// otherItems warns of tasks whose items are not the same in two evaluations.
func otherItems(a, b string) string {
	first, err := runner.ReadManifest(a)
	second, err2 := runner.ReadManifest(b)
	if err != nil || err2 != nil {
		return ""
	}
	digests := map[string]string{}
	for _, t := range first.Tasks {
		digests[t.Name] = t.Digest
	}
	for _, t := range second.Tasks {
		if was, both := digests[t.Name]; both && was != t.Digest {
			return fmt.Sprintf("the items of %s are not the same in both: those with the same ids are compared", flat(t.Name))
		}
	}
	return ""
}

// named hands over the scores of one subject, under another name. Verdicts on
// pairs are of one evaluation only, and left out.
func named(subject, name string, each func([]sample.Score) error) func([]sample.Score) error {
	return func(rows []sample.Score) error {
		var out []sample.Score
		for _, r := range rows {
			if r.Subject == subject && r.Other == "" {
				r.Subject = name
				out = append(out, r)
			}
		}
		return each(out)
	}
}

// conditions compares those of a study, as a task of the kind society does.
func (s *State) conditions(ctx context.Context, dir, a, b string) ([]opponents, error) {
	what := &suite.Suite{Name: filepath.Base(dir), Language: "en", Seed: 1, Repeats: 1, Tasks: []suite.Task{{Name: "society", Society: &suite.Society{Runs: []string{dir}}}}}
	what.Analysis = suite.Analysis{Alpha: 0.05, Resamples: 10_000, Power: 0.8}
	rows, err := evaluation.Measured(ctx, what, all.Kinds())
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, r := range rows {
		names[r.Subject] = true
	}
	for _, name := range []string{a, b} {
		if !names[name] {
			return nil, usagef("%s has no condition %q; it has %s", dir, name, flat(fmt.Sprint(sortedKeys(names))))
		}
	}
	in := analysis.Input{Suite: what, Measures: evaluation.Measures(ctx, what, all.Kinds()), Scores: func(each func([]sample.Score) error) error { return each(rows) }}
	return []opponents{{in: in, a: a, b: b}}, nil
}

// compared prints comparisons, the surest first.
func (s *State) compared(found []*analysis.Comparison, all []opponents) {
	alpha := all[0].in.Suite.Analysis.Alpha
	if s.json {
		s.printJSON(map[string]any{"alpha": alpha, "comparisons": found})
		return
	}
	slices.SortStableFunc(found, func(x, y *analysis.Comparison) int { return cmp.Compare(surety(x), surety(y)) })
	table := newTable("subject", "task", "measure", "A", "B", "A − B", "interval", "p (Holm)", "effect", "n", "")
	for _, c := range found[:min(len(found), screen)] {
		table.row(comparedRow(c, alpha)...)
	}
	if all[0].subject == "" {
		table = table.without(0)
	}
	a, b := all[0].a, all[0].b
	if all[0].subject != "" { // folders: each was given a letter, lest they be the same
		a, b = strings.TrimPrefix(a, "A "), strings.TrimPrefix(b, "B ")
	}
	fmt.Fprintf(s.Stdout, "A: %s\nB: %s\n", flat(a), flat(b))
	if all[0].note != "" {
		fmt.Fprintln(s.Stdout, all[0].note)
	}
	table.write(s.Stdout)
	if n := len(found) - screen; n > 0 {
		fmt.Fprintf(s.Stdout, "and %d more that are less sure (--json has them all)\n", n)
	}
	fmt.Fprint(s.Stdout, fewClusters(found))
	sure := 0
	for _, c := range found {
		if c.Sure(alpha) {
			sure++
		}
	}
	fmt.Fprintf(s.Stdout, "%d of %s differ at an error rate of %v for all of them together\n", sure, plural(len(found), "measure", "measures"), alpha)
}

// surety sorts comparisons: by p, those without one last.
func surety(c *analysis.Comparison) float64 {
	if c.Adjusted.Why != "" {
		return 2
	}
	return c.Adjusted.P
}

func comparedRow(c *analysis.Comparison, alpha float64) []string {
	row := []string{flat(c.Name), flat(c.Task), flat(c.Measure), "—", "—", "—", "", "—", "—", counted(c), cutTo(flat(cmp.Or(c.Reason, string(c.Test.Why))), 60)}
	if c.Known {
		row[3], row[4] = digits4(c.ValueA), digits4(c.ValueB)
	}
	if d := c.Difference; d.Why == "" {
		row[5] = digits4(d.Value)
		if d.Open == "" {
			row[6] = "[" + digits4(d.Low) + ", " + digits4(d.High) + "]"
		}
	}
	if c.Adjusted.Why == "" {
		row[7] = probability(c.Adjusted.P)
		row[10] = whoIsBetter(c, alpha)
	}
	if c.Effect.Why == "" {
		row[8] = string(c.EffectKind) + " " + strings.Replace(strconv.FormatFloat(c.Effect.Value, 'f', 2, 64), "-0.00", "0.00", 1)
	}
	return row
}

// counted is how many items a comparison is of, and in how many clusters where
// there are fewer.
func counted(c *analysis.Comparison) string {
	d := c.Difference
	if d.Clusters > 0 && d.Clusters < d.N {
		return fmt.Sprintf("%d in %s", d.N, plural(d.Clusters, "cluster", "clusters"))
	}
	return strconv.Itoa(d.N)
}

// probability is a p-value, which is never 0.
func probability(p float64) string {
	if p < 0.0001 {
		return "<0.0001"
	}
	return strconv.FormatFloat(p, 'f', 4, 64)
}

// fewClusters warns of tasks whose intervals rest on few clusters or runs; it is
// empty where there are none.
func fewClusters(found []*analysis.Comparison) string {
	least := map[string]int{}
	for _, c := range found {
		if n, known := least[c.Task]; c.Few() && (!known || c.Difference.Clusters < n) {
			least[c.Task] = c.Difference.Clusters
		}
	}
	var of []string
	for _, task := range sortedKeys(least) {
		of = append(of, fmt.Sprintf("%s (%d)", flat(task), least[task]))
	}
	if len(of) == 0 {
		return ""
	}
	return "few independent clusters or runs: " + strings.Join(of, ", ") + "; intervals there rest on a normal spread, and tests see only what is very large\n"
}

// whoIsBetter is what a comparison comes to, in a word.
func whoIsBetter(c *analysis.Comparison, alpha float64) string {
	switch gain := c.Difference.Value * float64(c.Better); {
	case !c.Sure(alpha):
		return "not shown"
	case gain > 0:
		return "A is better"
	case gain < 0:
		return "B is better"
	}
	return "differs"
}

// digits4 is a number in four digits. What rounding left of 0 is 0.
func digits4(x float64) string {
	if math.Abs(x) < 1e-12 {
		x = 0
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}
