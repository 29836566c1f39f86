package ollama_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/core/llm/ollama"
	"github.com/llm-city/gorod/plugins/sdk"
)

func start(t *testing.T, opts llmtest.Options, numCtx int) (*llmtest.Server, *ollama.Server) {
	t.Helper()
	server := llmtest.Start(opts)
	t.Cleanup(server.Close)
	client, err := ollama.New(server.URL+"/", numCtx)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func faulty(f llmtest.Fault) llmtest.Options {
	return llmtest.Options{Models: []string{"tiny"}, Fault: func(int, llmtest.Request) llmtest.Fault { return f }}
}

func ask(model string) llm.Request {
	return llm.Request{Model: model, Messages: []sdk.Message{{Role: "user", Content: "Привет"}}}
}

func TestARequestCarriesAllThatWasAsked(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, 4096)
	temperature, topP := 0.0, 0.9
	resp, err := client.Generate(t.Context(), llm.Request{
		Model: "tiny", Schema: []byte(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`),
		Messages: []sdk.Message{{Role: "system", Content: "Ты — Анна."}, {Role: "user", Content: "Как дела?"}},
		Sampling: llm.Sampling{Temperature: &temperature, TopP: &topP, MaxTokens: 50, Seed: math.MaxUint64, Stop: []string{"\n\n"}},
	})
	if err != nil || !strings.HasPrefix(resp.Text, `{"a":`) || resp.PromptTokens == 0 || resp.ReplyTokens == 0 || resp.Endpoint != server.URL {
		t.Fatalf("%+v, %v", resp, err)
	}
	got := server.Requests()[0]
	want := map[string]any{
		"temperature": 0.0, "top_p": 0.9, "num_predict": 50.0, "seed": float64(llm.FoldSeed(math.MaxUint64)), "stop": []any{"\n\n"}, "num_ctx": 4096.0,
	}
	if diff := cmp.Diff(want, got.Sampling); diff != "" {
		t.Error(diff)
	}
	if len(got.Messages) != 2 || got.Messages[1].Content != "Как дела?" || got.Schema == nil || got.Model != "tiny" {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsNotAskedIsLeftToTheServer(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, 0)
	if _, err := client.Generate(t.Context(), ask("tiny")); err != nil {
		t.Fatal(err)
	}
	if got := server.Requests()[0]; len(got.Sampling) != 1 || got.Schema != nil {
		t.Errorf("%+v", got)
	}
}

func TestThinkingIsCutOut(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{Reply: func(llmtest.Request) string { return "<think>гм</think>\nДа" }}, 0)
	if resp, err := client.Generate(t.Context(), ask("tiny")); err != nil || resp.Text != "Да" {
		t.Errorf("%q, %v", resp.Text, err)
	}
}

func TestFailuresHaveKindsAndAdvice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault llmtest.Fault
		kind  llm.ErrorKind
		says  string
	}{
		"overload":     {llmtest.Fault{Status: 429, RetryAfter: "7", Message: "busy"}, llm.RateLimited, "busy"},
		"a crash":      {llmtest.Fault{Status: 500, Message: "runner terminated"}, llm.ServerError, "runner terminated"},
		"unavailable":  {llmtest.Fault{Status: 503, RetryAfter: "7", Message: "queue full"}, llm.ServerError, "queue full"},
		"a gateway":    {llmtest.Fault{Status: 504}, llm.Timeout, "504"},
		"no sign-in":   {llmtest.Fault{Status: 401, Message: "no"}, llm.Unauthorized, "401"},
		"a bad option": {llmtest.Fault{Status: 400, Message: "invalid format"}, llm.BadRequest, "invalid format"},
		"no such path": {llmtest.Fault{Status: 404, Message: "404 page"}, llm.BadRequest, "provider: openai"},
		"a reset":      {llmtest.Fault{Reset: true}, llm.ServerError, "EOF"},
		"half":         {llmtest.Fault{Truncate: true}, llm.ServerError, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, faulty(c.fault), 0)
			_, err := client.Generate(t.Context(), ask("tiny"))
			var e *llm.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Endpoint != server.URL || e.Model != "tiny" || e.Status != c.fault.Status {
				t.Fatalf("%v", err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if after := c.fault.RetryAfter != ""; after != (e.After == 7*time.Second) {
				t.Errorf("Retry-After is %v", e.After)
			}
			if _, err := client.Embed(t.Context(), llm.EmbedRequest{Model: "tiny", Texts: []string{"а"}}); !llm.IsKind(err, c.kind) {
				t.Errorf("embed: %v", err)
			}
		})
	}
}

// Ollama leaves a model off that says one token thirty times, and answers with
// what there is until then and "done": false.
func TestAReplyThatTheServerGaveUpIsCutAndNoError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, want string }{
		"given up":  {`{"model":"tiny","message":{"role":"assistant","content":"да да да"},"done":false}`, "да да да"},
		"something": {`{"status":"ok"}`, ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.answer) }))
		t.Cleanup(server.Close)
		client, err := ollama.New(server.URL, 0)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Generate(t.Context(), ask("tiny"))
		if resp.Text != c.want || resp.Truncated != (c.want != "") || llm.IsKind(err, llm.ServerError) != (c.want == "") {
			t.Errorf("%s: %+v, %v", name, resp, err)
		}
	}
}

func TestAServerThatIsDownIsNamedWithHowToStartIt(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	client, err := ollama.New("http://"+address, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Generate(t.Context(), ask("tiny"))
	for _, want := range []string{"http://" + address, "connection refused", "OLLAMA_HOST=" + address + " ollama serve"} {
		if !llm.IsKind(err, llm.Unavailable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err := client.Models(t.Context()); !llm.IsKind(err, llm.Unavailable) {
		t.Error(err)
	}
}

func TestAMissingModelIsNamedWithHowToPullIt(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{Models: []string{"tiny"}}, 0)
	_, chat := client.Generate(t.Context(), ask("qwen3:8b"))
	_, check := client.Check(t.Context(), "qwen3:8b")
	for _, err := range []error{chat, check} {
		for _, want := range []string{"gorod model pull qwen3:8b", "ollama pull qwen3:8b"} {
			if !llm.IsKind(err, llm.ModelMissing) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not say %q", err, want)
			}
		}
	}
}

func TestTheEndOfTheContextIsNoFaultOfTheServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the run is over")
	opts := faulty(llmtest.Fault{Hang: true})
	opts.Fault = func(int, llmtest.Request) llmtest.Fault { cancel(why); return llmtest.Fault{Hang: true} }
	_, client := start(t, opts, 0)
	var e *llm.Error
	if _, err := client.Generate(ctx, ask("tiny")); !errors.Is(err, why) || errors.As(err, &e) {
		t.Errorf("%v", err)
	}
}

func TestADeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	_, client := start(t, faulty(llmtest.Fault{Hang: true}), 0)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := client.Generate(ctx, ask("tiny")); !llm.IsKind(err, llm.Timeout) {
		t.Errorf("%v", err)
	}
}

func TestLogitBiasIsRefused(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, 0)
	req := ask("tiny")
	req.Sampling.LogitBias = map[string]int{"1": 5}
	if _, err := client.Generate(t.Context(), req); !llm.IsKind(err, llm.BadRequest) || !strings.Contains(err.Error(), "provider: openai") {
		t.Errorf("%v", err)
	}
	if n := server.Stats().Requests; n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestModelsAreListedAndChecked(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{Models: []string{"tiny", "embedder"}}, 0)
	models, err := client.Models(t.Context())
	if err != nil || len(models) != 2 || models[0].Name != "tiny:latest" || models[0].Endpoint != server.URL || models[0].Detail != "test 1M F32" {
		t.Errorf("%+v, %v", models, err)
	}
	for _, name := range []string{"tiny", "tiny:latest"} {
		if info, err := client.Check(t.Context(), name); err != nil || info.Digest == "" || info.Digest != models[0].Digest {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
}

func TestPullTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{Models: []string{"tiny"}}, 0)
	var seen []int64
	last := ""
	err := client.Pull(t.Context(), "tiny", func(status string, done, total int64) {
		last = status
		if total > 0 {
			seen = append(seen, done*100/total)
		}
	})
	if err != nil || last != "success" || !cmp.Equal(seen, []int64{0, 50, 100}) {
		t.Errorf("%v, %q, %v", seen, last, err)
	}
	err = client.Pull(t.Context(), "nosuch", func(string, int64, int64) {})
	if !llm.IsKind(err, llm.ModelMissing) || !strings.Contains(err.Error(), "ollama.com/library") {
		t.Errorf("%v", err)
	}
}

func TestEmbeddingsAreUnitVectorsInOrder(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{}, 0)
	resp, err := client.Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"кот", "пёс", "кот"}})
	if err != nil || len(resp.Vectors) != 3 || !cmp.Equal(resp.Vectors[0], resp.Vectors[2]) || cmp.Equal(resp.Vectors[0], resp.Vectors[1]) || resp.Tokens == 0 {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestBadBaseURLsAreRefusedWithoutTheirPasswords(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "localhost:11434", "ftp://x", "http://", "http://u:hunter2@h/?q=1", "http://u:hunter2@h:bad"} {
		if _, err := ollama.New(base, 0); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", base, err)
		}
	}
	client, err := ollama.New("http://u:hunter2@127.0.0.1:1", 0)
	if err != nil || client.Name() != "http://127.0.0.1:1" {
		t.Fatalf("%v, %v", client, err)
	}
	if _, err := client.Generate(t.Context(), ask("tiny")); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}
