// Package emotion is the metric plugin that says which emotions come up,
// whether residents write as they feel, and whether news moves their mood the
// way one would expect.
package emotion

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
    "expected": {
      "description": "by id of the study's event, which way it should move moods: 1 up, -1 down",
      "type": "object", "additionalProperties": {"enum": [1, -1]}, "maxProperties": 256, "default": {}
    },
    "within": {
      "description": "ticks before hearing, and from hearing on, whose moods are compared",
      "type": "integer", "minimum": 1, "maximum": 10000, "default": 3
    },
    "min_texts": {
      "description": "texts from which on a resident's own correlation of mood and text is scored",
      "type": "integer", "minimum": 3, "maximum": 1000000, "default": 8
    }
  }
}`

type config struct {
	Window   int64              `json:"window"`
	Expected map[string]float64 `json:"expected"`
	Within   int64              `json:"within"`
	MinTexts int                `json:"min_texts"`
}

// Plugin is metric/emotion.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "emotion", Version: "1.0.0",
		Summary: "which emotions come up, whether texts fit moods, and how news moves moods",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := score.Config(setup.Config, config{Within: 3, MinTexts: 8})
			for event, sign := range c.Expected {
				if err == nil && sign != 1 && sign != -1 {
					err = sdk.Errorf(sdk.ErrInvalidConfig, "expected.%s is %v, want 1 or -1", event, sign)
				}
			}
			return &metric{c, setup.Log}, err
		},
	}
}

const (
	ekman    = "Ekman 1992, An Argument for Basic Emotions"
	russell  = "Russell 1980, A Circumplex Model of Affect"
	pearson  = "Pearson 1895, Note on Regression and Inheritance in the Case of Two Parents"
	spearman = "Spearman 1904, The Proof and Measurement of Association between Two Things"
	bakdash  = "Bakdash & Marusich 2017, Repeated Measures Correlation"
	student  = "Student 1908, The Probable Error of a Mean"
	dixon    = "Dixon & Mood 1946, The Statistical Sign Test"
)

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "emotion_share", Unit: "share of texts", Low: new(0.0), High: new(1.0), Source: ekman,
			Definition: "Of the texts whose emotion the classifier names, the share of this emotion (item)."},
		{Name: "emotion_entropy", Unit: "bits", Low: new(0.0), Source: "Shannon 1948, A Mathematical Theory of Communication",
			Definition: "Entropy of emotion_share."},
		{Name: "label_share", Unit: "share of texts", Low: new(0.0), High: new(1.0), Source: russell,
			Definition: "Of the texts that the classifier rated, the share with this label (item): negative, neutral, positive."},
		{Name: "mood_valence", Unit: "valence", Low: new(-1.0), High: new(1.0), Source: russell,
			Definition: "Mean valence of residents' moods: of the run and of each window of time."},
		{Name: "text_valence", Unit: "valence", Low: new(-1.0), High: new(1.0), Source: russell,
			Definition: "Mean valence of residents' texts: of the run and of each window of time."},
		{Name: "mood_text_pearson", Unit: "correlation", Low: new(-1.0), High: new(1.0), Source: pearson, Better: "up",
			Definition: "Pearson's correlation of the valence of a text with its author's mood when writing: over all texts, and over those of each resident with min_texts of them."},
		{Name: "mood_text_spearman", Unit: "correlation", Low: new(-1.0), High: new(1.0), Source: spearman, Better: "up",
			Definition: "Spearman's rank correlation of the same pairs: over all texts with values rounded to 0.01, and over those of a resident to 0.05."},
		{Name: "mood_text_within", Unit: "correlation", Low: new(-1.0), High: new(1.0), Source: bakdash, Better: "up",
			Definition: "Repeated measures correlation of the same pairs: each resident's values taken about its own means, so that cheerful people who write cheerfully do not count."},
		{Name: "mood_change", Unit: "valence", Low: new(-2.0), High: new(2.0), Source: student,
			Definition: "Mean over those who heard of the event (item) of their mean mood in the tick of hearing and the `within` - 1 ticks after, minus their mean mood in the `within` ticks before."},
		{Name: "mood_change_se", Unit: "valence", Low: new(0.0), Source: student,
			Definition: "Standard error of mood_change over residents."},
		{Name: "mood_change_p", Unit: "probability", Low: new(0.0), High: new(1.0), Source: student,
			Definition: "Two-sided p-value of Student's paired t-test that mood_change is 0."},
		{Name: "mood_change_expected", Unit: "share of hearers", Low: new(0.0), High: new(1.0), Source: dixon, Better: "up",
			Definition: "Share of those whose mood changed on hearing of the event (item), or of any event with an expected sign, in whom it changed in the expected direction. 0.5 is chance."},
	}
}

type metric struct {
	config config
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := newTally(run, m.config)
	windows := score.NewWindows(m.config.Window, run.Ticks)
	err := journal.Read(ctx, t.roster, events, journal.Handlers{
		Tick: func(tick int64) { windows.Before(tick, t.close) },
		Mood: t.mood, Heard: t.heard, Action: t.action, Log: m.log,
	})
	if err != nil {
		return nil, err
	}
	windows.End(t.close)
	t.scoreEmotions()
	t.scoreFit()
	t.scoreChanges()
	return t.sheet.Scores(), nil
}
