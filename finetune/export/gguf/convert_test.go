package gguf_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/ollama/ollama/convert"
	"github.com/ollama/ollama/fs/ggml"

	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
)

// decoded is a GGUF file as Ollama reads it.
type decoded struct {
	kv   ggml.KV
	data map[string][]float32
	kind map[string]uint32
}

func decode(t *testing.T, path string) decoded {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := ggml.Decode(f, -1)
	if err != nil {
		t.Fatalf("Ollama cannot read it: %v", err)
	}
	out := decoded{kv: g.KV(), data: map[string][]float32{}, kind: map[string]uint32{}}
	for _, x := range g.Tensors().Items() {
		raw := make([]byte, x.Size())
		if _, err := f.ReadAt(raw, int64(g.Tensors().Offset+x.Offset)); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprint(x.Name, x.Shape)
		out.kind[name] = x.Kind
		out.data[name] = floats(x.Kind, raw)
	}
	return out
}

func floats(kind uint32, raw []byte) []float32 {
	var out []float32
	for len(raw) > 0 {
		switch kind {
		case 0:
			out, raw = append(out, math.Float32frombits(binary.LittleEndian.Uint32(raw))), raw[4:]
		case 1:
			out, raw = append(out, gguf.Single(binary.LittleEndian.Uint16(raw))), raw[2:]
		default:
			out, raw = append(out, math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw))<<16)), raw[2:]
		}
	}
	return out
}

func TestAModelIsWhatOllamasConverterMakesOfIt(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"LlamaForCausalLM", "Qwen2ForCausalLM", "GemmaForCausalLM", "Gemma2ForCausalLM", "Gemma3ForCausalLM"} {
		for _, dtype := range []string{"F32", "BF16"} {
			t.Run(class+" "+dtype, func(t *testing.T) {
				t.Parallel()
				m := tiny.New(class, dtype, 2, 64)
				if class[0] == 'G' {
					delete(m.Tensors, "lm_head.weight")
					delete(m.Config, "tie_word_embeddings")
					m.Config["head_dim"] = 16
				}
				dir := m.Write(t)
				path := filepath.Join(t.TempDir(), "own.gguf")
				if _, err := gguf.Convert(t.Context(), dir, path, gguf.Options{}); err != nil {
					t.Fatal(err)
				}
				theirs, err := os.Create(filepath.Join(t.TempDir(), "theirs.gguf"))
				if err != nil {
					t.Fatal(err)
				}
				defer theirs.Close()
				if err := convert.ConvertModel(os.DirFS(dir), theirs); err != nil {
					t.Fatal(err)
				}
				compare(t, decode(t, path), decode(t, theirs.Name()))
			})
		}
	}
}

func compare(t *testing.T, own, theirs decoded) {
	t.Helper()
	if len(own.data) != len(theirs.data) {
		t.Errorf("%d tensors, theirs are %d", len(own.data), len(theirs.data))
	}
	for name, want := range theirs.data {
		got := own.data[name]
		if len(got) != len(want) {
			t.Errorf("%s: %d numbers of %d", name, len(got), len(want))
			continue
		}
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-3*math.Abs(float64(want[i]))+1e-6 {
				t.Errorf("%s[%d] is %v, theirs %v", name, i, got[i], want[i])
				break
			}
		}
	}
	for _, key := range []string{"block_count", "embedding_length", "feed_forward_length", "attention.head_count", "attention.head_count_kv", "context_length", "attention.key_length"} {
		if got, want := own.kv.Uint(key), theirs.kv.Uint(key); got != want {
			t.Errorf("%s is %d, theirs %d", key, got, want)
		}
	}
	for _, key := range []string{"attention.layer_norm_rms_epsilon"} {
		if got, want := own.kv.Float(key), theirs.kv.Float(key); got != want {
			t.Errorf("%s is %v, theirs %v", key, got, want)
		}
	}
	if got, want := own.kv.Strings("tokenizer.ggml.tokens"), theirs.kv.Strings("tokenizer.ggml.tokens"); len(got) != 264 || fmt.Sprint(got[:262]) != fmt.Sprint(want[:262]) {
		t.Errorf("tokens: %d, %d", len(got), len(want))
	}
	if got, want := own.kv.Strings("tokenizer.ggml.merges"), theirs.kv.Strings("tokenizer.ggml.merges"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("merges: %v, %v", got, want)
	}
}

func TestWhatIsWrittenIsWhatIsTold(t *testing.T) {
	t.Parallel()
	m := tiny.New("MistralForCausalLM", "BF16", 2, 64)
	m.Shards = 3
	path := filepath.Join(t.TempDir(), "m.gguf")
	var last, total int64
	yes := true
	res, err := gguf.Convert(t.Context(), m.Write(t), path, gguf.Options{Name: "маша", Digest: true, Template: "{{ 'а' }}", AddBOS: &yes, Progress: func(done, of int64) {
		if done <= last {
			t.Errorf("%d after %d", done, last)
		}
		last, total = done, of
	}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if res.Size != int64(len(raw)) || last != res.Size || total != res.Size || res.Digest != fmt.Sprintf("sha256:%x", sha256.Sum256(raw)) || res.Converter != "gorod" {
		t.Errorf("%+v; %d bytes, progress %d of %d", res, len(raw), last, total)
	}
	info, err := gguf.Inspect(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Architecture != "llama" || info.Name != "маша" || info.FileType != 1 || info.Tensors != res.Tensors || !info.AddBOS ||
		info.BOS != "<|bos|>" || info.EOS != "<|im_end|>" || info.Template != "{{ 'а' }}" || info.Kind != "model" || info.Context != 2048 {
		t.Errorf("%+v", info)
	}
}

func TestBfloat16StaysWhereItIsAskedTo(t *testing.T) {
	t.Parallel()
	m := tiny.New("Qwen3ForCausalLM", "BF16", 1, 64)
	path := filepath.Join(t.TempDir(), "m.gguf")
	if _, err := gguf.Convert(t.Context(), m.Write(t), path, gguf.Options{Type: gguf.AsStored}); err != nil {
		t.Fatal(err)
	}
	d := decode(t, path)
	embedding := m.Tensors["model.embed_tokens.weight"]
	if got := d.data["token_embd.weight[64 264]"]; d.kind["token_embd.weight[64 264]"] != 30 || fmt.Sprint(got) != fmt.Sprint(floats(30, embedding.Data)) {
		t.Error("the embedding has changed")
	}
	if d.kind["blk.0.attn_q_norm.weight[16]"] != 0 || d.kv.Architecture() != "qwen3" || d.kv.Uint("attention.key_length") != 16 {
		t.Errorf("%v", d.kind)
	}
}

// Llama 3 and transformers 5 say otherwise how positions are told.
func TestRopeIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	scaling := map[string]any{
		"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
		"original_max_position_embeddings": 512, "rope_theta": 500000.0,
	}
	for key, setting := range map[string]map[string]any{
		"transformers 4": {"rope_theta": 500000.0, "rope_scaling": scaling},
		"transformers 5": {"rope_parameters": scaling, "rope_theta": nil},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			m := tiny.New("LlamaForCausalLM", "F32", 1, 64)
			for k, v := range setting {
				m.Config[k] = v
			}
			path := filepath.Join(t.TempDir(), "m.gguf")
			if _, err := gguf.Convert(t.Context(), m.Write(t), path, gguf.Options{}); err != nil {
				t.Fatal(err)
			}
			d := decode(t, path)
			factors := d.data["rope_freqs.weight[8]"]
			if len(factors) != 8 || factors[0] != 1 || factors[7] != 8 || d.kv.Float("rope.freq_base") != 500000 {
				t.Errorf("%v, base %v", factors, d.kv.Float("rope.freq_base"))
			}
		})
	}
}

func TestTwoConversionsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	dir, out := tiny.New("LlamaForCausalLM", "F32", 2, 64).Write(t), t.TempDir()
	var files [2][]byte
	for i := range files {
		path := filepath.Join(out, fmt.Sprint(i))
		if _, err := gguf.Convert(t.Context(), dir, path, gguf.Options{}); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i], err = io.ReadAll(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("they differ")
	}
}

func TestSentencePieceMergesByTheRankOfItsMerges(t *testing.T) {
	t.Parallel()
	m := tiny.New("LlamaForCausalLM", "F32", 1, 64)
	dir := m.Write(t)
	tok := tiny.SentencePiece()
	tok["post_processor"] = map[string]any{"single": []any{map[string]any{"SpecialToken": map[string]any{"id": "<bos>"}}}}
	tiny.WriteJSON(t, filepath.Join(dir, "tokenizer.json"), tok)
	tiny.WriteJSON(t, filepath.Join(dir, "tokenizer_config.json"), map[string]any{"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>"})
	tiny.WriteJSON(t, filepath.Join(dir, "generation_config.json"), map[string]any{"eos_token_id": []int{1, 0}})
	path := filepath.Join(t.TempDir(), "m.gguf")
	if _, err := gguf.Convert(t.Context(), dir, path, gguf.Options{}); err != nil {
		t.Fatal(err)
	}
	kv := decode(t, path).kv
	scores, types := kv.Floats("tokenizer.ggml.scores"), kv.Ints("tokenizer.ggml.token_type")
	if kv.String("tokenizer.ggml.model") != "llama" || scores[263] != 0 || scores[261] >= scores[263] || types[3] != 2 || types[4] != 6 || types[2] != 3 || types[261] != 1 {
		t.Errorf("%s, scores %v, types %v", kv.String("tokenizer.ggml.model"), scores[260:], types[:5])
	}
	if !kv.Bool("tokenizer.ggml.add_bos_token") || kv.Bool("tokenizer.ggml.add_space_prefix", true) || kv.Uint("tokenizer.ggml.eot_token_id") != 0 || fmt.Sprint(kv.Ints("tokenizer.ggml.eos_token_ids")) != "[1 0]" {
		t.Errorf("first token %v, space %v, ends %v", kv.Bool("tokenizer.ggml.add_bos_token"), kv.Bool("tokenizer.ggml.add_space_prefix", true), kv.Ints("tokenizer.ggml.eos_token_ids"))
	}
}
