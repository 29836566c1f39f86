// Package events is the metric plugin that says what residents choose: which
// of the study's events they act on, in which ways, how often they choose what
// cannot be, and whether what they write fits who they are.
package events

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

// Plugin is metric/events.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "events", Version: "1.0.0",
		Summary: "which events and actions residents choose, how evenly, how often in vain, and how it fits their roles",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			return &metric{setup.Log}, nil
		},
	}
}

const (
	shannon = "Shannon 1948, A Mathematical Theory of Communication"
	pielou  = "Pielou 1966, The Measurement of Diversity in Different Types of Biological Collections"
	own     = "gorod's own; akin to the persona coverage of Song, Zhang, Cui, Wang & Liu 2019, Exploiting Persona Information for Diverse Generation of Conversational Responses, IJCAI"
	invalid = "Lin et al. 2023, AgentSims: An Open-Source Sandbox for Large Language Model Evaluation"
)

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "event_share", Unit: "share of actions", Low: new(0.0), High: new(1.0), Source: shannon,
			Definition: "Of the actions about one of the study's events, the share that is about this one (item)."},
		{Name: "about_share", Unit: "share of actions", Low: new(0.0), High: new(1.0), Source: shannon,
			Definition: "Share of all actions that are about one of the study's events."},
		{Name: "event_entropy", Unit: "bits", Low: new(0.0), Source: shannon,
			Definition: "Entropy -Σ p log2 p of event_share: of the run, and of each resident."},
		{Name: "event_evenness", Unit: "share of the maximum", Low: new(0.0), High: new(1.0), Source: pielou,
			Definition: "event_entropy divided by log2 of the number of events that were told, heard or acted on; 1 where all are chosen alike. Needs two events."},
		{Name: "event_preference", Unit: "bits", Low: new(0.0), Source: shannon,
			Definition: "Mutual information between who acts and which event it is about: event_entropy of the run minus the mean of the residents', weighted by their actions. 0 where everybody chooses alike; biased upwards where residents act seldom."},
		{Name: "kind_share", Unit: "share of actions", Low: new(0.0), High: new(1.0), Source: shannon,
			Definition: "Share of actions that are of this kind (item)."},
		{Name: "kind_entropy", Unit: "bits", Low: new(0.0), Source: shannon,
			Definition: "Entropy of kind_share."},
		{Name: "kind_evenness", Unit: "share of the maximum", Low: new(0.0), High: new(1.0), Source: pielou,
			Definition: "kind_entropy divided by log2 of the number of kinds that were chosen. Needs two kinds."},
		{Name: "invalid_share", Unit: "share of attempts", Low: new(0.0), High: new(1.0), Source: invalid, Better: "down",
			Definition: "Actions refused and replies that stayed bad, divided by these and the actions carried out: of the run, of each resident, and of each kind (item)."},
		{Name: "bad_reply_share", Unit: "share of attempts", Low: new(0.0), High: new(1.0), Source: invalid, Better: "down",
			Definition: "Replies that stayed bad after their repair, divided by attempts as in invalid_share."},
		{Name: "role_fit", Unit: "share of words", Low: new(-1.0), High: new(1.0), Source: own, Better: "up",
			Definition: "Share of the words of a resident's texts (stems, without stop-words) that its persona and goals name, minus the mean of that share over the other residents' personas; of each resident, and the mean over residents. 0 where texts fit no persona better than others'."},
	}
}

type metric struct{ log *slog.Logger }

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := newTally(run)
	err := journal.Read(ctx, t.roster, events, journal.Handlers{
		Told:   func(_ journal.At, told *journal.Told) { t.known(told.Event) },
		Heard:  func(_ journal.At, heard *journal.Heard) { t.known(heard.Event) },
		Action: t.action, Invalid: t.invalid, Log: m.log,
	})
	if err != nil {
		return nil, err
	}
	var sheet score.Sheet
	t.scoreEvents(&sheet)
	t.scoreKinds(&sheet)
	t.scoreInvalid(&sheet)
	t.roles.score(&sheet)
	return sheet.Scores(), nil
}
