// Package estimate tells what a fine-tuning takes before anything is queued:
// memory by part, time, cost, the smallest card that does, and, where a job
// cannot fit, which knob to turn and how far. It is arithmetic on the shape of
// the base model; a GB is 10⁹ bytes. Cards have GiB, and the 7 % between the two
// is left to what the allocator loses to fragments.
package estimate

import (
	"fmt"
	"slices"
	"strings"
)

// Shape is what decides the size of a decoder with gated feed-forward layers:
// Llama and its like.
type Shape struct {
	Name         string `json:"name"`
	Layers       int    `json:"layers"`
	Hidden       int    `json:"hidden"`
	Intermediate int    `json:"intermediate"`
	Heads        int    `json:"heads"`
	KVHeads      int    `json:"kv_heads"`
	HeadDim      int    `json:"head_dim"`
	Vocab        int    `json:"vocabulary"`
	Tied         bool   `json:"tied"`            // the output layer is the embedding
	QKVBias      bool   `json:"qkv_bias"`        // queries, keys and values have biases
	OutBias      bool   `json:"out_bias"`        // and the attention's output
	QKNorm       bool   `json:"qk_norm"`         // queries and keys are normalised by head
	Norms        int    `json:"norms"`           // in a layer
	Eager        bool   `json:"eager_attention"` // attention keeps its scores: nothing fused is used
}

// Module is a linear module that each layer has.
type Module struct {
	Name    string
	In, Out int
}

// Modules are the linear modules of a layer.
func (s *Shape) Modules() []Module {
	q, kv := s.Heads*s.HeadDim, s.KVHeads*s.HeadDim
	return []Module{
		{"q_proj", s.Hidden, q}, {"k_proj", s.Hidden, kv}, {"v_proj", s.Hidden, kv}, {"o_proj", q, s.Hidden},
		{"gate_proj", s.Hidden, s.Intermediate}, {"up_proj", s.Hidden, s.Intermediate}, {"down_proj", s.Intermediate, s.Hidden},
	}
}

// Linears is how many parameters the linear modules of all layers have: what is
// quantized.
func (s *Shape) Linears() int64 {
	var n int64
	for _, m := range s.Modules() {
		n += int64(m.In) * int64(m.Out)
	}
	return n * int64(s.Layers)
}

// Embeddings is how many parameters the embedding and the output layer have.
func (s *Shape) Embeddings() int64 {
	n := int64(s.Vocab) * int64(s.Hidden)
	if s.Tied {
		return n
	}
	return 2 * n
}

// Others is how many parameters are never quantized: embeddings, norms, biases.
func (s *Shape) Others() int64 {
	layer := s.Norms * s.Hidden
	if s.QKVBias {
		layer += (s.Heads + 2*s.KVHeads) * s.HeadDim
	}
	if s.OutBias {
		layer += s.Hidden
	}
	if s.QKNorm {
		layer += 2 * s.HeadDim
	}
	return s.Embeddings() + int64(s.Layers)*int64(layer) + int64(s.Hidden)
}

// Parameters is how many the model has.
func (s *Shape) Parameters() int64 { return s.Linears() + s.Others() }

// targets are the modules that get adapters.
func (s *Shape) targets(kind string, names []string) ([]Module, error) {
	count := map[string]int{"all-linear": 7, "attention": 4, "qkv": 3}[kind]
	all := s.Modules()
	if count > 0 {
		return all[:count], nil
	}
	var known []string
	for _, m := range all {
		known = append(known, m.Name)
	}
	var out []Module
	for _, name := range names {
		i := slices.Index(known, name[strings.LastIndex(name, ".")+1:])
		if i < 0 {
			return nil, fmt.Errorf("%s has no module %q in its layers; it has %s", s.Name, name, strings.Join(known, ", "))
		}
		out = append(out, all[i])
	}
	return out, nil
}

// adapter is how many parameters adapters of a rank have on modules.
func (s *Shape) adapter(on []Module, rank int) int64 {
	var n int64
	for _, m := range on {
		n += int64(rank) * int64(m.In+m.Out)
	}
	return n * int64(s.Layers)
}
