// Package llm is the sentiment plugin that asks the run's language model: many
// texts a prompt, without examples (zero-shot) or with those of the study
// (few-shot), bound by a JSON Schema.
//
// What the model leaves out, says twice or gets wrong it is asked once more,
// text by text; what it then does not rate is neutral, with a line in the log.
package llm

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "batch": {
      "description": "most texts in a prompt",
      "type": "integer", "minimum": 1, "maximum": 100, "default": 16
    },
    "parallel": {
      "description": "most prompts under way at once; the model's own bound holds as well",
      "type": "integer", "minimum": 1, "maximum": 256, "default": 8
    },
    "max_chars": {
      "description": "of a longer text only the beginning is read",
      "type": "integer", "minimum": 20, "maximum": 20000, "default": 600
    },
    "temperature": {
      "description": "sampling temperature",
      "type": "number", "minimum": 0, "maximum": 2, "default": 0
    },
    "max_tokens": {
      "description": "most tokens of a reply; 0 leaves it to the model's entry in the study",
      "type": "integer", "minimum": 0, "maximum": 32768, "default": 0
    },
    "positive_from": {
      "description": "a text with at least this valence is labelled positive",
      "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.05
    },
    "negative_from": {
      "description": "a text with at most this valence is labelled negative",
      "type": "number", "minimum": -1, "exclusiveMaximum": 0, "default": -0.05
    },
    "emotions": {
      "description": "emotions to choose from; that there is none can always be said",
      "type": "array", "maxItems": 50, "uniqueItems": true,
      "items": {"type": "string", "pattern": "^[a-z_]{1,40}$"},
      "default": ["joy", "sadness", "anger", "fear", "surprise"]
    },
    "examples": {
      "description": "texts with their ratings, shown to the model (few-shot)",
      "type": "array", "maxItems": 100, "default": [],
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["text", "valence"],
        "properties": {
          "text": {"type": "string", "minLength": 1},
          "valence": {"type": "number", "minimum": -1, "maximum": 1},
          "arousal": {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
          "emotion": {"type": "string", "default": "none"}
        }
      }
    }
  }
}`

type config struct {
	Batch        int       `json:"batch"`
	Parallel     int       `json:"parallel"`
	MaxChars     int       `json:"max_chars"`
	Temperature  float64   `json:"temperature"`
	MaxTokens    int       `json:"max_tokens"`
	PositiveFrom float64   `json:"positive_from"`
	NegativeFrom float64   `json:"negative_from"`
	Emotions     []string  `json:"emotions"`
	Examples     []example `json:"examples"`
}

// example is a text that the study rated.
type example struct {
	Text    string  `json:"text"`
	Valence float64 `json:"valence"`
	Arousal float64 `json:"arousal"`
	Emotion string  `json:"emotion"`
}

// none is what a model says where it sees no emotion.
const none = "none"

func readConfig(raw json.RawMessage) (config, error) {
	c := config{
		Batch: 16, Parallel: 8, MaxChars: 600, PositiveFrom: 0.05, NegativeFrom: -0.05,
		Emotions: []string{"joy", "sadness", "anger", "fear", "surprise"},
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &c); err != nil {
			return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
		}
	}
	c.Emotions = append(slices.DeleteFunc(c.Emotions, func(e string) bool { return e == none }), none)
	for i := range c.Examples {
		e := &c.Examples[i]
		if e.Emotion == "" {
			e.Emotion = none
		}
		if !slices.Contains(c.Emotions, e.Emotion) {
			return c, sdk.Errorf(sdk.ErrInvalidConfig, "examples: the emotion %q of example %d is not among emotions %v", e.Emotion, i+1, c.Emotions)
		}
	}
	return c, nil
}

// Plugin is sentiment/llm.
func Plugin() sdk.Plugin {
	return sdk.SentimentPlugin{
		Name: "llm", Version: "1.0.0",
		Summary: "asks the run's language model how texts sound, many in a prompt, with or without examples",
		Schema:  configSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Classifier, error) {
			c, err := readConfig(setup.Config)
			if err != nil {
				return nil, err
			}
			out := &classifier{config: c, host: setup.Host, log: setup.Log}
			if out.log == nil {
				out.log = slog.New(slog.DiscardHandler)
			}
			out.prompts, err = newPrompts(c, setup.Language)
			return out, err
		},
	}
}
