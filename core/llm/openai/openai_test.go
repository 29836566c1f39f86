package openai_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/core/llm/openai"
	"github.com/llm-city/gorod/plugins/sdk"
)

const key = "sk-очень-нет-0123456789abcdef"

func start(t *testing.T, opts llmtest.Options, key string) (*llmtest.Server, *openai.Server) {
	t.Helper()
	server := llmtest.Start(opts)
	t.Cleanup(server.Close)
	client, err := openai.New(server.URL+"/v1", key)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func faulty(f llmtest.Fault) llmtest.Options {
	return llmtest.Options{Fault: func(int, llmtest.Request) llmtest.Fault { return f }}
}

func ask(model string) llm.Request {
	return llm.Request{Model: model, Messages: []sdk.Message{{Role: "user", Content: "Привет"}}}
}

func TestARequestCarriesAllThatWasAsked(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, "")
	temperature, topP := 0.5, 0.25
	schema := `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`
	resp, err := client.Generate(t.Context(), llm.Request{
		Model: "qwen", Schema: []byte(schema), Messages: []sdk.Message{{Role: "system", Content: "Ты — Анна."}, {Role: "user", Content: "Как дела?"}},
		Sampling: llm.Sampling{Temperature: &temperature, TopP: &topP, MaxTokens: 50, Seed: 9, Stop: []string{"###"}, LogitBias: map[string]int{"50256": -100}},
	})
	if err != nil || !strings.HasPrefix(resp.Text, `{"a":`) || resp.PromptTokens == 0 || resp.ReplyTokens == 0 || resp.Endpoint != server.URL+"/v1" {
		t.Fatalf("%+v, %v", resp, err)
	}
	got := server.Requests()[0].Sampling
	for name, want := range map[string]any{
		"model": "qwen", "temperature": 0.5, "top_p": 0.25, "max_tokens": 50.0, "seed": 9.0, "stop": []any{"###"}, "logit_bias": map[string]any{"50256": -100.0},
	} {
		if !cmp.Equal(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	format := got["response_format"].(map[string]any)
	inner := format["json_schema"].(map[string]any)
	if format["type"] != "json_schema" || inner["strict"] != true || inner["name"] == "" || inner["schema"].(map[string]any)["type"] != "object" {
		t.Errorf("%v", format)
	}
}

func TestAZeroIsSentAndNothingIsNot(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, "")
	zero := 0.0
	req := ask("m")
	if _, err := client.Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	req.Sampling.Temperature, req.Sampling.TopP = &zero, &zero
	if _, err := client.Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	unset, set := server.Requests()[0].Sampling, server.Requests()[1].Sampling
	for _, name := range []string{"temperature", "top_p"} {
		if v, ok := unset[name]; ok {
			t.Errorf("%s was not asked, but %v was sent", name, v)
		}
		if v, ok := set[name]; !ok || v != 0.0 {
			t.Errorf("%s is %v, want 0", name, v)
		}
	}
}

func TestModelsThatRefuseMaxTokensGetTheNewName(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, "")
	req := ask("gpt-5-mini")
	req.Sampling.MaxTokens = 7
	if _, err := client.Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if got := server.Requests()[0].Sampling; got["max_completion_tokens"] != 7.0 || got["max_tokens"] != nil {
		t.Errorf("%v", got)
	}
	half := 0.5
	req.Sampling.Temperature = &half
	if _, err := client.Generate(t.Context(), req); !llm.IsKind(err, llm.BadRequest) || !strings.Contains(err.Error(), "leave them out") {
		t.Errorf("%v", err)
	}
}

func TestFailuresHaveKindsAndAdvice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault llmtest.Fault
		kind  llm.ErrorKind
		says  string
	}{
		"overload":      {llmtest.Fault{Status: 429, RetryAfter: "7", Message: "busy"}, llm.RateLimited, "busy"},
		"a crash":       {llmtest.Fault{Status: 500, Message: "out of memory"}, llm.ServerError, "out of memory"},
		"maintenance":   {llmtest.Fault{Status: 503, RetryAfter: "7", Message: "later"}, llm.ServerError, "later"},
		"no permission": {llmtest.Fault{Status: 403, Message: "no"}, llm.Unauthorized, "api_key_env"},
		"a bad option":  {llmtest.Fault{Status: 400, Message: "top_p must be positive"}, llm.BadRequest, "top_p must"},
		"wrong path":    {llmtest.Fault{Status: 404, Message: "Not Found"}, llm.BadRequest, "/v1"},
		"no schemas":    {llmtest.Fault{Status: 400, Message: "'response_format.type' must be json_object"}, llm.BadRequest, "does not take replies by JSON Schema"},
		"a reset":       {llmtest.Fault{Reset: true}, llm.ServerError, "EOF"},
		"half":          {llmtest.Fault{Truncate: true}, llm.ServerError, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, faulty(c.fault), "")
			_, err := client.Generate(t.Context(), ask("m"))
			var e *llm.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Endpoint != server.URL+"/v1" || e.Model != "m" || e.Status != c.fault.Status {
				t.Fatalf("%v", err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if after := c.fault.RetryAfter != ""; after != (e.After == 7*time.Second) {
				t.Errorf("Retry-After is %v", e.After)
			}
			if _, err := client.Embed(t.Context(), llm.EmbedRequest{Model: "m", Texts: []string{"а"}}); !llm.IsKind(err, c.kind) {
				t.Errorf("embed: %v", err)
			}
		})
	}
}

func TestAServerWithoutSchemasIsTold(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{NoSchema: true}, "")
	req := ask("m")
	req.Schema = []byte(`{"type":"object"}`)
	if _, err := client.Generate(t.Context(), req); !llm.IsKind(err, llm.BadRequest) || !strings.Contains(err.Error(), "vLLM") {
		t.Errorf("%v", err)
	}
}

func TestAServerThatIsDownIsNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	client, err := openai.New("http://"+address+"/v1", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Generate(t.Context(), ask("m"))
	for _, want := range []string{address, "connection refused", "vllm serve"} {
		if !llm.IsKind(err, llm.Unavailable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func TestTheEndOfTheContextIsNoFaultOfTheServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the run is over")
	_, client := start(t, llmtest.Options{Fault: func(int, llmtest.Request) llmtest.Fault {
		cancel(why)
		return llmtest.Fault{Hang: true}
	}}, "")
	var e *llm.Error
	if _, err := client.Generate(ctx, ask("m")); !errors.Is(err, why) || errors.As(err, &e) {
		t.Errorf("%v", err)
	}
	_, client = start(t, faulty(llmtest.Fault{Hang: true}), "")
	late, cancelLate := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancelLate()
	if _, err := client.Generate(late, ask("m")); !llm.IsKind(err, llm.Timeout) {
		t.Errorf("%v", err)
	}
}

func TestTheKeyIsSentAndNeverShown(t *testing.T) {
	t.Parallel()
	const right, wrong = "sk-right-0123456789abcdef", "sk-wrong-0123456789abcdef"
	server, client := start(t, llmtest.Options{Key: right}, right)
	if _, err := client.Generate(t.Context(), ask("m")); err != nil {
		t.Errorf("the right key: %v", err)
	}
	refused, err := openai.New(server.URL+"/v1", wrong)
	if err != nil {
		t.Fatal(err)
	}
	_, chat := refused.Generate(t.Context(), ask("m")) // the server repeats the key
	_, embed := refused.Embed(t.Context(), llm.EmbedRequest{Model: "m", Texts: []string{"а"}})
	_, plain := start(t, faulty(llmtest.Fault{Status: 502, Message: "proxy of " + wrong}), wrong)
	_, gateway := plain.Generate(t.Context(), ask("m"))
	for name, err := range map[string]error{"chat": chat, "embed": embed, "gateway": gateway} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if shown := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(shown, wrong) {
				t.Errorf("%s shows the key: %s", name, shown)
			}
		}
	}
	if !llm.IsKind(chat, llm.Unauthorized) || !strings.Contains(chat.Error(), "[key]") {
		t.Errorf("%v", chat)
	}
	none, err := openai.New(server.URL+"/v1", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Generate(t.Context(), ask("m")); !llm.IsKind(err, llm.Unauthorized) || !strings.Contains(err.Error(), "wants a key") {
		t.Errorf("no key: %v", err)
	}
}

func TestAKeyThatIsNoneIsRefusedUnshown(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{key, "sk-a\n", "sk-a\r\nX: y"} {
		if _, err := openai.New("http://127.0.0.1:1/v1", bad); err == nil || strings.Contains(err.Error(), "sk-") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestModelsAreListedAndChecked(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{Models: []string{"qwen", "bge"}}, "")
	models, err := client.Models(t.Context())
	if err != nil || len(models) != 2 || models[1].Name != "bge" || models[1].Endpoint != server.URL+"/v1" {
		t.Errorf("%+v, %v", models, err)
	}
	if info, err := client.Check(t.Context(), "qwen"); err != nil || info.Name != "qwen" {
		t.Errorf("%+v, %v", info, err)
	}
	if _, err := client.Check(t.Context(), "llama"); !llm.IsKind(err, llm.ModelMissing) || !strings.Contains(err.Error(), "qwen, bge") {
		t.Errorf("%v", err)
	}
	if _, err := client.Generate(t.Context(), ask("llama")); !llm.IsKind(err, llm.ModelMissing) {
		t.Errorf("%v", err)
	}
}

func TestEmbeddingsComeInTheOrderOfTheTexts(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{}, "")
	texts := []string{"кот", "пёс и кот", "рыба"}
	resp, err := client.Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: texts})
	if err != nil || resp.Tokens == 0 {
		t.Fatal(err)
	}
	for i, text := range texts {
		if !cmp.Equal(resp.Vectors[i], llmtest.Embedding(text), cmp.Comparer(near)) {
			t.Errorf("vector %d is not that of %q", i, text)
		}
	}
}

func near(a, b float32) bool { return a-b < 1e-5 && b-a < 1e-5 }

func TestThinkingIsCutOut(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{Reply: func(llmtest.Request) string { return "<think>гм</think>\nДа" }}, "")
	if resp, err := client.Generate(t.Context(), ask("m")); err != nil || resp.Text != "Да" {
		t.Errorf("%q, %v", resp.Text, err)
	}
}
