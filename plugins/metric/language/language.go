// Package language is the metric plugin that says how residents write: in
// which scripts, how long, and how much they repeat.
package language

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
    "block": {
      "description": "words of the pieces whose distinct words are counted",
      "type": "integer", "minimum": 10, "maximum": 100000, "default": 1000
    },
    "memory": {
      "description": "last sentences of a resident among which a repetition is looked for",
      "type": "integer", "minimum": 1, "maximum": 10000, "default": 256
    },
    "min_sentence": {
      "description": "words from which on a sentence counts for repetition",
      "type": "integer", "minimum": 1, "maximum": 100, "default": 3
    }
  }
}`

type config struct {
	Block       int `json:"block"`
	Memory      int `json:"memory"`
	MinSentence int `json:"min_sentence"`
}

// Plugin is metric/language.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "language", Version: "1.0.0",
		Summary: "how residents write: scripts that leak in, length, distinct words, repeated sentences",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := score.Config(setup.Config, config{Block: 1000, Memory: 256, MinSentence: 3})
			if err == nil && (c.Block < 2 || c.Memory < 1) {
				err = sdk.Errorf(sdk.ErrInvalidConfig, "block is %d and memory %d, want at least 2 and 1", c.Block, c.Memory)
			}
			return &metric{c, setup.Log}, err
		},
	}
}

const (
	marchisio = "Marchisio et al. 2024, Understanding and Mitigating Language Confusion in LLMs"
	annex24   = "Unicode Standard Annex #24, Unicode Script Property"
	jiwei     = "Li, Galley, Brockett, Gao & Dolan 2016, A Diversity-Promoting Objective Function for Neural Conversation Models; in pieces of one length as Johnson 1944, Studies in Language Behavior"
	holtzman  = "after Holtzman, Buys, Du, Forbes & Choi 2020, The Curious Case of Neural Text Degeneration"
)

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "script_share", Unit: "share of letters", Low: new(0.0), High: new(1.0), Source: annex24,
			Definition: "Share of letters that are of this script (item): cyrillic, latin, cjk (Han, kana, Hangul), other."},
		{Name: "native_share", Unit: "share of letters", Low: new(0.0), High: new(1.0), Source: annex24, Better: "up",
			Definition: "Share of letters that are of the script of the run's language, Cyrillic for ru and Latin for en; of the run and of each resident."},
		{Name: "leak_share", Unit: "share of texts", Low: new(0.0), High: new(1.0), Source: marchisio, Better: "down",
			Definition: "Share of texts with at least one letter of this script (item) that is not the run's; without an item, of any."},
		{Name: "distinct_1", Unit: "share of words", Low: new(0.0), High: new(1.0), Source: jiwei, Better: "up",
			Definition: "Number of distinct words divided by the number of words, the mean over pieces of `block` words of all texts in order; of what there is where that is less than a piece. Pieces of one length make runs comparable."},
		{Name: "distinct_2", Unit: "share of pairs", Low: new(0.0), High: new(1.0), Source: jiwei, Better: "up",
			Definition: "The same for pairs of neighbouring words of a text."},
		{Name: "repeated_sentence_share", Unit: "share of sentences", Low: new(0.0), High: new(1.0), Source: holtzman, Better: "down",
			Definition: "Share of sentences of min_sentence words or more that are, but for case and punctuation, among the last `memory` of the same resident; of the run and of each resident."},
		{Name: "copied_sentence_share", Unit: "share of sentences", Low: new(0.0), High: new(1.0), Source: holtzman, Better: "down",
			Definition: "Share of such sentences that another resident wrote before, among the last 65,536 different ones of the run, and that the resident does not repeat itself."},
		{Name: "text_words", Unit: "words", Low: new(0.0), Source: "Biber 1988, Variation across Speech and Writing",
			Definition: "Mean number of words of a text; of the run and of each resident."},
		{Name: "text_chars", Unit: "characters", Low: new(0.0), Source: "Biber 1988, Variation across Speech and Writing",
			Definition: "Mean number of characters of a text."},
	}
}

type metric struct {
	config config
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := newTally(m.config, run)
	err := journal.Read(ctx, t.roster, events, journal.Handlers{Action: t.action, Log: m.log})
	if err != nil {
		return nil, err
	}
	return t.scores(), nil
}
