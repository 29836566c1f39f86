package cassette_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/plugins/sdk"
)

// model answers each call differently, so that a reply asked for again shows.
type model struct {
	calls  atomic.Int64
	err    error
	before func(ctx context.Context) // each answer
	mu     sync.Mutex
	texts  []string
}

func (m *model) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	n := m.calls.Add(1)
	if m.before != nil {
		m.before(ctx)
	}
	if m.err != nil {
		return llm.Response{}, m.err
	}
	return llm.Response{
		Text: fmt.Sprintf("ответ %d для %s", n, req.Agent), PromptTokens: 10, ReplyTokens: 3, Truncated: n%2 == 0,
		Endpoint: "http://a", Latency: 5 * time.Millisecond,
	}, ctx.Err()
}

func (m *model) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	n := m.calls.Add(1)
	if m.before != nil {
		m.before(ctx)
	}
	m.mu.Lock()
	m.texts = append(m.texts, req.Texts...)
	m.mu.Unlock()
	out := llm.EmbedResponse{Tokens: 3 * len(req.Texts), Endpoint: "http://a", Latency: time.Millisecond}
	for i := range req.Texts {
		out.Vectors = append(out.Vectors, []float32{float32(n), float32(i + 1)})
	}
	if m.err != nil {
		return llm.EmbedResponse{}, m.err
	}
	return out, ctx.Err()
}

func open(t testing.TB, path string, mode cassette.Mode) *cassette.Cassette {
	t.Helper()
	c, err := cassette.Open(t.Context(), path, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "llm.db") }

// request is the i-th of many different ones.
func request(i int) llm.Request {
	warm := 0.7
	return llm.Request{
		Model: "m", Agent: fmt.Sprintf("a%04d", i%100), Tick: int64(i / 100), Purpose: []string{"plan", "ask"}[i%2], Index: i,
		Messages: []sdk.Message{{Role: "system", Content: "Ты — житель города."}, {Role: "user", Content: fmt.Sprintf("Что дальше, %d?", i)}},
		Schema:   []byte(`{"type":"object"}`), Sampling: llm.Sampling{Temperature: &warm, Seed: uint64(i), MaxTokens: 100},
	}
}

func generate(t testing.TB, p llm.Provider, i int) llm.Response {
	t.Helper()
	resp, err := p.Generate(t.Context(), request(i))
	if err != nil {
		t.Fatal(err)
	}
	return resp
}
