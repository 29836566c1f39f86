package ollamatest

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"

	"github.com/ollama/ollama/fs/ggml"
)

// The tiny model: a Llama of two layers with random weights over the 256 bytes.
// It babbles; what can be tested with it is the wiring.
const (
	layers  = 2
	width   = 64
	forward = 128
	heads   = 4
	span    = 2048
)

// WriteModel writes the tiny model as GGUF, the same each time.
func WriteModel(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the tiny model: %w", err)
	}
	tokens, kinds := vocabulary()
	err = ggml.WriteGGUF(f, ggml.KV{
		"general.architecture": "llama", "general.file_type": uint32(0), "general.name": "tiny",
		"llama.block_count": uint32(layers), "llama.context_length": uint32(span), "llama.embedding_length": uint32(width),
		"llama.feed_forward_length": uint32(forward), "llama.attention.head_count": uint32(heads),
		"llama.attention.head_count_kv": uint32(heads), "llama.rope.dimension_count": uint32(width / heads),
		"llama.vocab_size": uint32(len(tokens)), "llama.attention.layer_norm_rms_epsilon": float32(1e-5),
		"llama.rope.freq_base": float32(10000),
		"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "default", "tokenizer.ggml.tokens": tokens,
		"tokenizer.ggml.token_type": kinds, "tokenizer.ggml.merges": []string{"a b"},
		"tokenizer.ggml.bos_token_id": uint32(256), "tokenizer.ggml.eos_token_id": uint32(256), "tokenizer.ggml.add_bos_token": false,
	}, tensors(uint64(len(tokens))))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write the tiny model: %w", err)
	}
	return nil
}

// vocabulary is a token a byte, written as GPT-2 does (a printable rune for
// each), one that merges need, and the end of the text.
func vocabulary() (tokens []string, kinds []int32) {
	next := rune(256)
	for b := range rune(256) {
		switch {
		case b >= '!' && b <= '~', b >= 0xa1 && b <= 0xac, b >= 0xae:
			tokens = append(tokens, string(b))
		default:
			tokens = append(tokens, string(next))
			next++
		}
		kinds = append(kinds, 1)
	}
	return append(tokens, "<|eos|>", "ab"), append(kinds, 3, 1)
}

// tensors have their fastest dimension first.
func tensors(vocab uint64) []*ggml.Tensor {
	random := rand.New(rand.NewPCG(7, 7))
	var out []*ggml.Tensor
	add := func(name string, shape ...uint64) {
		out = append(out, &ggml.Tensor{Name: name + ".weight", Shape: shape, WriterTo: weights(random, shape)})
	}
	add("token_embd", width, vocab)
	add("output_norm", width)
	add("output", width, vocab)
	for i := range layers {
		block := fmt.Sprintf("blk.%d.", i)
		add(block+"attn_norm", width)
		add(block+"ffn_norm", width)
		for _, name := range []string{"attn_q", "attn_k", "attn_v", "attn_output"} {
			add(block+name, width, width)
		}
		add(block+"ffn_gate", width, forward)
		add(block+"ffn_up", width, forward)
		add(block+"ffn_down", forward, width)
	}
	return out
}

// floats are written little-endian.
type floats []float32

// weights are ones for a norm, small random numbers for a matrix.
func weights(random *rand.Rand, shape []uint64) floats {
	n := uint64(1)
	for _, d := range shape {
		n *= d
	}
	out := make(floats, n)
	for i := range out {
		if out[i] = 1; len(shape) > 1 {
			out[i] = float32(random.NormFloat64() / math.Sqrt(float64(shape[0])))
		}
	}
	return out
}

// WriteTo implements io.WriterTo.
func (f floats) WriteTo(w io.Writer) (int64, error) {
	return int64(4 * len(f)), binary.Write(w, binary.LittleEndian, []float32(f))
}
