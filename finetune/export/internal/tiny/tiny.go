// Package tiny writes folders of small random models, as trainers save them,
// for the tests of what converts and imports them.
package tiny

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Tensor is one of a model that a test writes.
type Tensor struct {
	DType string
	Shape []int
	Data  []byte
}

// Model is a folder of safetensors that a test writes.
type Model struct {
	Config  map[string]any
	Tensors map[string]Tensor
	Shards  int
}

// New makes a model of a class, of random numbers of a type, with a vocabulary
// of 264.
func New(class, dtype string, layers, width int) *Model {
	m := &Model{Shards: 1, Tensors: map[string]Tensor{}, Config: map[string]any{
		"architectures": []string{class}, "vocab_size": 264, "hidden_size": width, "num_hidden_layers": layers,
		"intermediate_size": 2 * width, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 2048,
		"rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false,
	}}
	random := rand.New(rand.NewPCG(1, 2))
	add := func(name string, shape ...int) { m.Tensors[name] = random16(random, dtype, shape...) }
	add("model.embed_tokens.weight", 264, width)
	add("lm_head.weight", 264, width)
	add("model.norm.weight", width)
	for i := range layers {
		at := fmt.Sprintf("model.layers.%d.", i)
		for _, norm := range norms(class) {
			add(at+norm+".weight", width)
		}
		add(at+"self_attn.q_proj.weight", width, width)
		add(at+"self_attn.k_proj.weight", width/2, width)
		add(at+"self_attn.v_proj.weight", width/2, width)
		add(at+"self_attn.o_proj.weight", width, width)
		add(at+"mlp.gate_proj.weight", 2*width, width)
		add(at+"mlp.up_proj.weight", 2*width, width)
		add(at+"mlp.down_proj.weight", width, 2*width)
		switch class {
		case "Qwen2ForCausalLM":
			add(at+"self_attn.q_proj.bias", width)
			add(at+"self_attn.k_proj.bias", width/2)
			add(at+"self_attn.v_proj.bias", width/2)
		case "Qwen3ForCausalLM", "Gemma3ForCausalLM":
			add(at+"self_attn.q_norm.weight", width/4)
			add(at+"self_attn.k_norm.weight", width/4)
		}
	}
	return m
}

func norms(class string) []string {
	out := []string{"input_layernorm", "post_attention_layernorm"}
	if class == "Gemma2ForCausalLM" || class == "Gemma3ForCausalLM" {
		out = append(out, "pre_feedforward_layernorm", "post_feedforward_layernorm")
	}
	return out
}

// random16 are small numbers, of a type.
func random16(random *rand.Rand, dtype string, shape ...int) Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	t := Tensor{DType: dtype, Shape: shape}
	for range n {
		x := float32(random.NormFloat64() / 8)
		if len(shape) == 1 {
			x++
		}
		if dtype == "F32" {
			t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(x))
		} else {
			t.Data = binary.LittleEndian.AppendUint16(t.Data, uint16(math.Float32bits(x)>>16))
		}
	}
	return t
}

// Write writes the model into a new folder.
func (m *Model) Write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	WriteJSON(t, filepath.Join(dir, "config.json"), m.Config)
	WriteJSON(t, filepath.Join(dir, "tokenizer.json"), Tokenizer())
	WriteJSON(t, filepath.Join(dir, "tokenizer_config.json"), map[string]any{
		"bos_token": "<|bos|>", "eos_token": map[string]any{"content": "<|im_end|>"}, "pad_token": nil,
		"add_bos_token": false, "chat_template": "{{ messages }}",
	})
	if m.Shards == 1 {
		WriteShard(t, filepath.Join(dir, "model.safetensors"), m.Tensors)
		return dir
	}
	index := map[string]string{}
	parts := make([]map[string]Tensor, m.Shards)
	for i, name := range slices.Sorted(maps.Keys(m.Tensors)) {
		n := i % m.Shards
		if parts[n] == nil {
			parts[n] = map[string]Tensor{}
		}
		parts[n][name] = m.Tensors[name]
		index[name] = Shard(n, m.Shards)
	}
	for n, part := range parts {
		WriteShard(t, filepath.Join(dir, Shard(n, m.Shards)), part)
	}
	WriteJSON(t, filepath.Join(dir, "model.safetensors.index.json"), map[string]any{"weight_map": index})
	return dir
}

// Shard names a file of several.
func Shard(n, of int) string { return fmt.Sprintf("model-%05d-of-%05d.safetensors", n+1, of) }

// WriteJSON writes a value.
func WriteJSON(t testing.TB, path string, v any) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// WriteShard writes a safetensors file.
func WriteShard(t testing.TB, path string, tensors map[string]Tensor) {
	t.Helper()
	header, at := map[string]any{"__metadata__": map[string]string{"format": "pt"}}, 0
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		x := tensors[name]
		header[name] = map[string]any{"dtype": x.DType, "shape": x.Shape, "data_offsets": []int{at, at + len(x.Data)}}
		at += len(x.Data)
	}
	raw, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parts := [][]byte{binary.LittleEndian.AppendUint64(nil, uint64(len(raw))), raw}
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		parts = append(parts, tensors[name].Data)
	}
	for _, part := range parts {
		if _, err := f.Write(part); err != nil {
			t.Fatal(err)
		}
	}
}

// Tokenizer has a token a byte, some merges, and three special tokens; two
// ids of the model have none.
func Tokenizer() map[string]any {
	vocab, next := map[string]int{}, rune(256)
	for b := range rune(256) {
		if b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae {
			vocab[string(b)] = int(b)
			continue
		}
		vocab[string(next)] = int(b)
		next++
	}
	vocab["th"], vocab["the"] = 256, 257
	added := []map[string]any{}
	for i, name := range []string{"<|bos|>", "<|im_start|>", "<|im_end|>", "<|note|>"} {
		added = append(added, map[string]any{"id": 258 + i, "content": name, "special": i < 3})
	}
	return map[string]any{
		"added_tokens":  added,
		"pre_tokenizer": map[string]any{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
		"model":         map[string]any{"type": "BPE", "vocab": vocab, "merges": [][]string{{"t", "h"}, {"th", "e"}}},
	}
}

// Random is a tensor of small random numbers.
func Random(dtype string, shape ...int) Tensor {
	return random16(rand.New(rand.NewPCG(5, 6)), dtype, shape...)
}

// SentencePiece is a tokenizer of 264 tokens that falls back to bytes, as those
// of Gemma and of Llama 2 do.
func SentencePiece() map[string]any {
	vocab := map[string]int{"<pad>": 0, "<eos>": 1, "<bos>": 2, "<unk>": 3, "▁": 260, "a": 261, "b": 262, "ab": 263}
	for b := range 256 {
		vocab[fmt.Sprintf("<0x%02X>", b)] = 4 + b
	}
	added := []map[string]any{}
	for id, name := range []string{"<pad>", "<eos>", "<bos>", "<unk>"} {
		added = append(added, map[string]any{"id": id, "content": name, "special": true})
	}
	return map[string]any{
		"added_tokens": added,
		"normalizer":   map[string]any{"type": "Replace", "pattern": map[string]any{"String": " "}, "content": "▁"},
		"model":        map[string]any{"type": "BPE", "vocab": vocab, "merges": []string{"a b"}, "byte_fallback": true, "unk_token": "<unk>"},
	}
}
