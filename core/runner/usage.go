package runner

import (
	"context"
	"sync/atomic"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

// Usage counts what a run asked of its models in this session.
type Usage struct {
	Calls        int64 // answered by a model
	Hits         int64 // answered by the cassette
	PromptTokens int64
	ReplyTokens  int64
	Endpoints    []pool.Health // of all runs' models; none for the reference
}

// meter counts what passes through its layers.
type meter struct {
	calls, hits, errors, prompt, reply atomic.Int64

	now, peak atomic.Int64 // under way; most at once since the last tick
	told      event.Usage  // up to the last tick; of its committer alone
}

func (m *meter) read() Usage {
	return Usage{Calls: m.calls.Load(), Hits: m.hits.Load(), PromptTokens: m.prompt.Load(), ReplyTokens: m.reply.Load()}
}

// enter notes a call that begins.
func (m *meter) enter() {
	now := m.now.Add(1)
	for {
		peak := m.peak.Load()
		if now <= peak || m.peak.CompareAndSwap(peak, now) {
			return
		}
	}
}

// since is what was asked since the last tick that was settled.
func (m *meter) since() event.Usage {
	return event.Usage{
		Calls: m.calls.Load() - m.told.Calls, Hits: m.hits.Load() - m.told.Hits, Errors: m.errors.Load() - m.told.Errors, Peak: m.peak.Load(),
	}
}

// settle notes that a tick was committed with what was asked since the one
// before.
func (m *meter) settle(u event.Usage) {
	m.told.Calls += u.Calls
	m.told.Hits += u.Hits
	m.told.Errors += u.Errors
	m.peak.Store(m.now.Load())
}

// metered is a layer that counts replies, also those that break their schema.
type metered struct {
	llm.Provider
	meter *meter
}

// Generate implements llm.Provider.
func (m metered) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	m.meter.enter()
	resp, err := m.Provider.Generate(ctx, req)
	m.meter.now.Add(-1)
	if err != nil {
		m.meter.errors.Add(1)
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
