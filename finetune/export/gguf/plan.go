package gguf

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// rule is a tensor that a model may have.
type rule struct {
	name     string   // in GGUF
	shape    []uint64 // in safetensors: rows, then columns
	heads    uint64   // rows change places within so many heads; 0: they stay
	addOne   bool
	optional bool
}

// blockRules are the tensors of a layer by what follows model.layers.N.
func (a architecture) blockRules(c *config) map[string]rule {
	hidden, forward := uint64(c.Hidden), uint64(c.Forward)
	q, kv := uint64(c.Heads)*uint64(c.HeadDim), uint64(c.KVHeads)*uint64(c.HeadDim)
	norm := func(name string, n uint64) rule { return rule{name: name, shape: []uint64{n}, addOne: a.addOne} }
	var qHeads, kHeads uint64
	if a.permute {
		qHeads, kHeads = uint64(c.Heads), uint64(c.KVHeads)
	}
	rules := map[string]rule{
		"input_layernorm.weight":          norm("attn_norm.weight", hidden),
		"post_attention_layernorm.weight": norm("ffn_norm.weight", hidden),
		"self_attn.q_proj.weight":         {name: "attn_q.weight", shape: []uint64{q, hidden}, heads: qHeads},
		"self_attn.k_proj.weight":         {name: "attn_k.weight", shape: []uint64{kv, hidden}, heads: kHeads},
		"self_attn.v_proj.weight":         {name: "attn_v.weight", shape: []uint64{kv, hidden}},
		"self_attn.o_proj.weight":         {name: "attn_output.weight", shape: []uint64{hidden, q}},
		"self_attn.q_proj.bias":           {name: "attn_q.bias", shape: []uint64{q}, heads: qHeads, optional: !a.biases},
		"self_attn.k_proj.bias":           {name: "attn_k.bias", shape: []uint64{kv}, heads: kHeads, optional: !a.biases},
		"self_attn.v_proj.bias":           {name: "attn_v.bias", shape: []uint64{kv}, optional: !a.biases},
		"self_attn.o_proj.bias":           {name: "attn_output.bias", shape: []uint64{hidden}, optional: true},
		"mlp.gate_proj.weight":            {name: "ffn_gate.weight", shape: []uint64{forward, hidden}},
		"mlp.up_proj.weight":              {name: "ffn_up.weight", shape: []uint64{forward, hidden}},
		"mlp.down_proj.weight":            {name: "ffn_down.weight", shape: []uint64{hidden, forward}},
	}
	if a.qkNorm {
		rules["self_attn.q_norm.weight"] = norm("attn_q_norm.weight", uint64(c.HeadDim))
		rules["self_attn.k_norm.weight"] = norm("attn_k_norm.weight", uint64(c.HeadDim))
	}
	if a.postFF {
		rules["post_attention_layernorm.weight"] = norm("post_attention_norm.weight", hidden)
		rules["pre_feedforward_layernorm.weight"] = norm("ffn_norm.weight", hidden)
		rules["post_feedforward_layernorm.weight"] = norm("post_ffw_norm.weight", hidden)
	}
	return rules
}

// rules are all the tensors that a model may have, by their name in
// safetensors. The embedding's rows are checked by who knows the tokenizer.
func (a architecture) rules(c *config) map[string]rule {
	vocab, hidden := uint64(c.Vocab), uint64(c.Hidden)
	rules := map[string]rule{
		"model.embed_tokens.weight": {name: "token_embd.weight", shape: []uint64{vocab, hidden}},
		"model.norm.weight":         {name: "output_norm.weight", shape: []uint64{hidden}, addOne: a.addOne},
	}
	if tied := a.tied; (c.Tied == nil && !tied) || (c.Tied != nil && !*c.Tied) {
		rules["lm_head.weight"] = rule{name: "output.weight", shape: []uint64{vocab, hidden}}
	}
	for suffix, r := range a.blockRules(c) {
		for i := range c.Layers {
			layer := r
			layer.name = "blk." + strconv.Itoa(int(i)) + "." + r.name
			rules[fmt.Sprintf("model.layers.%d.%s", i, suffix)] = layer
		}
	}
	return rules
}

// planned is a tensor that is to be written.
type planned struct {
	rule
	*source
	kind   uint32 // of GGML
	offset uint64 // in the data of the GGUF
	size   uint64 // there
}

// types of GGML.
const (
	kindF32  = 0
	kindF16  = 1
	kindBF16 = 30
)

// alignment of tensors in the file.
const alignment = 32

func aligned(n uint64) uint64 { return (n + alignment - 1) / alignment * alignment }

// plan matches the tensors that are there with those that the model has, in the
// order in which they lie on disk.
func (a architecture) plan(c *config, f *folder, outcome Type) ([]*planned, error) {
	rules := a.rules(c)
	if extra := unknown(f, rules); extra != nil {
		return nil, fail(Unsupported, extra.path(), extra.name, "%s has no such tensor", c.Architectures[0])
	}
	var out []*planned
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r, s := rules[name], f.tensors[name]
		switch {
		case s == nil && r.optional:
			continue
		case s == nil:
			return nil, fail(Missing, f.files[0].Name(), name, "no shard holds it")
		case widths()[s.dtype] == 0:
			return nil, fail(Unsupported, s.path(), name, "type %s: weights must be F32, F16 or BF16", s.dtype)
		case !slices.Equal(s.shape, r.shape):
			return nil, fail(Corrupt, s.path(), name, "shape %v where config.json asks for %v", s.shape, r.shape)
		}
		out = append(out, &planned{rule: r, source: s, kind: kindOf(s, outcome)})
	}
	slices.SortStableFunc(out, func(x, y *planned) int {
		if by := strings.Compare(x.path(), y.path()); by != 0 {
			return by
		}
		return int(min(max(x.source.offset-y.source.offset, -1), 1))
	})
	return out, nil
}

// madeTensors are those that no shard holds but the config tells, and their
// bytes, padded. They come first.
func madeTensors(c *config) (made []*planned, data []byte) {
	factors := ropeFactors(c)
	if factors == nil {
		return nil, nil
	}
	for _, x := range factors {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	data = append(data, make([]byte, aligned(uint64(len(data)))-uint64(len(data)))...)
	return []*planned{{rule: rule{name: "rope_freqs.weight", shape: []uint64{uint64(len(factors))}}, kind: kindF32}}, data
}

// unknown is a tensor that no rule names, if there is one. An output of its own
// is left where the config ties it to the embedding.
func unknown(f *folder, rules map[string]rule) *source {
	for _, name := range slices.Sorted(maps.Keys(f.tensors)) {
		tied := name == "lm_head.weight"
		if _, ok := rules[name]; !ok && !tied && !ignored(name) {
			return f.tensors[name]
		}
	}
	return nil
}

// kindOf is what a tensor becomes: vectors are F32, as every runner wants them.
func kindOf(s *source, outcome Type) uint32 {
	switch {
	case len(s.shape) < 2 || (outcome == AsStored && s.dtype == "F32"):
		return kindF32
	case outcome == AsStored && s.dtype == "BF16":
		return kindBF16
	}
	return kindF16
}

// lay gives every tensor its place in the data.
func lay(tensors []*planned) (total uint64) {
	for _, t := range tensors {
		n, _ := elements(t.shape())
		t.offset, t.size = total, n*width(t.kind)
		total = aligned(total + t.size)
	}
	return total
}

func (p *planned) shape() []uint64 { return p.rule.shape }

func width(kind uint32) uint64 {
	if kind == kindF32 {
		return 4
	}
	return 2
}
