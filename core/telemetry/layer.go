package telemetry

import (
	"context"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
)

// Layer is a provider whose calls are told to the spans in which they are made:
// within gives the one that an agent is part of. Spans of others than this
// package are told nothing.
func Layer(next llm.Provider, within func(agent string) sim.Span) llm.Provider {
	return layer{next, within}
}

type layer struct {
	next   llm.Provider
	within func(agent string) sim.Span
}

// Generate implements llm.Provider.
func (l layer) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	began := time.Now()
	resp, err := l.next.Generate(ctx, req)
	if s, ok := l.within(req.Agent).(*span); ok {
		s.call(call{
			operation: "chat", model: req.Model, endpoint: resp.Endpoint, agent: req.Agent, purpose: req.Purpose, tick: req.Tick,
			attempt: req.Attempt, prompt: resp.PromptTokens, reply: resp.ReplyTokens, cached: resp.Cached,
			began: began, ended: time.Now(), err: err,
		})
	}
	return resp, err
}

// Embed implements llm.Provider.
func (l layer) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	began := time.Now()
	resp, err := l.next.Embed(ctx, req)
	if s, ok := l.within("").(*span); ok {
		s.call(call{
			operation: "embeddings", model: req.Model, endpoint: resp.Endpoint, texts: len(req.Texts), prompt: resp.Tokens,
			cached: resp.Cached, began: began, ended: time.Now(), err: err,
		})
	}
	return resp, err
}
