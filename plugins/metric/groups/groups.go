// Package groups is the metric plugin of group dynamics: how plural and how
// polarised opinions are through time, who comes to and leaves groups, and who
// talks to whom.
package groups

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
  "properties": {
    ` + score.WindowSchema + `,
    "alpha": {
      "description": "sensitivity of polarization to the size of groups, of Esteban and Ray",
      "type": "number", "exclusiveMinimum": 0, "maximum": 1.6, "default": 1.3
    },
    "bins": {
      "description": "equal parts of the scale -1…1 into which opinions fall for entropy and polarization",
      "type": "integer", "minimum": 2, "maximum": 100, "default": 5
    },
    "gap": {
      "description": "distance between neighbouring opinions above which they belong to different clusters; on scales of surveys at least one point",
      "type": "number", "exclusiveMinimum": 0, "maximum": 2, "default": 0.25
    },
    "beliefs": {
      "description": "score the beliefs of the personas as well, as items belief/STATEMENT",
      "type": "boolean", "default": true
    },
    "ties": {
      "description": "which actions tie residents: texts to somebody, or all actions that concern somebody",
      "enum": ["texts", "all"], "default": "texts"
    }
  }
}`

// Ways to tie residents.
const (
	byTexts = "texts"
	byAll   = "all"
)

type config struct {
	Window  int64   `json:"window"`
	Alpha   float64 `json:"alpha"`
	Bins    int     `json:"bins"`
	Gap     float64 `json:"gap"`
	Beliefs bool    `json:"beliefs"`
	Ties    string  `json:"ties"`
}

func readConfig(setup sdk.Setup) (config, error) {
	c, err := score.Config(setup.Config, config{Alpha: 1.3, Bins: 5, Gap: 0.25, Beliefs: true, Ties: byTexts})
	switch {
	case err != nil:
		return c, err
	case !(c.Alpha > 0 && c.Alpha <= 1.6):
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "alpha is %v, want more than 0 and at most 1.6", c.Alpha)
	case c.Bins < 2 || c.Bins > 100:
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "bins is %d, want 2…100", c.Bins)
	case !(c.Gap > 0):
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "gap is %v, want more than 0", c.Gap)
	case c.Ties != byTexts && c.Ties != byAll:
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "ties is %q, want texts or all", c.Ties)
	}
	return c, nil
}

// Plugin is metric/groups.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "groups", Version: "1.1.0",
		Summary: "pluralism and polarization of opinions, churn and composition of groups, who talks to whom",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := readConfig(setup)
			return &metric{c, setup.Log}, err
		},
	}
}

type metric struct {
	config config
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	roster, sheet := journal.NewRoster(run.Agents), &score.Sheet{}
	opinions, members := newOpinions(m.config, roster), newMembers(roster)
	polls, tick := newPolls(opinions), int64(0)
	ties := newTies(m.config.Ties == byAll, roster)
	windows := score.NewWindows(m.config.Window, run.Ticks)
	closed := func(last int64) {
		opinions.close(sheet, last)
		members.close(sheet, last)
	}
	err := journal.Read(ctx, roster, events, journal.Handlers{
		Tick: func(next int64) {
			polls.close(sheet, tick)
			tick = next
			windows.Before(tick, closed)
		},
		Survey: polls.answer,
		Action: func(at journal.At, a *journal.Action) {
			opinions.action(at, a)
			members.action(at, a)
			ties.action(at, a)
		},
		Log: m.log,
	})
	if err != nil {
		return nil, err
	}
	polls.close(sheet, tick)
	windows.End(closed)
	opinions.score(sheet)
	polls.score(sheet)
	members.score(sheet)
	ties.score(sheet)
	return sheet.Scores(), nil
}
