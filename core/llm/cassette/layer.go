package cassette

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/llm"
)

// Layer puts the cassette before a provider. A Replay asks no provider: next
// may be nil.
func (c *Cassette) Layer(next llm.Provider) llm.Provider {
	if c.mode == Off {
		return next
	}
	return &layer{c, next}
}

type layer struct {
	*Cassette
	next llm.Provider
}

// Generate implements llm.Provider.
func (l *layer) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	key := l.keyOf(&req)
	for {
		fl, lead := l.calls.join(key)
		if lead {
			r, err := l.lead(ctx, key, &req)
			l.calls.land(key, fl, r, err)
			return r.response(key, r.hit), err
		}
		r, gone, err := fl.wait(ctx)
		if err != nil {
			return llm.Response{}, err
		}
		if !gone {
			return r.response(key, true), nil
		}
	}
}

// lead finds the reply, or asks for it and keeps it.
func (l *layer) lead(ctx context.Context, key Key, req *llm.Request) (reply, error) {
	r, ok, err := l.lookUp(ctx, key)
	if ok || err != nil {
		r.hit = true
		return r, err
	}
	if l.mode == Replay {
		return reply{}, &llm.Error{
			Kind: llm.NotInCassette, Endpoint: l.path, Model: req.Model,
			Err: fmt.Errorf("%s of %s at tick %d (call %d, attempt %d) was never asked before", req.Purpose, req.Agent, req.Tick, req.Index, req.Attempt),
			Hint: "the prompts are not those of the recording: " +
				"gorod, a plugin or the study has changed since",
		}
	}
	resp, err := l.next.Generate(ctx, *req)
	if err != nil {
		return reply{}, err
	}
	r = replyOf(&resp)
	return r, l.keep(ctx, key, req, r)
}
