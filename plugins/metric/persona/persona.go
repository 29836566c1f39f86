// Package persona is the metric plugin that says whether residents stay who
// they are: how their texts move away from their own early texts and from the
// mean resident and their opposite, and how their answers to repeated questions change.
package persona

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
    "early": {
      "description": "first texts of a resident that stand for who it was",
      "type": "integer", "minimum": 1, "maximum": 1000, "default": 5
    },
    "min_texts": {
      "description": "texts after the early ones from which on a resident's drift is scored",
      "type": "integer", "minimum": 3, "maximum": 100000, "default": 8
    },
    "max_texts": {
      "description": "texts of a resident that are embedded, spread over the run",
      "type": "integer", "minimum": 4, "maximum": 100000, "default": 200
    },
    "significance": {
      "description": "p-value below which a resident counts as drifting",
      "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.05
    }
  }
}`

type config struct {
	Early        int     `json:"early"`
	MinTexts     int     `json:"min_texts"`
	MaxTexts     int     `json:"max_texts"`
	Significance float64 `json:"significance"`
}

func readConfig(setup sdk.Setup) (config, error) {
	c, err := score.Config(setup.Config, config{Early: 5, MinTexts: 8, MaxTexts: 200, Significance: 0.05})
	switch {
	case err != nil:
		return c, err
	case c.Early < 1 || c.MinTexts < 3:
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "early is %d and min_texts %d, want at least 1 and 3", c.Early, c.MinTexts)
	case c.MaxTexts < c.Early+c.MinTexts:
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "max_texts is %d, want at least early and min_texts together: %d", c.MaxTexts, c.Early+c.MinTexts)
	}
	return c, nil
}

// Plugin is metric/persona.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "persona", Version: "1.1.0",
		Summary: "whether residents stay who they are: drift of texts by embedding, drift of answers to surveys",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := readConfig(setup)
			return &metric{c, setup.Host, setup.Log}, err
		},
	}
}

const (
	li    = "after Li et al. 2024, Measuring and Controlling Instruction (In)Stability in Language Model Dialogs: persona drift over turns, here by embedding"
	galt  = "Galton 1886, Regression towards Mediocrity; least squares with Student's t"
	salt  = "after Salton, Wong & Yang 1975, A Vector Space Model for Automatic Indexing: cosine of centroids"
	rouss = "after Rousseeuw 1987, Silhouettes: a Graphical Aid to the Interpretation and Validation of Cluster Analysis: b - a, here not divided by the larger"
	panel = "Wooldridge 2010, Econometric Analysis of Cross Section and Panel Data: fixed-effects estimator"
)

// driftOf says what the drift of texts is.
const driftOf = " The distance of a text is 1 - cos of its embedding and the mean embedding of its author's first `early` texts; the line of least squares goes through the distances of later texts over simulated time."

// oppositeOf says who the opposite is.
const oppositeOf = " The opposite is the resident of the run whose persona at the start, the vector of all traits and beliefs with 0 for those it has not, has the lowest cosine similarity to that of the resident, the first by id of several; without one below 0, and where either wrote fewer than `early` and `min_texts` together, nothing is scored."

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "persona_distance", Unit: "cosine distance", Low: new(0.0), High: new(2.0), Source: li, Better: "down",
			Definition: "Mean distance of a resident's later texts from its early ones; of each resident, and the mean over residents." + driftOf},
		{Name: "persona_drift", Unit: "cosine distance per simulated day", Source: li, Better: "down",
			Definition: "Slope of that line; of each resident with min_texts later texts, and the mean over these." + driftOf},
		{Name: "persona_drift_se", Unit: "cosine distance per simulated day", Low: new(0.0), Source: galt,
			Definition: "Standard error of persona_drift: of a resident's line, and over residents."},
		{Name: "persona_drift_p", Unit: "probability", Low: new(0.0), High: new(1.0), Source: galt,
			Definition: "Two-sided p-value of Student's t-test that persona_drift is 0: of a resident's line, and over residents."},
		{Name: "persona_drift_share", Unit: "share of residents", Low: new(0.0), High: new(1.0), Source: li, Better: "down",
			Definition: "Share of residents scored whose slope is positive with a p-value below `significance`; by chance alone half of `significance`."},
		{Name: "neutral_distance", Unit: "cosine distance", Low: new(0.0), High: new(2.0), Source: salt, Better: "up",
			Definition: "1 - cos of the mean embedding of a resident's texts and that of the neutral agent, the mean of the other residents' means; of each resident, and the mean. 0 where a resident sounds like everybody."},
		{Name: "neutral_slope", Unit: "cosine distance per simulated day", Source: salt,
			Definition: "Slope of the line of least squares of the distance of a resident's texts from the neutral agent over time; of each resident, and the mean. Negative where residents grow alike."},
		{Name: "neutral_slope_se", Unit: "cosine distance per simulated day", Low: new(0.0), Source: galt,
			Definition: "Standard error of the mean neutral_slope over residents."},
		{Name: "neutral_slope_p", Unit: "probability", Low: new(0.0), High: new(1.0), Source: galt,
			Definition: "Two-sided p-value of Student's t-test over residents that neutral_slope is 0."},
		{Name: "opposite_distance", Unit: "cosine distance", Low: new(0.0), High: new(2.0), Source: salt, Better: "up",
			Definition: "1 - cos of the mean embedding of a resident's texts and that of its opposite's; of each resident, and the mean." + oppositeOf},
		{Name: "opposite_slope", Unit: "cosine distance per simulated day", Source: salt,
			Definition: "Slope of the line of least squares of the distance of a resident's texts from the mean embedding of its opposite's over time; of each resident, and the mean. Negative where residents come to speak like their opposites." + oppositeOf},
		{Name: "opposite_slope_se", Unit: "cosine distance per simulated day", Low: new(0.0), Source: galt,
			Definition: "Standard error of the mean opposite_slope over residents."},
		{Name: "opposite_slope_p", Unit: "probability", Low: new(0.0), High: new(1.0), Source: galt,
			Definition: "Two-sided p-value of Student's t-test over residents that opposite_slope is 0."},
		{Name: "opposite_margin", Unit: "cosine distance", Low: new(-2.0), High: new(2.0), Source: rouss, Better: "up",
			Definition: "opposite_distance - persona_distance of a resident, and the mean; above 0 it is closer to its own beginning than to its opposite. Below 0 it need not be closer to the opposite: persona_distance is a mean over texts, which grows with how they scatter, while opposite_distance is one of means. Compare it between cells rather than with 0." + oppositeOf},
		{Name: "survey_slope", Unit: "points of the scale per simulated day", Source: panel,
			Definition: "Slope of answers to a question on a scale (item SURVEY/QUESTION) over simulated time: one line for all residents, each with its own level; and of each resident with three answers."},
		{Name: "survey_slope_se", Unit: "points of the scale per simulated day", Low: new(0.0), Source: panel,
			Definition: "Standard error of survey_slope."},
		{Name: "survey_slope_p", Unit: "probability", Low: new(0.0), High: new(1.0), Source: panel,
			Definition: "Two-sided p-value of Student's t-test that survey_slope is 0."},
	}
}

type metric struct {
	config config
	host   sdk.Host
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	roster, sheet := journal.NewRoster(run.Agents), &score.Sheet{}
	voices, surveys := newVoices(m, roster, run), newSurveys(roster, run.Step)
	err := journal.Read(ctx, roster, events, journal.Handlers{
		Action: func(at journal.At, a *journal.Action) {
			if err := voices.add(ctx, at, a.Text); err != nil {
				cancel(err)
			}
		},
		Survey: surveys.add, Log: m.log,
	})
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, err
	}
	if err := voices.end(ctx); err != nil {
		return nil, err
	}
	voices.score(sheet)
	surveys.score(sheet)
	return sheet.Scores(), nil
}
