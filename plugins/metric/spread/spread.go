// Package spread is the metric plugin that says how the study's news goes
// round: how far, how fast, through whom, and who changes plans over it.
package spread

import (
	"context"
	"iter"
	"log/slog"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {}
}`

// Plugin is metric/spread.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "spread", Version: "1.0.0",
		Summary: "how news goes round: reach, depth, breadth, speed, structural virality, changed plans",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			return &metric{setup.Log}, nil
		},
	}
}

const (
	vosoughi = "Vosoughi, Roy & Aral 2018, The Spread of True and False News Online"
	goel     = "Goel, Anderson, Hofman & Watts 2016, The Structural Virality of Online Diffusion"
	rogers   = "Rogers 2003, Diffusion of Innovations (5th ed.)"
)

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "cascade_reach", Unit: "share of residents", Low: new(0.0), High: new(1.0), Source: vosoughi,
			Definition: "Share of residents who heard of the event (item) in the end; with a group, share of that group of the population."},
		{Name: "cascade_size", Unit: "residents", Low: new(0.0), Source: vosoughi,
			Definition: "Number of residents who heard of the event (item)."},
		{Name: "cascade_depth", Unit: "hops", Low: new(0.0), Source: vosoughi,
			Definition: "Largest number of hops from the study to a resident who heard; 0 where the study told all of them."},
		{Name: "cascade_breadth", Unit: "residents", Low: new(0.0), Source: vosoughi,
			Definition: "Largest number of residents who heard over the same number of hops."},
		{Name: "cascade_mean_hops", Unit: "hops", Low: new(0.0), Source: vosoughi,
			Definition: "Mean number of hops from the study to those who heard."},
		{Name: "half_time", Unit: "hours", Low: new(0.0), Source: rogers,
			Definition: "Simulated time from the beginning of the tick in which the event was first told or heard until half of those who heard in the end had heard; within a tick, hearing is taken as even."},
		{Name: "structural_virality", Unit: "hops", Low: new(1.0), Source: goel,
			Definition: "Mean distance between two nodes of the tree of who heard it from whom, with the study as its root: 2 - 2/n for a broadcast among n nodes, more the more it is passed on."},
		{Name: "plan_change_share", Unit: "share of hearers", Low: new(0.0), High: new(1.0), Source: rogers,
			Definition: "Share of those who heard whose first plan after hearing has another purpose or place than the last one before, or who change their plan by an action before that; residents without both plans do not count."},
		{Name: "plan_changes", Unit: "residents", Low: new(0.0), Source: rogers,
			Definition: "Number of those who heard whose plan changed as in plan_change_share."},
		{Name: "plan_change_lift", Unit: "share", Low: new(-1.0), High: new(1.0), Source: "gorod: difference to the base rate",
			Definition: "plan_change_share minus the share of all pairs of a resident's successive plans, of the run, that differ."},
	}
}

type metric struct{ log *slog.Logger }

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := newTally(run)
	err := journal.Read(ctx, t.roster, events, journal.Handlers{
		Told:  func(at journal.At, told *journal.Told) { t.cascade(told.Event, at.Tick) },
		Heard: t.heard, Plan: t.plan, Action: t.action, Log: m.log,
	})
	if err != nil {
		return nil, err
	}
	var sheet score.Sheet
	t.score(&sheet)
	return sheet.Scores(), nil
}
