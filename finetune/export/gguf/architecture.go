package gguf

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// architecture is how a kind of model is named and shaped in GGUF.
type architecture struct {
	name    string // in GGUF
	permute bool   // rotary embeddings of neighbours: rows of queries and keys change places
	addOne  bool   // norms are stored without the one that they add
	tied    bool   // output is the embedding's unless the config says otherwise
	biases  bool   // of queries, keys and values, needed
	qkNorm  bool
	postFF  bool // norms after attention and feed-forward
	extra   func(c *config, kv metadata)
}

// architectureOf knows a model by the class it names; ok is false for one that
// only others' converters may know.
func architectureOf(c *config) (architecture, bool) {
	if len(c.Architectures) == 0 {
		return architecture{}, false
	}
	gemma := architecture{addOne: true, tied: true}
	switch c.Architectures[0] {
	case "LlamaForCausalLM", "MistralForCausalLM":
		return architecture{name: "llama", permute: true, extra: llamaKeys}, true
	case "Qwen2ForCausalLM":
		return architecture{name: "qwen2", biases: true}, true
	case "Qwen3ForCausalLM":
		return architecture{name: "qwen3", qkNorm: true, extra: headKeys}, true
	case "GemmaForCausalLM":
		gemma.name, gemma.extra = "gemma", headKeys
		return gemma, true
	case "Gemma2ForCausalLM":
		gemma.name, gemma.postFF, gemma.extra = "gemma2", true, gemma2Keys
		return gemma, true
	case "Gemma3ForCausalLM":
		gemma.name, gemma.postFF, gemma.qkNorm, gemma.extra = "gemma3", true, true, gemma3Keys
		return gemma, true
	}
	return architecture{}, false
}

// metadata are the key-values of a GGUF file.
type metadata map[string]any

// keys describe the model's shape.
func (a architecture) keys(c *config) (metadata, error) {
	kv := metadata{"general.architecture": a.name, "general.type": "model", "general.quantization_version": uint32(2)}
	for key, value := range map[string]any{
		"block_count": c.Layers, "context_length": cmp.Or(c.Context, 2048), "embedding_length": c.Hidden,
		"feed_forward_length": c.Forward, "attention.head_count": c.Heads, "attention.head_count_kv": c.KVHeads,
		"attention.layer_norm_rms_epsilon": cmp.Or(c.Epsilon, 1e-6), "vocab_size": c.Vocab,
		"rope.freq_base": cmp.Or(c.Theta, 10000),
	} {
		kv[a.name+"."+key] = value
	}
	switch kind := c.Scaling.kind(); {
	case kind == "":
	case kind == "linear", kind == "yarn":
		kv[a.name+".rope.scaling.type"], kv[a.name+".rope.scaling.factor"] = kind, c.Scaling.Factor
		if c.Scaling.Original > 0 {
			kv[a.name+".rope.scaling.original_context_length"] = c.Scaling.Original
		}
	case kind == "llama3" && a.name == "llama": // the factors are a tensor
	default:
		return nil, fail(Unsupported, configFile, "", "rope scaling %q", kind)
	}
	if a.extra != nil {
		a.extra(c, kv)
	}
	return kv, nil
}

func llamaKeys(c *config, kv metadata) {
	kv["llama.rope.dimension_count"] = c.HeadDim
	if c.HeadDim*c.Heads != c.Hidden {
		kv["llama.attention.key_length"], kv["llama.attention.value_length"] = c.HeadDim, c.HeadDim
	}
}

func headKeys(c *config, kv metadata) {
	name := kv["general.architecture"].(string)
	kv[name+".attention.key_length"], kv[name+".attention.value_length"] = c.HeadDim, c.HeadDim
}

func gemma2Keys(c *config, kv metadata) {
	headKeys(c, kv)
	kv["gemma2.attention.sliding_window"] = cmp.Or(c.SlidingWindow, 4096)
	kv["gemma2.attn_logit_softcapping"] = c.AttnSoftcap
	kv["gemma2.final_logit_softcapping"] = c.FinalSoftcap
}

func gemma3Keys(c *config, kv metadata) {
	headKeys(c, kv)
	kv["gemma3.attention.sliding_window"] = c.SlidingWindow
	kv["gemma3.rope.freq_base"] = cmp.Or(c.Theta, 1e6)
	kv["gemma3.rope.local.freq_base"] = cmp.Or(c.LocalTheta, 10000)
	if c.FinalSoftcap > 0 {
		kv["gemma3.final_logit_softcapping"] = c.FinalSoftcap
	}
	pattern := cmp.Or(c.Pattern, 6)
	local := make([]bool, c.Layers)
	for i := range local {
		local[i] = (uint32(i)+1)%pattern != 0
		if i < len(c.LayerTypes) {
			local[i] = c.LayerTypes[i] == "sliding_attention"
		}
	}
	kv["gemma3.attention.sliding_window_pattern"] = local
}

// ropeFactors are what Llama 3 divides the frequencies by, one for each pair of
// a head's dimensions; nil where the model has none.
func ropeFactors(c *config) []float32 {
	r := c.Scaling
	if r.kind() != "llama3" {
		return nil
	}
	factor, original := float64(cmp.Or(r.Factor, 8)), float64(cmp.Or(r.Original, 8192))
	low, high := float64(cmp.Or(r.Low, 1)), float64(cmp.Or(r.High, 4))
	var out []float32
	for i := uint32(0); i < c.HeadDim; i += 2 {
		wave := 2 * math.Pi * math.Pow(float64(cmp.Or(c.Theta, 10000)), float64(i)/float64(c.HeadDim))
		switch {
		case wave < original/high:
			out = append(out, 1)
		case wave > original/low:
			out = append(out, float32(factor))
		default:
			smooth := (original/wave - low) / (high - low)
			out = append(out, float32(1/((1-smooth)/factor+smooth)))
		}
	}
	return out
}

// ignored are buffers that a model's code makes anew.
func ignored(name string) bool {
	return slices.ContainsFunc([]string{".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".position_ids"}, func(suffix string) bool {
		return strings.HasSuffix(name, suffix)
	})
}
