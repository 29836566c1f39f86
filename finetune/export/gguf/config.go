package gguf

import (
	"cmp"
	"encoding/json"
	"path/filepath"
)

const configFile = "config.json"

// config is what a model says of its shape in config.json, of transformers 4
// and 5.
type config struct {
	Architectures []string `json:"architectures"`
	ModelType     string   `json:"model_type"`
	Vocab         uint32   `json:"vocab_size"`
	Hidden        uint32   `json:"hidden_size"`
	Layers        uint32   `json:"num_hidden_layers"`
	Forward       uint32   `json:"intermediate_size"`
	Heads         uint32   `json:"num_attention_heads"`
	KVHeads       uint32   `json:"num_key_value_heads"`
	HeadDim       uint32   `json:"head_dim"`
	Context       uint32   `json:"max_position_embeddings"`
	Epsilon       float32  `json:"rms_norm_eps"`
	Theta         float32  `json:"rope_theta"`
	LocalTheta    float32  `json:"rope_local_base_freq"`
	Scaling       *rope    `json:"rope_scaling"`
	// Rope is transformers 5's; Gemma 3 has one for each kind of layer there.
	Rope          json.RawMessage `json:"rope_parameters"`
	Tied          *bool           `json:"tie_word_embeddings"`
	BOS           ids             `json:"bos_token_id"`
	EOS           ids             `json:"eos_token_id"`
	PAD           ids             `json:"pad_token_id"`
	SlidingWindow uint32          `json:"sliding_window"`
	Pattern       uint32          `json:"sliding_window_pattern"`
	LayerTypes    []string        `json:"layer_types"`
	AttnSoftcap   float32         `json:"attn_logit_softcapping"`
	FinalSoftcap  float32         `json:"final_logit_softcapping"`
	QueryScalar   float32         `json:"query_pre_attn_scalar"`
	Quantization  json.RawMessage `json:"quantization_config"`
}

// rope are the parameters of rotary embeddings.
type rope struct {
	Type     string  `json:"rope_type"`
	OldType  string  `json:"type"`
	Theta    float32 `json:"rope_theta"`
	Factor   float32 `json:"factor"`
	Low      float32 `json:"low_freq_factor"`
	High     float32 `json:"high_freq_factor"`
	Original uint32  `json:"original_max_position_embeddings"`
}

func (r *rope) kind() string {
	if r == nil {
		return ""
	}
	if kind := cmp.Or(r.Type, r.OldType); kind != "default" {
		return kind
	}
	return ""
}

// ids is a token's id, or a list of them.
type ids []uint32

// UnmarshalJSON implements json.Unmarshaler.
func (i *ids) UnmarshalJSON(raw []byte) error {
	var one *uint32
	if json.Unmarshal(raw, &one) == nil {
		if *i = nil; one != nil {
			*i = ids{*one}
		}
		return nil
	}
	return json.Unmarshal(raw, (*[]uint32)(i))
}

func readConfig(dir string) (*config, error) {
	c := &config{}
	if err := readJSON(filepath.Join(dir, configFile), c); err != nil {
		return nil, err
	}
	if err := c.readRope(); err != nil {
		return nil, err
	}
	return c, nil
}

// readRope takes transformers 5's rope_parameters for what was rope_theta and
// rope_scaling.
func (c *config) readRope() error {
	if len(c.Rope) == 0 || string(c.Rope) == "null" {
		return nil
	}
	var byLayer struct {
		Full    *rope `json:"full_attention"`
		Sliding *rope `json:"sliding_attention"`
	}
	one := &rope{}
	if err := json.Unmarshal(c.Rope, &byLayer); err != nil {
		return fail(Corrupt, configFile, "", "rope_parameters: %w", err)
	}
	if byLayer.Full != nil {
		one = byLayer.Full
		if byLayer.Sliding != nil {
			c.LocalTheta = byLayer.Sliding.Theta
		}
	} else if err := json.Unmarshal(c.Rope, one); err != nil {
		return fail(Corrupt, configFile, "", "rope_parameters: %w", err)
	}
	c.Theta = cmp.Or(one.Theta, c.Theta)
	if c.Scaling = nil; one.kind() != "" {
		c.Scaling = one
	}
	return nil
}

// check refuses numbers that no model has, and what the weights alone tell to
// be unconvertible.
func (c *config) check() error {
	c.KVHeads = cmp.Or(c.KVHeads, c.Heads)
	for name, n := range map[string]uint32{
		"vocab_size": c.Vocab, "hidden_size": c.Hidden, "num_hidden_layers": c.Layers,
		"intermediate_size": c.Forward, "num_attention_heads": c.Heads,
	} {
		most := map[string]uint32{"num_hidden_layers": 1 << 12, "vocab_size": maxTokens}[name]
		if n == 0 || n > cmp.Or(most, 1<<24) {
			return fail(Corrupt, configFile, "", "%s is %d", name, n)
		}
	}
	if c.HeadDim == 0 {
		if c.Hidden%c.Heads != 0 {
			return fail(Corrupt, configFile, "", "hidden_size %d does not divide by %d heads", c.Hidden, c.Heads)
		}
		c.HeadDim = c.Hidden / c.Heads
	}
	if c.HeadDim%2 != 0 || c.HeadDim > 1<<16 || c.KVHeads > c.Heads {
		return fail(Corrupt, configFile, "", "%d heads of %d, %d for keys", c.Heads, c.HeadDim, c.KVHeads)
	}
	if len(c.Quantization) > 0 && string(c.Quantization) != "null" {
		return fail(Unsupported, configFile, "", "the weights are quantized already: merge the adapter into a base of 16 bits")
	}
	return nil
}
