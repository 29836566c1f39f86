package export_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
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
			if err != nil || !strings.Contains(string(file), "FROM "+res.GGUF) || !strings.Contains(string(file), `PARAMETER stop "\n\n"`) || !strings.Contains(string(file), f.created[0].Template) {
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
