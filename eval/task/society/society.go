// Package society is the task that asks nobody: it takes what metrics have
// measured in runs of experiments, and judges of propositions, and compares the
// conditions of the runs.
package society

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/plugins/builtin"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Kind is the kind society.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "society" }

// Measures implements task.Kind: those that the runs have, or, where there are
// none to look at, those that are named, and those of the built-in metrics where
// none are. Runs that cannot be read are told of by Load.
func (Kind) Measures(ctx context.Context, t *suite.Task) []task.Measure {
	info := known()
	var names []string
	var all map[string]string
	if runs, problems := read(ctx, t.Society.Runs); len(problems) == 0 {
		all = measuresOf(runs)
		names = wanted(all, t.Society.Metrics)
	}
	if len(names) == 0 {
		names = t.Society.Metrics
	}
	if len(names) == 0 {
		for name := range info {
			names = append(names, name)
		}
		slices.Sort(names)
	}
	out := make([]task.Measure, len(names))
	for i, name := range names {
		out[i] = describe(name, info[cmp.Or(all[name], name)])
	}
	return out
}

// known are what the built-in metrics say of themselves.
func known() map[string]sdk.MetricInfo {
	out := map[string]sdk.MetricInfo{}
	for _, p := range builtin.Plugins() {
		for _, m := range p.Info().Metrics {
			out[m.Name] = m
		}
	}
	return out
}

func describe(name string, info sdk.MetricInfo) task.Measure {
	title := strings.ReplaceAll(name, "_", " ")
	m := task.Measure{Name: name, Title: map[string]string{"ru": title, "en": title}, Unit: info.Unit, Per: task.PerRun}
	if info.Low != nil && info.High != nil {
		m.Low, m.High = *info.Low, *info.High
	}
	switch info.Better {
	case "up":
		m.Better = 1
	case "down":
		m.Better = -1
	}
	return m
}

// Load implements task.Kind.
func (Kind) Load(ctx context.Context, s task.Setup) (task.Task, error) {
	runs, bad := read(ctx, s.Task.Society.Runs)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var problems spec.Problems
	for _, b := range bad {
		problems = append(problems, items.Problem(s, fmt.Sprintf("society.runs[%d]", b.entry), b.what, b.why, "name folders that gorod run wrote"))
	}
	all := measuresOf(runs)
	for i, name := range s.Task.Society.Metrics {
		if len(wanted(all, []string{name})) == 0 && len(bad) == 0 {
			problems = append(problems, items.Problem(s, fmt.Sprintf("society.metrics[%d]", i), fmt.Sprintf("no run has the metric %q", name), "they have "+some(wanted(all, nil)), "name one of them"))
		}
	}
	if len(all) == 0 && len(bad) == 0 {
		problems = append(problems, items.Problem(s, "society.runs", "nothing was measured", "the runs have no scores of metrics or propositions", "name metrics in the study and run it again"))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &measured{runs: runs, measures: wanted(all, s.Task.Society.Metrics)}, nil
}

// some of many names, for a message.
func some(names []string) string {
	const most = 12
	if len(names) == 0 {
		return "none"
	}
	out := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		out += ", …"
	}
	return out
}

// measured is the loaded task.
type measured struct {
	runs     []*run
	measures []string
}

var _ task.Measured = (*measured)(nil)

// Items implements task.Task: there are none.
func (*measured) Items() []task.Item { return nil }

// Ask implements task.Task: nobody is asked.
func (*measured) Ask(context.Context, task.Subject, task.Item) (task.Outcome, error) {
	return task.Outcome{}, nil
}

// Whole implements task.Task.
func (*measured) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}

// Rows implements task.Measured: a sample for each run, which is an item by its
// seed, so that conditions are compared seed by seed; its subject is its
// condition.
func (m *measured) Rows(context.Context) (task.Outcome, error) {
	conditions := conditionsOf(m.runs)
	order := slices.Clone(m.runs)
	slices.SortStableFunc(order, func(a, b *run) int {
		return cmp.Or(strings.Compare(conditions[a], conditions[b]), cmp.Compare(a.seed, b.seed))
	})
	var tally items.Tally
	repeats := map[string]int32{}
	for _, r := range order {
		key := fmt.Sprintf("%s %d", conditions[r], r.seed)
		at := tally.Add(sample.Sample{
			Subject: conditions[r], Item: fmt.Sprintf("seed %d", r.seed), Cluster: fmt.Sprintf("%s/%d", r.study, r.seed), Repeat: repeats[key],
			Reply: fmt.Sprintf("%s, %s, seed %d", r.study, r.cell, r.seed), Model: r.models, Error: r.unfinished,
		})
		repeats[key]++
		for _, name := range m.measures {
			switch v, ok := r.values[name]; {
			case r.unfinished != "":
				tally.Missing(at, name, r.unfinished)
			case !ok:
				tally.Missing(at, name, "the run has no such metric")
			default:
				tally.Score(at, name, v.x)
			}
		}
	}
	return tally.Outcome, nil
}

// conditionsOf name the conditions of runs: by their cells, and by their studies
// where there are several.
func conditionsOf(runs []*run) map[*run]string {
	several := slices.ContainsFunc(runs, func(r *run) bool { return r.study != runs[0].study })
	out := map[*run]string{}
	for _, r := range runs {
		switch {
		case !several:
			out[r] = r.cell
		case r.cell == onlyCell:
			out[r] = r.study
		default:
			out[r] = r.study + "/" + r.cell
		}
	}
	return out
}

// onlyCell is the cell of a study without a matrix.
const onlyCell = "base"
