// Package activity is the metric plugin that says how much residents do.
package activity

import (
	"context"
	"iter"
	"log/slog"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
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

// Plugin is metric/activity.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "activity", Version: "1.0.0",
		Summary: "how much residents do: actions and texts a tick, who is active, by kind",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := score.Config(setup.Config, config{})
			return &metric{c, setup.Log}, err
		},
	}
}

const participation = "Nonnecke & Preece 2000, Lurker Demographics: Counting the Silent"

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "actions_per_agent_tick", Unit: "actions", Low: new(0.0), Source: participation,
			Definition: "Actions carried out, divided by residents times ticks: of the run, of each window of time and, divided by ticks alone, of each resident."},
		{Name: "texts_per_agent_tick", Unit: "texts", Low: new(0.0), Source: participation,
			Definition: "Actions with a text that others can read, divided by residents times ticks."},
		{Name: "active_share", Unit: "share of residents", Low: new(0.0), High: new(1.0), Source: participation,
			Definition: "Share of residents who carried out at least one action: in the run and in each window of time."},
		{Name: "active_tick_share", Unit: "share of resident-ticks", Low: new(0.0), High: new(1.0), Source: participation,
			Definition: "Share of all pairs of resident and tick in which the resident carried out at least one action."},
		{Name: "kind_per_agent_tick", Unit: "actions", Low: new(0.0), Source: participation,
			Definition: "Actions of one kind (item), divided by residents times ticks."},
	}
}

type metric struct {
	config config
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := &tally{
		roster: journal.NewRoster(run.Agents), windows: score.NewWindows(m.config.Window, run.Ticks),
		agents: make([]agent, len(run.Agents)),
	}
	err := journal.Read(ctx, t.roster, events, journal.Handlers{
		Tick:   func(tick int64) { t.windows.Before(tick, t.close) },
		Action: t.action, Log: m.log,
	})
	if err != nil {
		return nil, err
	}
	t.windows.End(t.close)
	return t.scores(), nil
}

// agent is what a resident did; ticks are one too high, so that 0 is never.
type agent struct {
	actions    int
	lastActive int64
	lastWindow int64
}

type tally struct {
	roster  *journal.Roster
	windows *score.Windows
	agents  []agent
	kinds   score.Counter
	sheet   score.Sheet

	texts, activeTicks    int
	window, windowActions int
	windowActive          int
	closed                int64 // ticks of closed windows
}

func (t *tally) action(at journal.At, a *journal.Action) {
	who := &t.agents[at.Agent]
	who.actions++
	t.windowActions++
	t.kinds.Add(a.Kind)
	if a.Text != "" {
		t.texts++
	}
	if who.lastActive != at.Tick+1 {
		who.lastActive = at.Tick + 1
		t.activeTicks++
	}
	if who.lastWindow != int64(t.window)+1 {
		who.lastWindow = int64(t.window) + 1
		t.windowActive++
	}
}

func (t *tally) close(last int64) {
	n, ticks := t.roster.Len(), last+1-t.closed
	t.sheet.At("actions_per_agent_tick", "", last, stat.Ratio(t.windowActions, float64(n)*float64(ticks)), t.windowActions)
	t.sheet.At("active_share", "", last, stat.Ratio(t.windowActive, n), n)
	t.window++
	t.windowActions, t.windowActive, t.closed = 0, 0, last+1
}

func (t *tally) scores() []sdk.Score {
	n, active := t.roster.Len(), 0
	all := float64(n) * float64(t.windows.Ticks)
	for i, a := range t.agents {
		t.sheet.Agent("actions_per_agent_tick", t.roster.ID(i), stat.Ratio(a.actions, t.windows.Ticks), a.actions)
		if a.actions > 0 {
			active++
		}
	}
	t.sheet.Run("actions_per_agent_tick", stat.Ratio(t.kinds.Total, all), t.kinds.Total)
	t.sheet.Run("texts_per_agent_tick", stat.Ratio(t.texts, all), t.texts)
	t.sheet.Run("active_share", stat.Ratio(active, n), n)
	t.sheet.Run("active_tick_share", stat.Ratio(t.activeTicks, all), int(all))
	for _, kind := range t.kinds.Names() {
		t.sheet.Item("kind_per_agent_tick", kind, stat.Ratio(t.kinds.Of(kind), all), int(t.kinds.Of(kind)))
	}
	return t.sheet.Scores()
}
