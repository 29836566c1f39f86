package export_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/finetune/export"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// fake is an Ollama that renders with its own template.
type fake struct {
	mu      sync.Mutex
	debug   bool   // it has _debug_render_only
	text    string // its template; empty: that of the model
	created []ollama.Model
	deleted []string
	copied  []string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case r.Method == http.MethodHead:
		w.WriteHeader(http.StatusNotFound)
	case strings.HasPrefix(r.URL.Path, "/api/blobs/"):
		_, _ = io.Copy(io.Discard, r.Body)
	case r.URL.Path == "/api/create":
		var m ollama.Model
		_ = json.NewDecoder(r.Body).Decode(&m)
		f.created = append(f.created, m)
		io.WriteString(w, `{"status":"success"}`)
	case r.URL.Path == "/api/delete":
		var m ollama.Model
		_ = json.NewDecoder(r.Body).Decode(&m)
		f.deleted = append(f.deleted, m.Name)
	case r.URL.Path == "/api/copy":
		var ask struct{ Source, Destination string }
		_ = json.NewDecoder(r.Body).Decode(&ask)
		f.copied = append(f.copied, ask.Source, ask.Destination)
	case r.URL.Path == "/api/version":
		io.WriteString(w, `{"version":"0.22.0"}`)
	case r.URL.Path == "/api/chat":
		var ask struct{ Messages []template.Message }
		_ = json.NewDecoder(r.Body).Decode(&ask)
		f.answer(w, ask.Messages)
	default: // /api/generate
		var ask struct{ Prompt string }
		_ = json.NewDecoder(r.Body).Decode(&ask)
		_ = json.NewEncoder(w).Encode(map[string]any{"response": "на " + ask.Prompt, "prompt_eval_count": len(ask.Prompt)})
	}
}

// answer shows the prompt, or says what it is.
func (f *fake) answer(w io.Writer, messages []template.Message) {
	text, system := f.text, f.created[0].System
	if text == "" {
		text = f.created[0].Template
	}
	if system != "" && messages[0].Role != "system" {
		messages = append([]template.Message{{Role: "system", Content: system}}, messages...)
	}
	prompt, err := template.Render(text, messages)
	if err != nil {
		panic(err)
	}
	out := map[string]any{"message": template.Message{Role: "assistant", Content: "на " + prompt}, "prompt_eval_count": len(prompt)}
	if f.debug {
		out = map[string]any{"_debug_info": map[string]string{"rendered_template": prompt}}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func connect(t *testing.T, f *fake) *ollama.Client {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	c, err := ollama.New(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheServerProvesTheTemplate(t *testing.T) {
	t.Parallel()
	for debug, want := range map[bool]export.Proof{true: export.ByServer, false: export.ByReplies} {
		for _, system := range []string{"", "Ты — Маша."} {
			f := &fake{debug: debug}
			res, err := export.Import(t.Context(), connect(t, f), export.Options{
				Run: job(t, tiny.New("LlamaForCausalLM", "F32", 1, 64), "qwen3"), Name: "hub/masha:8b", System: system, Quantize: []string{"f16"},
				Parameters: map[string]any{"temperature": 0.5, "stop": []any{"\n\n"}}, Notes: []export.Note{{"dataset", "чат | друзья"}},
			})
			if err != nil || res.Proof != want || res.Models[0] != "hub/masha:8b" || f.created[0].Quantize != "" || fmt.Sprint(f.copied, f.deleted) != "[hub/masha:importing-8b-f16 hub/masha:8b] [hub/masha:importing-8b-f16]" {
				t.Fatalf("%+v, %v", res, err)
			}
			file, err := os.ReadFile(res.Modelfile)
			if err != nil || !strings.Contains(string(file), "\nFROM ./"+filepath.Base(res.GGUF)+"\n") || !strings.Contains(string(file), `PARAMETER stop "\n\n"`) || !strings.Contains(string(file), f.created[0].Template) {
				t.Errorf("%s, %v", file, err)
			}
			card, err := os.ReadFile(res.Card)
			if err != nil || !strings.Contains(string(card), `| dataset | чат \| друзья |`) || !strings.Contains(string(card), "byte for byte") {
				t.Errorf("%s, %v", card, err)
			}
		}
	}
}

func TestAServerThatRendersOtherwiseKeepsNoModel(t *testing.T) {
	t.Parallel()
	for _, debug := range []bool{true, false} {
		f := &fake{debug: debug, text: "{{ range .Messages }}{{ .Content }}{{ end }}"}
		_, err := export.Import(t.Context(), connect(t, f), export.Options{Run: job(t, tiny.New("LlamaForCausalLM", "F32", 1, 64), "chatml"), Name: "m"})
		m, mismatch := errors.AsType[*template.Mismatch](err)
		if err == nil || mismatch != debug || mismatch && m.Dialogue != 1 || fmt.Sprint(f.copied, f.deleted) != "[] [m:importing]" {
			t.Errorf("copied %v, deleted %v: %v", f.copied, f.deleted, err)
		}
	}
}

// The first token is put once, by whom the trainer's prompts say.
func TestTheFirstTokenIsTheTokenizersWhereTheTrainerHadIt(t *testing.T) {
	t.Parallel()
	run := job(t, tiny.New("LlamaForCausalLM", "F32", 1, 64), "llama3")
	begin(t, run, "<|begin_of_text|>")
	f := &fake{debug: true}
	if _, err := export.Import(t.Context(), connect(t, f), export.Options{Run: run, Name: "m"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(f.created[0].Template, "begin_of_text") {
		t.Error("the template puts it too")
	}
}

func TestBadOptionsAreRefusedBeforeAnything(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]export.Options{
		"name one of":        {Name: "m"},
		"no name":            {GGUF: "a", Name: "a b"},
		"name the one":       {Adapter: "a", Name: "m"},
		"merge it":           {Adapter: "a", From: "b", Name: "m", Quantize: []string{"q8_0"}},
		"nothing proves":     {GGUF: "a", Name: "m"},
		"no such file":       {GGUF: "no-such", Name: "m", Unproved: true},
		"no adapter of PEFT": {Adapter: t.TempDir(), From: "b", Name: "m", Unproved: true},
	} {
		f := &fake{}
		if _, err := export.Import(t.Context(), connect(t, f), o); err == nil || !strings.Contains(err.Error(), want) || len(f.created) > 0 {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestAMarkOfTheTrainerLeavesTheTemplate(t *testing.T) {
	t.Parallel()
	got := template.Plain("{%- generation -%}{{ x }}{% endgeneration %}")
	if got != "{%- if true -%}{{ x }}{% endif %}" {
		t.Errorf("%s", got)
	}
}

func TestTheCardTellsOfTheTrainingAndTheProof(t *testing.T) {
	t.Parallel()
	run := filepath.Join(t.TempDir(), "run")
	if err := os.Rename(job(t, tiny.New("LlamaForCausalLM", "F32", 1, 64), "chatml"), run); err != nil {
		t.Fatal(err)
	}
	tiny.WriteJSON(t, filepath.Join(run, "..", "job.json"), map[string]any{
		"training": map[string]any{"epochs": 2, "lr": 2e-4, "batch": 4, "accumulate": 8, "max_length": 1024, "assistant_only_loss": true, "seed": 7},
		"export":   map[string]any{"merge_base": "w16"},
	})
	tiny.WriteJSON(t, filepath.Join(run, "report.json"), map[string]any{
		"steps": 120, "eval_loss_before": 3.25, "eval_loss": 2.5, "seconds": 3725.4, "tokens": 480000, "restarts": 2, "memory_gb": 11.25, "versions": map[string]string{"torch": "2.13.0"},
	})
	for debug, want := range map[bool]string{true: "which showed each of these prompts (Ollama 0.22.0)", false: "cannot show its prompts"} {
		res, err := export.Import(t.Context(), connect(t, &fake{debug: debug}), export.Options{
			Run: run, Name: "маша", System: "Ты — Маша.\nОтвечай коротко.", Quantize: []string{"q4_K_M"}, License: []string{"YandexGPT-5-Lite-8B\nтекст"},
			Notes: []export.Note{{"base model", "yandex/YandexGPT-5-Lite-8B-pretrain"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		card, err := os.ReadFile(res.Card)
		for _, want := range []string{
			want, "| licence | YandexGPT-5-Lite-8B |", "| base model | yandex/YandexGPT-5-Lite-8B-pretrain |", "Ты — Маша.<br>Отвечай коротко.", "| parameters | 70.8 K |",
			"2 epochs, learning rate 0.0002, batch 4 × 8, at most 1024 tokens, replies only, seed 7", "weights of 16 bits",
			"3.25 before, 2.5 after (perplexity 25.79 → 12.18)", "120 steps, 480000 tokens, 1h2m5s, resumed 2 times, 11.2 GB", "torch 2.13.0",
			"ollama create --quantize q4_K_M -f маша.Modelfile маша",
		} {
			if err != nil || !strings.Contains(string(card), want) {
				t.Errorf("%q is not in %s, %v", want, card, err)
			}
		}
	}
}

func TestTheCardOfAModelThatNothingProvesSaysSo(t *testing.T) {
	t.Parallel()
	dir := tiny.New("LlamaForCausalLM", "F32", 1, 64).Write(t)
	res, err := export.Import(t.Context(), connect(t, &fake{}), export.Options{Dir: dir, Name: "m", Unproved: true, Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	card, err := os.ReadFile(res.Card)
	for _, want := range []string{"Not proved", "look it up before", "Ollama guesses it"} {
		if err != nil || !strings.Contains(string(card), want) || strings.Contains(string(card), "## Training") {
			t.Errorf("%q is not in %s, %v", want, card, err)
		}
	}
}

func TestWhatIsDamagedReachesNoServerAndLeavesNothing(t *testing.T) {
	t.Parallel()
	model := tiny.New("LlamaForCausalLM", "F32", 1, 64)
	dir, whole := model.Write(t), t.TempDir()
	res, err := export.Import(t.Context(), connect(t, &fake{}), export.Options{Dir: dir, Name: "m", Unproved: true, Out: whole})
	if err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(dir, "model.safetensors")
	cut := func(path string) {
		info, err := os.Stat(path)
		if err == nil {
			err = os.Truncate(path, info.Size()-100)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cut(shard)
	cut(res.GGUF)
	for want, o := range map[string]export.Options{"model.safetensors: tensor model.norm.weight": {Dir: dir}, "m.gguf: it is cut off": {GGUF: res.GGUF}} {
		f := &fake{}
		o.Name, o.Unproved, o.Out = "m", true, t.TempDir()
		_, err := export.Import(t.Context(), connect(t, f), o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || len(f.created) > 0 {
			t.Errorf("%s: %v", want, err)
		}
		if left, err := os.ReadDir(o.Out); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", want, left, err)
		}
	}
}

func TestAModelfileSaysWhatItsFormatCan(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{
		"Ты — Маша.\nОтвечай.": "\nSYSTEM \"\"\"Ты — Маша.\nОтвечай.\"\"\"\n",
		`Ты — """Маша""".`:     "\nSYSTEM Ты — \"\"\"Маша\"\"\".\n",
		`Говори "да"`:          "\nSYSTEM Говори \"да\"\n",
		"a\"\"\"b\nc":          "\nSYSTEM \"\"\"a\"\" \"b\nc\"\"\"\n",
	} {
		dir := tiny.New("LlamaForCausalLM", "F32", 1, 64).Write(t)
		res, err := export.Import(t.Context(), connect(t, &fake{}), export.Options{Dir: dir, Name: "m", Unproved: true, Out: t.TempDir(), System: system})
		if err != nil {
			t.Fatal(err)
		}
		if file, err := os.ReadFile(res.Modelfile); err != nil || !strings.Contains(string(file), want) {
			t.Errorf("%q is not in %s, %v", want, file, err)
		}
	}
}
