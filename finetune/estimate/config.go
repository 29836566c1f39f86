package estimate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/finetune/job"
)

// ErrMixture says that a model's layers are mixtures of experts, which no job
// tunes.
var ErrMixture = errors.New("mixtures of experts are not estimated")

// ShapeOf is the shape of a base model: that of the config.json in its folder,
// or the one known for its id. A folder may be written as an id is: models/mine.
func ShapeOf(b *job.Base) (Shape, error) {
	path := filepath.Join(b.Model, "config.json")
	if _, err := os.Stat(path); err != nil && !b.Local() {
		return lookup(b.Model)
	}
	return ReadConfig(path)
}

// config is what is used of a config.json.
type config struct {
	ModelType    string  `json:"model_type"`
	Layers       int     `json:"num_hidden_layers"`
	Hidden       int     `json:"hidden_size"`
	Intermediate int     `json:"intermediate_size"`
	Heads        int     `json:"num_attention_heads"`
	KVHeads      int     `json:"num_key_value_heads"`
	HeadDim      int     `json:"head_dim"`
	Vocab        int     `json:"vocab_size"`
	Tied         *bool   `json:"tie_word_embeddings"`
	Bias         bool    `json:"attention_bias"`
	Experts      int     `json:"num_local_experts"`
	MoreExperts  int     `json:"num_experts"`
	Text         *config `json:"text_config"` // of a model that also sees
}

// maxConfig bounds a config.json, in bytes.
const maxConfig = 1 << 20

// ReadConfig reads the shape from a config.json of Hugging Face.
func ReadConfig(path string) (Shape, error) {
	f, err := os.Open(path)
	if err != nil {
		return Shape{}, fmt.Errorf("read the model's shape: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig))
	if err != nil {
		return Shape{}, fmt.Errorf("read the model's shape: %w", err)
	}
	s, err := parseConfig(text)
	if err != nil {
		return Shape{}, fmt.Errorf("read the model's shape from %s: %w", path, err)
	}
	s.Name = filepath.Base(filepath.Dir(path))
	return s, nil
}

func parseConfig(text []byte) (Shape, error) {
	var c config
	if err := json.Unmarshal(text, &c); err != nil {
		return Shape{}, err
	}
	if c.Text != nil {
		if c.Text.ModelType == "" {
			c.Text.ModelType = c.ModelType
		}
		c = *c.Text
	}
	if c.Experts > 1 || c.MoreExperts > 1 {
		return Shape{}, ErrMixture
	}
	if c.KVHeads == 0 {
		c.KVHeads = c.Heads
	}
	if c.HeadDim == 0 && c.Heads > 0 {
		c.HeadDim = c.Hidden / c.Heads
	}
	for name, n := range map[string]int{
		"num_hidden_layers": c.Layers, "hidden_size": c.Hidden, "intermediate_size": c.Intermediate,
		"num_attention_heads": c.Heads, "num_key_value_heads": c.KVHeads, "head_dim": c.HeadDim, "vocab_size": c.Vocab,
	} {
		if n < 1 || n > 1<<22 {
			return Shape{}, fmt.Errorf("%s is %d", name, n)
		}
	}
	return c.shape(), nil
}

func (c *config) shape() Shape {
	gemma := strings.HasPrefix(c.ModelType, "gemma")
	s := Shape{
		Layers: c.Layers, Hidden: c.Hidden, Intermediate: c.Intermediate, Heads: c.Heads, KVHeads: c.KVHeads, HeadDim: c.HeadDim, Vocab: c.Vocab,
		Tied: gemma, Norms: 2, Eager: gemma,
		QKVBias: c.Bias || c.ModelType == "qwen2", OutBias: c.Bias && c.ModelType != "qwen2",
		QKNorm: c.ModelType == "qwen3" || strings.HasPrefix(c.ModelType, "gemma3"),
	}
	if c.Tied != nil {
		s.Tied = *c.Tied
	}
	if gemma && c.ModelType != "gemma" {
		s.Norms = 4
	}
	return s
}
