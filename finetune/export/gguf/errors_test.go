package gguf_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
)

func TestABadModelIsRefusedWithFileAndTensor(t *testing.T) {
	t.Parallel()
	const q = "model.layers.0.self_attn.q_proj.weight"
	for name, test := range map[string]struct {
		spoil  func(m *tiny.Model)
		damage func(t *testing.T, dir string)
		kind   gguf.Kind
		want   []string
	}{
		"a shard that is cut off":  {damage: cut("model-00002-of-00003.safetensors", -100), kind: gguf.Corrupt, want: []string{"model-00002-of-00003.safetensors: tensor ", "cut off"}},
		"a header that is cut off": {damage: cut("model-00001-of-00003.safetensors", 20), kind: gguf.Corrupt, want: []string{"model-00001-of-00003", "header"}},
		"a shard that is empty":    {damage: cut("model-00003-of-00003.safetensors", 0), kind: gguf.Corrupt, want: []string{"model-00003-of-00003", "header"}},
		"a shard that is no such file": {damage: func(t *testing.T, dir string) {
			overwrite(t, filepath.Join(dir, "model-00001-of-00003.safetensors"), []byte("<html>404 not found</html>"))
		}, kind: gguf.Corrupt, want: []string{"model-00001-of-00003", "no safetensors"}},
		"a shard that is not there": {damage: func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "model-00002-of-00003.safetensors")) },
			kind: gguf.Missing, want: []string{"model-00002-of-00003"}},
		"a tensor that is not there": {spoil: func(m *tiny.Model) { delete(m.Tensors, q) }, kind: gguf.Missing, want: []string{q}},
		"a tensor that nobody knows": {spoil: func(m *tiny.Model) { m.Tensors["model.vision.weight"] = tiny.Random("F32", 4) }, kind: gguf.Unsupported, want: []string{"model.vision.weight"}},
		"another shape":              {spoil: func(m *tiny.Model) { m.Tensors[q] = tiny.Random("F32", 64, 32) }, kind: gguf.Corrupt, want: []string{q, "[64 32]", "[64 64]"}},
		"weights of 4 bits": {spoil: func(m *tiny.Model) {
			m.Tensors[q] = tiny.Tensor{DType: "U8", Shape: []int{2048, 1}, Data: make([]byte, 2048)}
		},
			kind: gguf.Unsupported, want: []string{q, "U8"}},
		"a quantized config": {spoil: func(m *tiny.Model) { m.Config["quantization_config"] = map[string]any{"load_in_4bit": true} }, kind: gguf.Unsupported, want: []string{"quantized"}},
		"no numbers": {spoil: func(m *tiny.Model) {
			for i := range 4 {
				m.Tensors[q].Data[400+i] = 0xff
			}
		}, kind: gguf.Corrupt, want: []string{q, "not finite"}},
		"heads that do not divide":      {spoil: func(m *tiny.Model) { m.Config["num_attention_heads"] = 5 }, kind: gguf.Corrupt, want: []string{"config.json", "heads"}},
		"scaling of positions":          {spoil: func(m *tiny.Model) { m.Config["rope_scaling"] = map[string]any{"rope_type": "longrope"} }, kind: gguf.Unsupported, want: []string{"longrope"}},
		"a config that is no JSON":      {damage: func(t *testing.T, dir string) { overwrite(t, filepath.Join(dir, "config.json"), []byte("{")) }, kind: gguf.Corrupt, want: []string{"config.json"}},
		"a tokenizer that is too large": {spoil: func(m *tiny.Model) { m.Config["vocab_size"] = 100 }, kind: gguf.Corrupt, want: []string{"tokenizer.json", "262 tokens"}},
		"a pre-tokenizer that is not known": {damage: func(t *testing.T, dir string) {
			tok := tiny.Tokenizer()
			tok["pre_tokenizer"] = map[string]any{"type": "Sequence", "pretokenizers": []any{
				map[string]any{"type": "Split", "pattern": map[string]any{"Regex": `\w+`}}, map[string]any{"type": "ByteLevel", "use_regex": false},
			}}
			tiny.WriteJSON(t, filepath.Join(dir, "tokenizer.json"), tok)
		}, kind: gguf.Unsupported, want: []string{"pre-tokenizer", "llama.cpp"}},
		"a shard outside the folder": {damage: func(t *testing.T, dir string) {
			tiny.WriteJSON(t, filepath.Join(dir, "model.safetensors.index.json"), map[string]any{"weight_map": map[string]string{q: "../x.safetensors"}})
		}, kind: gguf.Corrupt, want: []string{"../x.safetensors"}},
		"a token id that is the greatest number": {damage: func(t *testing.T, dir string) {
			tok := tiny.Tokenizer()
			tok["added_tokens"] = []any{map[string]any{"id": math.MaxInt64, "content": "<x>"}}
			tiny.WriteJSON(t, filepath.Join(dir, "tokenizer.json"), tok)
		}, kind: gguf.Corrupt, want: []string{"tokenizer.json", "9223372036854775807"}},
		"more layers than anyone has": {spoil: func(m *tiny.Model) { m.Config["num_hidden_layers"] = 1 << 24 }, kind: gguf.Corrupt, want: []string{"num_hidden_layers is 16777216"}},
		"a tensor that is named twice": {damage: header(`{` + strings.Repeat(`"`+strings.Repeat("x", 8)+`":{},`, 3) + `"y":{}}`),
			kind: gguf.Corrupt, want: []string{"model-00001-of-00003", "twice"}},
		"a header that is a list": {damage: header(`[1, 2]`), kind: gguf.Corrupt, want: []string{"model-00001-of-00003", "no JSON object"}},
		"tensors that share bytes": {damage: header(`{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}`),
			kind: gguf.Corrupt, want: []string{"model-00001-of-00003", "tensor b", "lies over a"}},
		"a class that nobody knows": {spoil: func(m *tiny.Model) { m.Config["architectures"] = []string{"GigaChatForCausalLM"} }, kind: gguf.Unsupported, want: []string{"GigaChatForCausalLM", "llama.cpp"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := tiny.New("LlamaForCausalLM", "F32", 1, 64)
			if m.Shards = 3; test.spoil != nil {
				test.spoil(m)
			}
			dir, out := m.Write(t), t.TempDir()
			if test.damage != nil {
				test.damage(t, dir)
			}
			_, err := gguf.Convert(t.Context(), dir, filepath.Join(out, "m.gguf"), gguf.Options{})
			if !gguf.IsKind(err, test.kind) {
				t.Errorf("not %s: %v", test.kind, err)
			}
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
			if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}

func cut(name string, size int64) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err == nil {
			if size < 0 {
				size += info.Size()
			}
			err = os.Truncate(path, size)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// header puts another header into the first shard.
func header(text string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		raw := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
		overwrite(t, filepath.Join(dir, "model-00001-of-00003.safetensors"), append(raw, make([]byte, 64)...))
	}
}

func overwrite(t *testing.T, path string, data []byte) {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestAFullDiskIsSaidAndLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	dir := tiny.New("LlamaForCausalLM", "F32", 2, 64).Write(t)
	for _, err := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		for _, after := range []int64{0, 10_000, 200_000} {
			got := gguf.WriteTo(t.Context(), dir, &gguf.Disk{Room: after, Err: err})
			if !gguf.IsKind(got, gguf.Full) || !errors.Is(got, err) || !strings.Contains(got.Error(), "out.gguf") {
				t.Errorf("%v after %d bytes: %v", err, after, got)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "m.gguf")
	overwrite(t, path, []byte("what was there"))
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := gguf.Convert(ctx, dir, path, gguf.Options{Progress: func(int64, int64) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != "what was there" {
		t.Errorf("%q, %v", raw, err)
	}
}

func TestWhatAKilledConversionLeftIsRemovedAndWhatOneIsWritingIsNot(t *testing.T) {
	t.Parallel()
	dir, out := tiny.New("LlamaForCausalLM", "F32", 1, 64).Write(t), t.TempDir()
	path, left := filepath.Join(out, "m.gguf"), filepath.Join(out, ".m.gguf.123.part")
	overwrite(t, left, make([]byte, 1000))
	var inner sync.Once
	_, err := gguf.Convert(t.Context(), dir, path, gguf.Options{Progress: func(int64, int64) {
		inner.Do(func() {
			if _, err := gguf.Convert(t.Context(), dir, path, gguf.Options{}); err != nil {
				t.Error(err)
			}
		})
	}})
	if err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) != 1 || entries[0].Name() != "m.gguf" {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestWhatNobodyKnowsGoesToLlamaCPP(t *testing.T) {
	t.Parallel()
	m := tiny.New("LlamaForCausalLM", "F32", 1, 64)
	made := filepath.Join(t.TempDir(), "made.gguf")
	if _, err := gguf.Convert(t.Context(), m.Write(t), made, gguf.Options{}); err != nil {
		t.Fatal(err)
	}
	m.Config["architectures"] = []string{"GigaChatForCausalLM"}
	dir, script, path := m.Write(t), filepath.Join(t.TempDir(), "convert.sh"), filepath.Join(t.TempDir(), "m.gguf")
	overwrite(t, script, []byte(`test "$2 $4 $5" = "--outfile --outtype f16" && cat '`+made+`' > "$3"`))
	o := gguf.Options{LlamaCPP: script, Python: "sh"}
	res, err := gguf.Convert(t.Context(), dir, path, o)
	if err != nil || res.Converter != "llama.cpp" || res.Digest == "" || res.Size == 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	if info, err := gguf.Inspect(path); err != nil || info.Architecture != "llama" {
		t.Errorf("%+v, %v", info, err)
	}
	overwrite(t, script, []byte("echo NotImplementedError: GigaChat >&2; exit 1"))
	if _, err = gguf.Convert(t.Context(), dir, path+"2", o); !gguf.IsKind(err, gguf.Unsupported) || !strings.Contains(err.Error(), "NotImplementedError") {
		t.Errorf("it fails: %v", err)
	}
	o.LlamaCPP = "no-such.py"
	if _, err = gguf.Convert(t.Context(), dir, path+"3", o); !gguf.IsKind(err, gguf.Missing) || !strings.Contains(err.Error(), "no-such.py") {
		t.Errorf("it is absent: %v", err)
	}
}

func TestHalvesAreRoundedAsTheHardwareDoes(t *testing.T) {
	t.Parallel()
	for x, want := range map[float32]uint16{
		0: 0, 1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65519: 0x7bff, 65520: 0x7c00, 5.9604645e-08: 1, 2.9802322e-08: 0,
		2.9802326e-08: 1, 6.1035156e-05: 0x0400, 6.097555e-05: 0x03ff, 1.0004883: 0x3c00, 1.0014648: 0x3c02, float32(math.Inf(-1)): 0xfc00,
	} {
		if got := gguf.Half(x); got != want {
			t.Errorf("%v is %#x, not %#x", x, got, want)
		}
	}
	for h := range uint16(0x7c00) {
		if got := gguf.Half(gguf.Single(h)); got != h {
			t.Fatalf("%#x comes back as %#x", h, got)
		}
	}
}

func TestNumbersThatAreNotFiniteAreFoundInEveryType(t *testing.T) {
	t.Parallel()
	for _, dtype := range []string{"F16", "BF16"} {
		for _, as := range []gguf.Type{gguf.F16, gguf.AsStored} {
			for _, at := range []int{0, 2, 8190} { // of 64 × 64 numbers
				m := tiny.New("LlamaForCausalLM", dtype, 1, 64)
				const v = "model.layers.0.self_attn.o_proj.weight"
				if _, err := gguf.Convert(t.Context(), m.Write(t), filepath.Join(t.TempDir(), "m.gguf"), gguf.Options{Type: as}); err != nil {
					t.Fatalf("%s as %s: %v", dtype, as, err)
				}
				binary.LittleEndian.PutUint16(m.Tensors[v].Data[at:], map[string]uint16{"F16": 0xfc00, "BF16": 0x7f80}[dtype])
				_, err := gguf.Convert(t.Context(), m.Write(t), filepath.Join(t.TempDir(), "m.gguf"), gguf.Options{Type: as})
				if !gguf.IsKind(err, gguf.Corrupt) || !strings.Contains(err.Error(), v) {
					t.Errorf("%s as %s at %d: %v", dtype, as, at, err)
				}
			}
		}
	}
}

func TestAHeaderOfManyTensorsIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("{")
	for i := range 1 << 19 {
		text.WriteString(`"` + strconv.Itoa(i) + `":{},`)
	}
	text.WriteString(`"__metadata__":{}}`)
	m := tiny.New("LlamaForCausalLM", "F32", 1, 64)
	m.Shards = 3
	dir := m.Write(t)
	header(text.String())(t, dir)
	_, err := gguf.Convert(t.Context(), dir, filepath.Join(t.TempDir(), "m.gguf"), gguf.Options{})
	if !gguf.IsKind(err, gguf.Corrupt) || !strings.Contains(err.Error(), "more than 262144 tensors") {
		t.Error(err)
	}
}

func FuzzInspect(f *testing.F) {
	path := filepath.Join(f.TempDir(), "m.gguf")
	if _, err := gguf.Convert(f.Context(), tiny.New("LlamaForCausalLM", "F32", 1, 8).Write(f), path, gguf.Options{}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:100])
	f.Add(slices.Concat([]byte("GGUF\x03\x00\x00\x00"), binary.LittleEndian.AppendUint64(nil, 1<<60), make([]byte, 8)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if info, err := gguf.InspectBytes(raw); err == nil && info.Tensors > len(raw) {
			t.Errorf("%d tensors in %d bytes", info.Tensors, len(raw))
		}
	})
}
