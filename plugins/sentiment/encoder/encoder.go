// Package encoder is the sentiment plugin that runs a BERT-family text
// classifier in the plugin's own process: ONNX, in pure Go, without cgo,
// network or GPU.
//
// It takes a folder with model.onnx, tokenizer.json (WordPiece, as BERT,
// DistilBERT, ELECTRA and MiniLM have) and config.json, as optimum writes it:
//
//	pip install "optimum-onnx[onnxruntime]"
//	optimum-cli export onnx --task text-classification --model seara/rubert-tiny2-russian-sentiment models/rubert-sentiment
//
// Two public Russian models of this kind, both of 29 million parameters and
// under the MIT licence, whose labels need no explaining:
//
//   - https://huggingface.co/seara/rubert-tiny2-russian-sentiment (neutral,
//     positive, negative)
//   - https://huggingface.co/seara/rubert-tiny2-russian-emotion-detection-cedr
//     (no_emotion, joy, sadness, surprise, fear, anger; several may hold at
//     once: set multi_label where its config.json does not say so)
//
// A model of that size rates some 40 short posts a second on two cores.
//
// The valence of a text is the sum, over the model's labels, of the label's
// probability times its valence; arousal the same. Its label is the side on
// which the most probable label stands. Emotions have the pleasure
// that Russell & Mehrabian 1977 ("Evidence for a three-factor theory of
// emotions") measured.
package encoder

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "required": ["model"],
  "properties": {
    "model": {
      "description": "folder with the ONNX file, tokenizer.json and config.json",
      "type": "string", "minLength": 1
    },
    "onnx": {
      "description": "the ONNX file in that folder",
      "type": "string", "minLength": 1, "default": "model.onnx"
    },
    "batch": {
      "description": "most texts that go through the model together",
      "type": "integer", "minimum": 1, "maximum": 256, "default": 16
    },
    "max_tokens": {
      "description": "of a longer text only the beginning is read; the model's own limit holds as well",
      "type": "integer", "minimum": 8, "maximum": 4096, "default": 256
    },
    "multi_label": {
      "description": "whether several labels may hold at once; without it, config.json decides",
      "type": "boolean"
    },
    "labels": {
      "description": "what labels of the model stand for; names that are known need no entry",
      "type": "object",
      "additionalProperties": {
        "type": "object",
        "additionalProperties": false,
        "required": ["valence"],
        "properties": {
          "valence": {"type": "number", "minimum": -1, "maximum": 1},
          "arousal": {"type": "number", "minimum": 0, "maximum": 1},
          "emotion": {"type": "string", "pattern": "^[a-z_]{0,40}$"}
        }
      }
    }
  }
}`

type config struct {
	Model      string                `json:"model"`
	ONNX       string                `json:"onnx"`
	Batch      int                   `json:"batch"`
	MaxTokens  int                   `json:"max_tokens"`
	MultiLabel *bool                 `json:"multi_label"`
	Labels     map[string]labelEntry `json:"labels"`
}

// Plugin is sentiment/encoder.
func Plugin() sdk.Plugin {
	return sdk.SentimentPlugin{
		Name: "encoder", Version: "1.0.0",
		Summary: "rates texts with a BERT-family ONNX classifier from a folder, on the CPU",
		Schema:  configSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Classifier, error) {
			c := config{ONNX: "model.onnx", Batch: 16, MaxTokens: 256}
			if len(setup.Config) > 0 {
				if err := json.Unmarshal(setup.Config, &c); err != nil {
					return nil, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
				}
			}
			return newClassifier(c, setup.Log)
		},
	}
}

type classifier struct {
	words  *wordPiece
	model  *network
	labels []label
	limit  int // tokens of a text, the two that enclose it among them
}

var (
	_ sdk.Classifier = (*classifier)(nil)
	_ sdk.Closer     = (*classifier)(nil)
)

func newClassifier(c config, log *slog.Logger) (*classifier, error) {
	folder, err := openFolder(c)
	if err != nil {
		return nil, err
	}
	labels, err := folder.labels(c.Labels)
	if err != nil {
		return nil, err
	}
	words, err := newWordPiece(folder.tokenizer)
	if err != nil {
		return nil, refuse("%s/tokenizer.json: %v", folder.path, err)
	}
	multi := folder.settings.ProblemType == "multi_label_classification"
	if c.MultiLabel != nil {
		multi = *c.MultiLabel
	}
	limit := folder.limit(c.MaxTokens)
	model, err := load(folder, len(labels), multi, limit, c.Batch)
	if err != nil {
		return nil, err
	}
	if log != nil {
		log.Debug("encoder is ready", "model", folder.path, "labels", len(labels), "max_tokens", limit, "multi_label", multi)
	}
	return &classifier{words: words, model: model, labels: labels, limit: limit}, nil
}

// Close implements sdk.Closer.
func (c *classifier) Close(context.Context) error { return c.model.close() }

// bytesPerToken bounds what is looked at of a text: what people write has fewer
// a token.
const bytesPerToken = 64

// Classify implements sdk.Classifier. A text without a word or mark is neutral.
func (c *classifier) Classify(ctx context.Context, _ int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	encoded := make([][]uint32, len(texts))
	for i, t := range texts {
		out[i].Label = sdk.Neutral
		encoded[i] = c.words.encode(strings.ToValidUTF8(t[:min(len(t), bytesPerToken*c.limit)], ""), c.limit)
	}
	for rows := range batches(encoded, c.model.lengths, c.model.counts) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		inputs := make([][]uint32, len(rows))
		for i, row := range rows {
			inputs[i] = encoded[row]
		}
		probabilities, err := c.model.run(inputs)
		if err != nil {
			return nil, sdk.Errorf(sdk.ErrInternal, "%v", err)
		}
		for i, row := range rows {
			out[row] = sentiment(c.labels, probabilities[i])
		}
	}
	return out, nil
}
