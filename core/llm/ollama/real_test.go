//go:build components

package ollama_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/ollama"
	"github.com/llm-city/gorod/core/llm/ollamatest"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestARealOllama(t *testing.T) {
	t.Parallel()
	real := ollamatest.Start(t)
	server, err := ollama.New(real.URL, 1024)
	if err != nil {
		t.Fatal(err)
	}
	zero := 0.0
	request := llm.Request{
		Model: real.Model, Messages: []sdk.Message{{Role: "system", Content: "Ты — житель."}, {Role: "user", Content: "Как дела?"}},
		Sampling: llm.Sampling{Temperature: &zero, MaxTokens: 24, Seed: 1 << 63},
	}
	t.Run("chats, and the same seed says the same", func(t *testing.T) {
		a, err := server.Generate(t.Context(), request)
		if err != nil {
			t.Fatalf("%v\n%s", err, real.Log())
		}
		b, err := server.Generate(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if a.Text == "" || a.Text != b.Text || a.PromptTokens == 0 || a.ReplyTokens == 0 || a.ReplyTokens > 24 {
			t.Errorf("%+v, then %+v", a, b)
		}
		if a.ReplyTokens == 24 && !a.Truncated {
			t.Error("the reply ended at its bound, but is not marked truncated")
		}
	})
	t.Run("holds the model to a schema", func(t *testing.T) {
		req := request
		req.Schema = json.RawMessage(`{"type":"object","properties":{"mood":{"type":"string","enum":["хорошо","плохо"]}},"required":["mood"],"additionalProperties":false}`)
		req.Sampling.MaxTokens = 256
		resp, err := llm.Repair(server).Generate(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		var out struct{ Mood string }
		if err := json.Unmarshal([]byte(resp.Text), &out); err != nil || out.Mood != "хорошо" && out.Mood != "плохо" {
			t.Errorf("%q: %v", resp.Text, err)
		}
	})
	t.Run("embeds", func(t *testing.T) {
		resp, err := server.Embed(t.Context(), llm.EmbedRequest{Model: real.Model, Texts: []string{"один", "два", "один"}})
		if err != nil {
			t.Fatal(err)
		}
		var same, other float64
		for i, x := range resp.Vectors[0] {
			same += float64(x * resp.Vectors[2][i])
			other += float64(x * resp.Vectors[1][i])
		}
		if math.Abs(same-1) > 1e-3 || other > 0.9999 || resp.Tokens == 0 {
			t.Errorf("the same text %v, another %v, %d tokens", same, other, resp.Tokens)
		}
	})
	t.Run("lists and checks its models", func(t *testing.T) {
		models, err := server.Models(t.Context())
		if err != nil || len(models) != 1 || !strings.HasPrefix(models[0].Name, "tiny") || len(models[0].Digest) < 64 || models[0].Size == 0 {
			t.Fatalf("%+v, %v", models, err)
		}
		info, err := server.Check(t.Context(), real.Model)
		if err != nil || info.Digest != models[0].Digest {
			t.Errorf("%+v, %v", info, err)
		}
	})
	t.Run("says how to get a model that is missing", func(t *testing.T) {
		req := request
		req.Model = "no-such"
		_, chat := server.Generate(t.Context(), req)
		_, embed := server.Embed(t.Context(), llm.EmbedRequest{Model: "no-such", Texts: []string{"a"}})
		_, check := server.Check(t.Context(), "no-such")
		for name, err := range map[string]error{"chat": chat, "embed": embed, "check": check} {
			if !llm.IsKind(err, llm.ModelMissing) || !strings.Contains(err.Error(), "gorod model pull no-such") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("says why it cannot pull", func(t *testing.T) {
		err := server.Pull(t.Context(), "127.0.0.1:1/library/none:latest", func(string, int64, int64) {})
		if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
			t.Errorf("%v", err)
		}
		t.Log(err)
	})
}
