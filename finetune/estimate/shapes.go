package estimate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// known are the shapes of the models that jobs name by id, from their
// config.json.
func known() []Shape {
	llama := func(name string, layers, hidden, intermediate, heads, kv, dim, vocab int, tied bool) Shape {
		return Shape{Name: name, Layers: layers, Hidden: hidden, Intermediate: intermediate, Heads: heads, KVHeads: kv, HeadDim: dim, Vocab: vocab, Tied: tied, Norms: 2}
	}
	qwen2 := func(name string, layers, hidden, intermediate, heads, kv, dim, vocab int, tied bool) Shape {
		s := llama(name, layers, hidden, intermediate, heads, kv, dim, vocab, tied)
		s.QKVBias = true
		return s
	}
	qwen3 := func(name string, layers, hidden, intermediate, heads, kv int, tied bool) Shape {
		s := llama(name, layers, hidden, intermediate, heads, kv, 128, 151936, tied)
		s.QKNorm = true
		return s
	}
	gemma := func(name string, layers, hidden, intermediate, heads, kv, vocab int, third bool) Shape {
		s := llama(name, layers, hidden, intermediate, heads, kv, 256, vocab, true)
		s.Norms, s.Eager, s.QKNorm = 4, true, third
		return s
	}
	return []Shape{
		llama("yandexgpt-5-lite-8b", 32, 4096, 14336, 32, 8, 128, 129024, false),
		qwen2("qwen2.5-0.5b", 24, 896, 4864, 14, 2, 64, 151936, true),
		qwen2("qwen2.5-1.5b", 28, 1536, 8960, 12, 2, 128, 151936, true),
		qwen2("qwen2.5-3b", 36, 2048, 11008, 16, 2, 128, 151936, true),
		qwen2("qwen2.5-7b", 28, 3584, 18944, 28, 4, 128, 152064, false),
		qwen2("qwen2.5-14b", 48, 5120, 13824, 40, 8, 128, 152064, false),
		qwen2("qwen2.5-32b", 64, 5120, 27648, 40, 8, 128, 152064, false),
		qwen2("t-lite", 28, 3584, 18944, 28, 4, 128, 152064, false),
		qwen3("qwen3-0.6b", 28, 1024, 3072, 16, 8, true),
		qwen3("qwen3-1.7b", 28, 2048, 6144, 16, 8, true),
		qwen3("qwen3-4b", 36, 2560, 9728, 32, 8, true),
		qwen3("qwen3-8b", 36, 4096, 12288, 32, 8, false),
		qwen3("qwen3-14b", 40, 5120, 17408, 40, 8, false),
		llama("llama-3.2-1b", 16, 2048, 8192, 32, 8, 64, 128256, true),
		llama("llama-3.2-3b", 28, 3072, 8192, 24, 8, 128, 128256, true),
		llama("llama-3.1-8b", 32, 4096, 14336, 32, 8, 128, 128256, false),
		llama("llama-3-8b", 32, 4096, 14336, 32, 8, 128, 128256, false),
		llama("llama-3.1-70b", 80, 8192, 28672, 64, 8, 128, 128256, false),
		llama("llama-2-7b", 32, 4096, 11008, 32, 32, 128, 32000, false),
		llama("llama-2-70b", 80, 8192, 28672, 64, 8, 128, 32000, false),
		llama("llama-65b", 80, 8192, 22016, 64, 64, 128, 32000, false),
		gemma("gemma-2-2b", 26, 2304, 9216, 8, 4, 256000, false),
		gemma("gemma-2-9b", 42, 3584, 14336, 16, 8, 256000, false),
		gemma("gemma-3-1b", 26, 1152, 6912, 4, 1, 262144, true),
		gemma("gemma-3-4b", 34, 2560, 10240, 8, 4, 262208, true),
		gemma("gemma-3-12b", 48, 3840, 15360, 16, 8, 262208, true),
		llama("mistral-7b", 32, 4096, 14336, 32, 8, 128, 32768, false),
		llama("mistral-nemo", 40, 5120, 14336, 32, 8, 128, 131072, false),
		llama("vikhr-nemo-12b", 40, 5120, 14336, 32, 8, 128, 131072, false),
	}
}

// lookup is the shape of a model by its id; variants of a model (-instruct, -it,
// -bnb-4bit) have its shape.
func lookup(id string) (Shape, error) {
	name := strings.ToLower(id[strings.LastIndex(id, "/")+1:])
	name = strings.TrimPrefix(name, "meta-")
	name = regexp.MustCompile(`-(instruct|pretrain|base|chat|it|pt|hf|unsloth|bnb|4bit|gguf|2407|v0\.\d|1\.0|2\.1|r-21-09-24)\b`).ReplaceAllString(name, "")
	all := known()
	if i := slices.IndexFunc(all, func(s Shape) bool { return s.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Shape{}, fmt.Errorf("%q is no folder with a config.json, and no model whose shape is known: write the path of a folder, or give a copy of the model's config.json: --config FILE", id)
}
