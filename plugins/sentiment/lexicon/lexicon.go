// Package lexicon is the sentiment plugin that looks words up: Russian and
// English, mixed texts included, with negation, intensity, emoji and
// emoticons. It asks no model and rates some hundred thousand short texts a
// second and core.
//
// The valence of a text is bounded as in VADER (Hutto & Gilbert 2014, "VADER: A
// Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text"),
// which its rules for negation, intensity, contrast, capitals and exclamation
// marks follow as well. The word lists are gorod's own.
package lexicon

import (
	"context"
	"encoding/json"

	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "positive_from": {
      "description": "a text with at least this valence is labelled positive",
      "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.05
    },
    "negative_from": {
      "description": "a text with at most this valence is labelled negative",
      "type": "number", "minimum": -1, "exclusiveMaximum": 0, "default": -0.05
    }
  }
}`

type config struct {
	PositiveFrom float64 `json:"positive_from"`
	NegativeFrom float64 `json:"negative_from"`
}

// Plugin is sentiment/lexicon.
func Plugin() sdk.Plugin {
	return sdk.SentimentPlugin{
		Name: "lexicon", Version: "1.0.0",
		Summary: "rates Russian and English texts by their words, emoji and emoticons, without a model",
		Schema:  configSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Classifier, error) {
			c := config{PositiveFrom: 0.05, NegativeFrom: -0.05}
			if len(setup.Config) > 0 {
				if err := json.Unmarshal(setup.Config, &c); err != nil {
					return nil, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
				}
			}
			return newClassifier(c)
		},
	}
}

type classifier struct {
	config config
	words  *dictionary
}

var _ sdk.Classifier = (*classifier)(nil)

func newClassifier(c config) (*classifier, error) {
	words, err := load()
	return &classifier{c, words}, err
}

// textsBetweenChecks is how often a long batch looks whether it is still
// wanted.
const textsBetweenChecks = 256

// Classify implements sdk.Classifier.
func (c *classifier) Classify(ctx context.Context, _ int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	r := reading{words: c.words}
	for i, text := range texts {
		if i%textsBetweenChecks == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.read(text)
		out[i] = r.sentiment(c.config)
	}
	return out, nil
}
