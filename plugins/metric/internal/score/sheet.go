// Package score helps the built-in metrics to give scores: a sheet that holds
// no value that is none, their configs and windows of time.
package score

import (
	"encoding/json"
	"math"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Sheet gathers scores.
type Sheet struct{ scores []sdk.Score }

// Add adds a score, unless its value is not a finite number.
func (s *Sheet) Add(sc sdk.Score) {
	if !math.IsNaN(sc.Value) && !math.IsInf(sc.Value, 0) {
		s.scores = append(s.scores, sc)
	}
}

// Run adds a score about the whole run that rests on n observations.
func (s *Sheet) Run(metric string, value float64, n int) {
	s.Add(sdk.Score{Metric: metric, Tick: sdk.NoTick, Value: value, N: n})
}

// Agent adds a score about a resident.
func (s *Sheet) Agent(metric, agent string, value float64, n int) {
	s.Add(sdk.Score{Metric: metric, Agent: agent, Tick: sdk.NoTick, Value: value, N: n})
}

// Group adds a score about a group.
func (s *Sheet) Group(metric, group string, value float64, n int) {
	s.Add(sdk.Score{Metric: metric, Group: group, Tick: sdk.NoTick, Value: value, N: n})
}

// Item adds a score about an event, a kind, a question.
func (s *Sheet) Item(metric, item string, value float64, n int) {
	s.Add(sdk.Score{Metric: metric, Item: item, Tick: sdk.NoTick, Value: value, N: n})
}

// At adds a score about an item, or with "" about all, in the window that ends
// with a tick.
func (s *Sheet) At(metric, item string, tick int64, value float64, n int) {
	s.Add(sdk.Score{Metric: metric, Item: item, Tick: tick, Value: value, N: n})
}

// Scores are those added.
func (s *Sheet) Scores() []sdk.Score { return s.scores }

// Config reads a config over its defaults.
func Config[T any](raw json.RawMessage, defaults T) (T, error) {
	if len(raw) == 0 {
		return defaults, nil
	}
	if err := json.Unmarshal(raw, &defaults); err != nil {
		return defaults, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
	}
	return defaults, nil
}
