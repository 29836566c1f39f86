//go:build components

package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm/ollamatest"
	"github.com/llm-city/gorod/finetune/export"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// begins is the first token of a profile's prompts, where it has one.
func begins(profile string) string {
	return map[string]string{"llama3": "<|begin_of_text|>", "gemma": "<bos>", "mistral": "<s>", "yandexgpt5-lite": "<s>"}[profile]
}

func jobOf(t *testing.T, profile string) string {
	t.Helper()
	run := job(t, tiny.New("LlamaForCausalLM", "F16", 1, 64), profile)
	if bos := begins(profile); bos != "" {
		begin(t, run, bos)
	}
	return run
}

// altering is a client of a server whose requests are changed on their way, by
// their path.
func altering(t *testing.T, real *ollamatest.Server, alter map[string]func(body map[string]any)) *ollama.Client {
	t.Helper()
	to, err := url.Parse(real.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change := alter[r.URL.Path]; change != nil {
			body := map[string]any{}
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			change(body)
			raw, err := json.Marshal(body)
			if err != nil {
				t.Error(err)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	client, err := ollama.New(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// older makes of a server one from before 0.11.5, which answers instead of
// showing a prompt.
func older(body map[string]any) {
	delete(body, "_debug_render_only")
	delete(body, "truncate")
}

func tampered(body map[string]any) {
	body["template"] = body["template"].(string) + "."
}

func TestARealOllamaRendersEveryProfileAsTheTrainerDid(t *testing.T) {
	t.Parallel()
	real := ollamatest.Start(t)
	client := altering(t, real, nil)
	for _, profile := range template.Names() {
		t.Run(profile, func(t *testing.T) {
			run := jobOf(t, profile)
			res, err := export.Import(t.Context(), client, export.Options{Run: run, Name: profile, Profile: profile})
			if err != nil || res.Proof != export.ByServer || res.Dialogues < 8 {
				t.Fatalf("%+v, %v\n%s", res, err, tail(real.Log()))
			}
			f, err := os.Open(filepath.Join(run, "rendered.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			dialogues, err := template.Read(f)
			if err != nil {
				t.Fatal(err)
			}
			for i, d := range dialogues {
				served, ok, err := client.Rendered(t.Context(), profile, d.Messages)
				if served = begins(profile) + served; err != nil || !ok || d.Prompt && served != d.Text || !strings.HasPrefix(d.Text, served) {
					t.Errorf("dialogue %d: %v, %v\ntrained %q\nserved  %q", i+1, ok, err, d.Text, served)
				}
			}
			changed := altering(t, real, map[string]func(map[string]any){"/api/create": tampered})
			_, err = export.Import(t.Context(), changed, export.Options{Run: run, Name: "tampered", Profile: profile})
			if m, ok := errors.AsType[*template.Mismatch](err); !ok || m.Dialogue != 1 {
				t.Errorf("a template that was changed on its way: %v", err)
			}
			if got := names(t, real.URL); strings.Contains(got, "tampered") {
				t.Errorf("there are %s", got)
			}
		})
	}
}

func TestARealOllamaThatShowsNoPromptsProvesTheTemplateByReplies(t *testing.T) {
	t.Parallel()
	real := ollamatest.Start(t)
	for _, profile := range []string{"chatml", "yandexgpt5-lite"} {
		run := jobOf(t, profile)
		for _, quantize := range [][]string{nil, {"q8_0"}} { // it holds for other weights too: they are the same in what is compared
			client := altering(t, real, map[string]func(map[string]any){"/api/chat": older})
			res, err := export.Import(t.Context(), client, export.Options{Run: run, Name: profile, Profile: profile, Quantize: quantize, Parameters: calm()})
			if err != nil || res.Proof != export.ByReplies {
				t.Errorf("%s, %v: %+v, %v\n%s", profile, quantize, res, err, tail(real.Log()))
			}
		}
		changed := altering(t, real, map[string]func(map[string]any){"/api/chat": older, "/api/create": tampered})
		_, err := export.Import(t.Context(), changed, export.Options{Run: run, Name: "tampered", Profile: profile, Parameters: calm()})
		if err == nil || !strings.Contains(err.Error(), "does not render prompts as the trainer did") {
			t.Errorf("%s: a template that was changed on its way: %v", profile, err)
		}
	}
	if got := names(t, real.URL); got != "chatml:latest tiny:latest yandexgpt5-lite:latest" {
		t.Errorf("there are %s", got)
	}
}

// calm are parameters under which a model does not wait for cores that others
// use.
func calm() map[string]any { return map[string]any{"num_thread": 1} }
