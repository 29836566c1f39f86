package analysis

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Input is what is analysed.
type Input struct {
	Suite *suite.Suite
	// Measures are those of a task, described; scores of others are shown as they
	// are.
	Measures func(t *suite.Task) []task.Measure
	// Scores hands over all scores, a batch at a time, as sample.Read does.
	Scores func(each func([]sample.Score) error) error
}

// analyser works on one evaluation.
type analyser struct {
	in      Input
	level   float64
	table   *table
	result  *Result
	measure map[[2]string]*Measure
	groups  map[*Measure]*group
}

// Analyse makes a result of scores. The same scores, whatever their order, give
// the same result at any number of CPUs.
func Analyse(ctx context.Context, in Input) (*Result, error) {
	a := &analyser{in: in, level: 1 - in.Suite.Analysis.Alpha, table: newTable(), measure: map[[2]string]*Measure{}, groups: map[*Measure]*group{}}
	err := in.Scores(func(scores []sample.Score) error {
		a.table.add(scores)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read scores: %w", err)
	}
	a.table.done()
	a.result = &Result{Rows: a.table.n, Level: a.level, Resample: in.Suite.Analysis.Resamples}
	a.tasks()
	if err := a.everything(ctx); err != nil {
		return nil, err
	}
	Correct(a.result.Family)
	a.limits()
	a.result.Numbers = a.numbers()
	return a.result, nil
}

// tasks lays out what there is: tasks in the order of the suite, measures in that
// of their kind.
func (a *analyser) tasks() {
	for i := range a.in.Suite.Tasks {
		t := &a.in.Suite.Tasks[i]
		made := &Task{Name: t.Name, Kind: t.Kind()}
		described := a.in.Measures(t)
		for _, m := range described {
			if g := a.table.index[[2]string{t.Name, m.Name}]; g != nil {
				a.add(made, m, g)
			}
		}
		for _, g := range a.table.groups {
			if g.task == t.Name && !slices.ContainsFunc(described, func(m task.Measure) bool { return m.Name == g.measure }) {
				a.add(made, undescribed(t, g.measure), g)
			}
		}
		if len(made.Measures) > 0 {
			a.result.Tasks = append(a.result.Tasks, made)
		} else {
			a.result.Limits = append(a.result.Limits, Limit{Kind: NoMeasure, What: []string{t.Name}})
		}
	}
}

// undescribed is a measure that only rows tell of: of judges, or of runs that are
// not there any more.
func undescribed(t *suite.Task, name string) task.Measure {
	m := judge.Measure(name)
	if t.Society != nil {
		m.Per = task.PerRun
	}
	return m
}

func (a *analyser) add(t *Task, m task.Measure, g *group) {
	made := &Measure{Measure: m, Task: t.Name}
	t.Measures = append(t.Measures, made)
	a.measure[[2]string{t.Name, m.Name}] = made
	a.groups[made] = g
}

// everything computes, on all cores: first what subjects reached, then how they
// differ.
func (a *analyser) everything(ctx context.Context) error {
	work := pool(ctx)
	for m, g := range a.groups {
		work.Go(func() error {
			a.values(g, m)
			return ctx.Err()
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	a.family()
	work = pool(ctx)
	for m, g := range a.groups {
		a.exploratory(m)
		if m.Pairwise != nil {
			work.Go(func() error {
				a.pairwise(g, m)
				return ctx.Err()
			})
		}
		work.Go(func() error {
			a.judges(g, m)
			a.curves(g, m)
			return ctx.Err()
		})
		for _, c := range m.Comparisons {
			work.Go(func() error {
				a.one(c, m)
				return ctx.Err()
			})
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	for m := range a.groups {
		m.Comparisons = slices.DeleteFunc(m.Comparisons, func(c *Comparison) bool {
			return c.Pairwise && !c.Declared && c.Difference.Why == stats.NoItems // nobody judged the two
		})
	}
	return nil
}

func pool(ctx context.Context) *errgroup.Group {
	work, _ := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	return work
}

// values are what subjects reached on a measure.
func (a *analyser) values(g *group, m *Measure) {
	use := a.table.judged(g)
	pairwise := slices.ContainsFunc(g.rows, func(r row) bool { return r.other != 0 })
	if pairwise {
		m.Pairwise = &Pairwise{}
	}
	for _, id := range a.table.subjectsOf(g, a.order()) {
		u := a.table.unitsOf(g, id, use)
		if pairwise {
			u = a.wins(g, use, id, 0)
		}
		s := &Subject{Name: a.table.subjects.all[id], Missing: u.missing, Reasons: u.reasons, values: u.values, cells: u.cells}
		if p := g.picks[id]; p != nil {
			s.Picks = p.kept
		}
		a.estimate(&m.Measure, s, m.Task, m.Name, s.Name)
		m.Subjects = append(m.Subjects, s)
	}
}

// order is that of subjects in the suite.
func (a *analyser) order() []string {
	out := make([]string, len(a.in.Suite.Subjects))
	for i, s := range a.in.Suite.Subjects {
		out[i] = s.Name
	}
	return out
}

// one compares two subjects, whose values are known.
func (a *analyser) one(c *Comparison, m *Measure) {
	x, y := m.subject(c.A), m.subject(c.B)
	if x == nil || y == nil {
		c.Difference = stats.Estimate{Why: stats.NoItems, Open: stats.NoItems}
		c.Test = stats.Test{Why: stats.NoItems}
		c.Effect = c.Difference
		return
	}
	if m.Pairwise != nil {
		c.Pairwise = true
		g := a.groups[m]
		use := a.table.judged(g)
		ids := a.table.subjects.ids
		won := a.wins(g, use, ids[c.A], ids[c.B]).values
		lost := slices.Clone(won)
		for i := range lost {
			lost[i].Value = 1 - won[i].Value
		}
		x, y = &Subject{Name: c.A, values: won}, &Subject{Name: c.B, values: lost}
		if len(won) > 0 {
			x.Value.Value = mean(won)
			y.Value.Value = 1 - x.Value.Value
		} else {
			x.Value.Why = stats.NoItems
		}
	} else if !c.Declared || !a.in.Suite.Analysis.Sequential { // that is as it was decided on the way
		x, y = a.onPar(m, x, y)
	}
	a.compare(c, &m.Measure, x, y)
	if c.Difference.Why == stats.NoItems {
		c.Reason = cmp.Or(x.Reason(), y.Reason())
	}
}

func mean(values []stats.Value) (sum float64) {
	for _, v := range values {
		sum += v.Value
	}
	return sum / float64(len(values))
}

func (m *Measure) subject(name string) *Subject {
	for _, s := range m.Subjects {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// name is that of a comparison in a sentence.
func (c *Comparison) String() string {
	if c.Name != "" {
		return c.Name
	}
	return strings.Join([]string{c.Task, c.Measure, c.A, c.B}, " ")
}
