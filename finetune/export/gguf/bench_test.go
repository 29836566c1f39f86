package gguf_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
)

// BenchmarkConvert converts a model of 1 GB and copies the same bytes with cp,
// in turns, both down to the disk: "of-cp" is the speed as a share of cp's.
func BenchmarkConvert(b *testing.B) {
	for name, digest := range map[string]bool{"BF16": false, "F16": false, "BF16 with its digest": true} {
		dtype, _, _ := strings.Cut(name, " ")
		b.Run(name, func(b *testing.B) {
			dir := large(b, dtype)
			shard := filepath.Join(dir, "model.safetensors")
			out := b.TempDir()
			var own, cp time.Duration
			var peak uint64
			for b.Loop() {
				start := time.Now()
				res, err := gguf.Convert(b.Context(), dir, filepath.Join(out, "m.gguf"), gguf.Options{Digest: digest})
				own += time.Since(start)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(res.Size)
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.Sys)
				start = time.Now()
				copied := filepath.Join(out, "copy")
				if msg, err := exec.CommandContext(b.Context(), "sh", "-c", `cp --reflink=never "$0" "$1" && sync "$1"`, shard, copied).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, msg)
				}
				cp += time.Since(start)
				os.Remove(filepath.Join(out, "m.gguf"))
				os.Remove(copied)
			}
			b.ReportMetric(own.Seconds()/float64(b.N), "s/convert")
			b.ReportMetric(cp.Seconds()/float64(b.N), "s/cp")
			b.ReportMetric(cp.Seconds()/own.Seconds(), "of-cp")
			b.ReportMetric(float64(peak)/(1<<20), "MB-memory")
		})
	}
}

// large writes a Llama of 1 GB, eight layers of 2048, without holding it in
// memory.
func large(b *testing.B, dtype string) string {
	b.Helper()
	m := tiny.New("LlamaForCausalLM", dtype, 1, 64)
	const width, layers = 2048, 8
	for key, n := range map[string]int{"hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": layers} {
		m.Config[key] = n
	}
	block := make([]byte, 8*width*width)
	random := rand.New(rand.NewPCG(3, 4))
	for i := 0; i < len(block); i += 2 {
		block[i], block[i+1] = byte(random.Uint32()), byte(0x3c|random.Uint32()&0x82) // about 0.02
	}
	fill := func(name string, shape ...int) {
		n := 2
		for _, d := range shape {
			n *= d
		}
		m.Tensors[name] = tiny.Tensor{DType: dtype, Shape: shape, Data: block[:n]}
	}
	clear(m.Tensors)
	fill("model.embed_tokens.weight", 264, width)
	fill("lm_head.weight", 264, width)
	fill("model.norm.weight", width)
	for i := range layers {
		at := fmt.Sprintf("model.layers.%d.", i)
		fill(at+"input_layernorm.weight", width)
		fill(at+"post_attention_layernorm.weight", width)
		for _, name := range []string{"q_proj", "o_proj"} {
			fill(at+"self_attn."+name+".weight", width, width)
		}
		for _, name := range []string{"k_proj", "v_proj"} {
			fill(at+"self_attn."+name+".weight", width/2, width)
		}
		fill(at+"mlp.gate_proj.weight", 4*width, width)
		fill(at+"mlp.up_proj.weight", 4*width, width)
		fill(at+"mlp.down_proj.weight", width, 4*width)
	}
	return m.Write(b)
}
