// Package town is the metric plugin that says how a town fares under its
// mayor: money, population, beds, decisions in vain, the goal.
package town

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    ` + score.WindowSchema + `
  }
}`

type config struct {
	Window int64 `json:"window"`
}

// Plugin is metric/town.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "town", Version: "1.0.0",
		Summary: "how a town fares under its mayor: money, population, occupancy, invalid decisions, success",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := score.Config(setup.Config, config{})
			return &metric{c, setup.Log}, err
		},
	}
}

const (
	agentSims = "the mayor's game of Lin et al. 2023, AgentSims: An Open-Source Sandbox for Large Language Model Evaluation"
	shannon   = "Shannon 1948, A Mathematical Theory of Communication"
	gini      = "Gini 1912, Variabilità e mutabilità"
)

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "town_money", Unit: "coins", Low: new(0.0), Source: agentSims, Better: "up",
			Definition: "The mayor's money at the end of the run, and of each window of time."},
		{Name: "town_money_gain", Unit: "coins", Source: agentSims, Better: "up",
			Definition: "The mayor's money at the end less what it was given at the start."},
		{Name: "town_population", Unit: "residents", Low: new(0.0), Source: agentSims, Better: "up",
			Definition: "Residents at the end of the run, and of each window of time."},
		{Name: "town_population_gain", Unit: "residents", Source: agentSims, Better: "up",
			Definition: "Residents at the end less those at the end of the first tick."},
		{Name: "town_buildings", Unit: "buildings", Low: new(0.0), Source: agentSims,
			Definition: "Buildings at the end of the run."},
		{Name: "town_occupancy", Unit: "share of beds", Low: new(0.0), High: new(1.0), Source: agentSims, Better: "up",
			Definition: "Share of beds that are somebody's: at the end of each window of time, and the mean over the ticks of the run in which there are beds."},
		{Name: "town_decisions", Unit: "decisions", Low: new(0.0), Source: agentSims,
			Definition: "Decisions of the mayor, those in vain included."},
		{Name: "town_invalid_share", Unit: "share of decisions", Low: new(0.0), High: new(1.0), Source: agentSims, Better: "down",
			Definition: "Share of the mayor's decisions that were refused, or that stayed no decision."},
		{Name: "town_decision_share", Unit: "share of decisions", Low: new(0.0), High: new(1.0), Source: shannon,
			Definition: "Share of the mayor's decisions that are of this kind (item), those in vain included."},
		{Name: "town_success", Unit: "success", Low: new(0.0), High: new(1.0), Source: agentSims, Better: "up",
			Definition: "1 where the town's goal was reached, else 0, as where it has none; the mean over runs is the rate of success."},
		{Name: "town_hours_to_goal", Unit: "hours", Low: new(0.0), Source: agentSims, Better: "down",
			Definition: "Simulated time from the start to the end of the tick in which the goal was reached; no score where it was not."},
		{Name: "town_flow", Unit: "coins", Low: new(0.0), Source: agentSims,
			Definition: "Coins that changed hands for this reason (item): start, wage, use, goods, build, recruit, cash, shock."},
		{Name: "town_cash_gini", Unit: "Gini", Low: new(0.0), High: new(1.0), Source: gini,
			Definition: "Gini coefficient of the residents' cash at the end, those without any included."},
	}
}

type metric struct {
	config config
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := newTally(run)
	windows := score.NewWindows(m.config.Window, run.Ticks)
	err := journal.Read(ctx, t.roster, events, journal.Handlers{
		Tick: func(tick int64) { windows.Before(tick, t.close) },
		Town: t.town, Decree: t.decree, Transfer: t.transfer, Log: m.log,
	})
	if err != nil {
		return nil, err
	}
	windows.End(t.close)
	t.score(max(run.Step, time.Second))
	return t.sheet.Scores(), nil
}
