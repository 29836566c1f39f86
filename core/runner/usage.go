package runner

import (
	"context"
	"sync/atomic"

	"github.com/llm-city/gorod/core/llm"
)

// Usage counts what a run asked of its models in this session.
type Usage struct {
	Calls        int64 // answered by a model
	Hits         int64 // answered by the cassette
	PromptTokens int64
	ReplyTokens  int64
}

// meter counts what passes through its layers.
type meter struct{ calls, hits, prompt, reply atomic.Int64 }

func (m *meter) read() Usage {
	return Usage{m.calls.Load(), m.hits.Load(), m.prompt.Load(), m.reply.Load()}
}

// metered is a layer that counts replies, also those that break their schema.
type metered struct {
	llm.Provider
	meter *meter
}

// Generate implements llm.Provider.
func (m metered) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	resp, err := m.Provider.Generate(ctx, req)
	if err != nil {
		return resp, err
	}
	if resp.Cached {
		m.meter.hits.Add(1)
		return resp, nil
	}
	m.meter.calls.Add(1)
	m.meter.prompt.Add(int64(resp.PromptTokens))
	m.meter.reply.Add(int64(resp.ReplyTokens))
	return resp, nil
}
