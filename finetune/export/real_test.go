//go:build components

package export_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm/ollamatest"
	"github.com/llm-city/gorod/finetune/export"
	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

func TestARealOllama(t *testing.T) {
	t.Parallel()
	real := ollamatest.Start(t)
	client, err := ollama.New(real.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a job comes home, quantized", func(t *testing.T) {
		run := job(t, tiny.New("LlamaForCausalLM", "BF16", 2, 256), "chatml")
		var told []string
		res, err := export.Import(t.Context(), client, export.Options{
			Run: run, Name: "masha", Quantize: []string{"q8_0", "q4_K_M", "f16"}, System: "Ты — Маша.",
			Parameters: map[string]any{"temperature": 0.5, "num_thread": 1}, License: []string{"Лицензия: пробная"},
			Progress: func(status string, _, _ int64) { told = append(told, status) },
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, tail(real.Log()))
		}
		if got := strings.Join(res.Models, " "); got != "masha masha:q8_0 masha:q4_K_M masha:f16" || res.Profile != "chatml" || res.Dialogues < 8 || res.Proof == export.None || res.Converter != "gorod" {
			t.Errorf("%+v", res)
		}
		for model, want := range map[string]string{"masha": "Q8_0", "masha:q4_K_M": "Q4_K_M", "masha:f16": "F16"} {
			shown, err := client.Show(t.Context(), model)
			if err != nil || shown.Details.Quantization != want || !strings.Contains(shown.Template, "<|im_start|>") || shown.System != "Ты — Маша." ||
				!strings.Contains(shown.Parameters, "<|im_end|>") || !strings.Contains(shown.Parameters, "0.5") || !strings.Contains(shown.License, "пробная") {
				t.Errorf("%s: %+v, %v", model, shown, err)
			}
			reply, err := client.Chat(t.Context(), model, []template.Message{{Role: "user", Content: "Привет"}}, 1)
			if err != nil || reply.Text == "" || reply.PromptTokens < 10 {
				t.Errorf("%s answers %+v, %v", model, reply, err)
			}
		}
		for _, want := range []string{"converting", "uploading masha.gguf", "success"} {
			if !strings.Contains(strings.Join(told, "\n"), want) {
				t.Errorf("nothing told of %s: %d", want, len(told))
			}
		}
		card, err := os.ReadFile(res.Card)
		if err != nil || !strings.Contains(string(card), res.Digest) || !strings.Contains(string(card), "which showed each of these prompts") {
			t.Errorf("%s, %v", card, err)
		}
		t.Run("an adapter goes on it", func(t *testing.T) { adapter(t, client, real) })
	})
	for _, class := range []string{"Qwen2ForCausalLM", "Qwen3ForCausalLM", "Gemma3ForCausalLM"} {
		t.Run(class+" loads and answers", func(t *testing.T) {
			m := tiny.New(class, "F32", 2, 64)
			if class == "Gemma3ForCausalLM" {
				delete(m.Tensors, "lm_head.weight")
				delete(m.Config, "tie_word_embeddings")
				m.Config["head_dim"], m.Config["sliding_window"] = 16, 512
			}
			run := job(t, m, "qwen3")
			if class == "Gemma3ForCausalLM" {
				sentencePiece(t, filepath.Join(run, "merged"))
			}
			res, err := export.Import(t.Context(), client, export.Options{Run: run, Name: strings.ToLower(class)})
			if err != nil {
				t.Fatalf("%v\n%s", err, tail(real.Log()))
			}
			if res.Proof == export.None || res.Profile != "qwen3" {
				t.Errorf("%+v", res)
			}
		})
	}
	t.Run("a file that somebody made", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "theirs.gguf")
		if err := ollamatest.WriteModel(path); err != nil {
			t.Fatal(err)
		}
		res, err := export.Import(t.Context(), client, export.Options{GGUF: path, Name: "theirs", Profile: "llama3", Unproved: true, Out: t.TempDir()})
		if err != nil || res.Proof != export.None || res.GGUF != path {
			t.Fatalf("%+v, %v", res, err)
		}
	})
	t.Run("what is no model is refused", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "bad.gguf")
		if err := os.WriteFile(path, []byte("GGUF and no more"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := export.Import(t.Context(), client, export.Options{GGUF: path, Name: "bad", Unproved: true, Out: t.TempDir()})
		if !gguf.IsKind(err, gguf.Corrupt) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a template that is not the trainer's is refused", func(t *testing.T) {
		run := job(t, tiny.New("LlamaForCausalLM", "F32", 1, 64), "chatml")
		_, err := export.Import(t.Context(), client, export.Options{Run: run, Name: "wrong", Profile: "llama3"})
		if _, ok := errors.AsType[*template.Mismatch](err); !ok {
			t.Fatalf("%v", err)
		}
		if _, err := client.Show(t.Context(), "wrong"); err == nil {
			t.Error("it is there nevertheless")
		}
	})
}

// lora writes an adapter of PEFT for a model of so many layers and such a width.
func lora(t *testing.T, layers, width int) string {
	t.Helper()
	dir := t.TempDir()
	tiny.WriteJSON(t, filepath.Join(dir, "adapter_config.json"), map[string]any{"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": []string{"q_proj"}})
	tensors := map[string]tiny.Tensor{}
	for layer := range layers {
		at := fmt.Sprintf("base_model.model.model.layers.%d.self_attn.q_proj.", layer)
		tensors[at+"lora_A.weight"] = tiny.Random("F32", 4, width)
		tensors[at+"lora_B.weight"] = tiny.Random("F32", width, 4)
	}
	tiny.WriteShard(t, filepath.Join(dir, "adapter_model.safetensors"), tensors)
	return dir
}

// adapter puts LoRA weights of PEFT on the model masha.
func adapter(t *testing.T, client *ollama.Client, real *ollamatest.Server) {
	t.Helper()
	res, err := export.Import(t.Context(), client, export.Options{Adapter: lora(t, 2, 256), From: "masha:f16", Name: "masha-tuned", Unproved: true, Out: t.TempDir()})
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(real.Log()))
	}
	ask := []template.Message{{Role: "user", Content: "Как дела?"}}
	before, err := client.Chat(t.Context(), "masha:f16", ask, 3)
	if err != nil {
		t.Fatal(err)
	}
	after, err := client.Chat(t.Context(), res.Models[0], ask, 3)
	if err != nil || after.Text == before.Text || after.PromptTokens != before.PromptTokens {
		t.Errorf("%+v after %+v, %v", after, before, err)
	}
}

func TestAnAdapterThatDoesNotFitIsRefusedByARealOllamasModel(t *testing.T) {
	t.Parallel()
	real := ollamatest.Start(t) // whose tiny model has two layers, 64 wide
	client, err := ollama.New(real.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := export.Import(t.Context(), client, export.Options{Dir: tiny.New("Qwen2ForCausalLM", "F16", 1, 64).Write(t), Name: "qwen", Unproved: true, Out: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	cut := lora(t, 2, 64)
	if err := os.Truncate(filepath.Join(cut, "adapter_model.safetensors"), 600); err != nil {
		t.Fatal(err)
	}
	mlp := lora(t, 1, 64) // which reads embeddings of the right width, but writes what the model has not
	tiny.WriteShard(t, filepath.Join(mlp, "adapter_model.safetensors"), map[string]tiny.Tensor{
		"base_model.model.model.layers.0.mlp.up_proj.lora_A.weight": tiny.Random("F32", 4, 64),
		"base_model.model.model.layers.0.mlp.up_proj.lora_B.weight": tiny.Random("F32", 100, 4),
	})
	for want, o := range map[string]export.Options{
		"a model 128 wide, and this one is 64 wide":   {Adapter: lora(t, 2, 128), From: "tiny"},
		"has 5 layers, and the model 2":               {Adapter: lora(t, 5, 64), From: "tiny"},
		"no model absent in Ollama":                   {Adapter: lora(t, 2, 64), From: "absent"},
		"for llama and gemma2 only, and not for qwen": {Adapter: lora(t, 1, 64), From: "qwen"},
		"adapter_model.safetensors: tensor":           {Adapter: cut, From: "tiny"},
		"is that the model that it was trained on?":   {Adapter: mlp, From: "tiny"},
	} {
		o.Name, o.Unproved, o.Out = "misfit", true, t.TempDir()
		_, err := export.Import(t.Context(), client, o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", want, err)
		}
		if left, err := os.ReadDir(o.Out); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", want, left, err)
		}
	}
	if got := names(t, real.URL); got != "qwen:latest tiny:latest" {
		t.Errorf("there are %s", got)
	}
}

// sentencePiece gives a model a tokenizer of that kind.
func sentencePiece(t *testing.T, dir string) {
	t.Helper()
	tiny.WriteJSON(t, filepath.Join(dir, "tokenizer.json"), tiny.SentencePiece())
	tiny.WriteJSON(t, filepath.Join(dir, "tokenizer_config.json"), map[string]any{"bos_token": "<bos>", "eos_token": "<eos>", "add_bos_token": true})
}

// tail is the end of a log.
func tail(log string) string { return log[max(len(log)-6000, 0):] }
