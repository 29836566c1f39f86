package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/eval/report/internal/tally"
	"github.com/llm-city/gorod/eval/report/internal/words"
)

// maxBins bounds the points of a chart over time.
const maxBins = 240

// study is a Study with its runs added up.
type study struct {
	words.Language
	in         Study
	runs       []*run
	conditions []*condition
	axis       axis
}

// run is a Run added up.
type run struct {
	*Run
	tally.Result
	findings
	calls  callSums
	scored map[subject]*scored
}

// condition is a cell: its runs differ in their seeds alone.
type condition struct {
	name  string
	label string // name as charts show it
	all   []*run
	runs  []*run // those that count: the ones that are done, or all where none is
}

// unfinished reports whether a condition has nothing but runs that did not come
// to their end.
func (c *condition) unfinished() bool {
	return !slices.ContainsFunc(c.runs, func(r *run) bool { return r.Status == Done })
}

func newStudy(ctx context.Context, in Study) (*study, error) {
	s := &study{Language: languageOf(in), in: in, axis: newAxis(in.Runs)}
	if s.in.Title == "" {
		s.in.Title = in.Name
	}
	for i := range in.Runs {
		r, err := addUp(ctx, &in.Runs[i], s.axis)
		if err != nil {
			return nil, fmt.Errorf("read the run of %s with seed %d: %w", in.Runs[i].Cell, in.Runs[i].Seed, err)
		}
		s.runs = append(s.runs, r)
	}
	s.group()
	return s, nil
}

// checkEvery is how many events pass between two looks at the context.
const checkEvery = 4096

func addUp(ctx context.Context, in *Run, x axis) (*run, error) {
	opts := tally.Options{Groups: map[string]string{}, Ticks: x.ticks, Width: x.width}
	for _, r := range in.Residents {
		opts.Groups[r.ID] = r.Group
	}
	t := tally.New(opts)
	if err := each(ctx, in.Events, t.Add); err != nil {
		return nil, err
	}
	found, err := learn(ctx, in)
	if err != nil {
		return nil, err
	}
	return &run{Run: in, Result: t.Result(), findings: found, calls: sumCalls(in.Calls), scored: sortScores(found.scores, x)}, ctx.Err()
}

// group makes conditions of the runs, in the order in which cells come up.
func (s *study) group() {
	byName := map[string]*condition{}
	for _, r := range s.runs {
		c := byName[r.Cell]
		if c == nil {
			c = &condition{name: r.Cell, label: line(r.Cell, 60)}
			byName[r.Cell] = c
			s.conditions = append(s.conditions, c)
		}
		c.all = append(c.all, r)
	}
	for _, c := range s.conditions {
		for _, r := range c.all {
			if r.Status == Done {
				c.runs = append(c.runs, r)
			}
		}
		if len(c.runs) == 0 {
			c.runs = c.all
		}
	}
	if len(s.conditions) == 1 && len(s.conditions[0].all[0].Values) == 0 {
		s.conditions[0].label = s.T("все прогоны ¦ all runs")
	}
}

// maxPlotted bounds the conditions in charts: more cannot be told apart.
const maxPlotted = 21

// plotted are the conditions that charts show.
func (s *study) plotted() []*condition { return s.conditions[:min(len(s.conditions), maxPlotted)] }

// shows reports whether the study asked for a measure.
func (s *study) shows(measure string) bool {
	return len(s.in.Measures) == 0 || slices.Contains(s.in.Measures, measure)
}

// names are what residents of a run are called.
func (r *run) names() map[string]string {
	names := make(map[string]string, len(r.Residents))
	for _, p := range r.Residents {
		names[p.ID] = line(p.Name, 60)
	}
	return names
}

// nameOf is what a resident is called, or its id.
func nameOf(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return line(id, 60)
}

// usesReference reports whether the built-in stand-in answered.
func (s *study) usesReference() bool {
	return slices.ContainsFunc(s.in.Providers, func(p Provider) bool { return p.Provider == "reference" })
}
