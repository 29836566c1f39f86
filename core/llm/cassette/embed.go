package cassette

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/llm"
)

// Embed implements llm.Provider. Texts are recorded one by one, so that any
// of them is known again in other company.
func (l *layer) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	out := llm.EmbedResponse{Vectors: make([][]float32, len(req.Texts)), Cached: true}
	var mine, others []text
	var failed error
	for i, s := range req.Texts {
		t := text{place: i, text: s, key: l.textKey(req.Model, s)}
		var lead bool
		if t.flight, lead = l.embeds.join(t.key); !lead {
			others = append(others, t)
			continue
		}
		v, ok, err := l.lookUpText(ctx, t.key)
		if ok || err != nil {
			l.embeds.land(t.key, t.flight, v, err)
			out.Vectors[i], failed = v.floats(), errors.Join(failed, err)
			continue
		}
		mine = append(mine, t)
	}
	if len(mine) > 0 && failed == nil {
		failed = l.leadTexts(ctx, &req, mine, &out)
	}
	for _, t := range mine {
		l.embeds.land(t.key, t.flight, vectorOf(out.Vectors[t.place]), failed) // after a failure there is none
	}
	if failed != nil {
		return llm.EmbedResponse{}, failed
	}
	return out, l.followTexts(ctx, &req, others, &out)
}

// text is one of the texts to embed.
type text struct {
	place  int
	text   string
	key    Key
	flight *flight[vector]
}

// leadTexts asks for the texts that nobody has asked for.
func (l *layer) leadTexts(ctx context.Context, req *llm.EmbedRequest, mine []text, out *llm.EmbedResponse) error {
	if l.mode == Replay {
		return &llm.Error{
			Kind: llm.NotInCassette, Endpoint: l.path, Model: req.Model,
			Err: fmt.Errorf("no embedding of %q", mine[0].text[:min(len(mine[0].text), 80)]), Hint: "gorod, a plugin or the study has changed since",
		}
	}
	ask := llm.EmbedRequest{Model: req.Model}
	for _, t := range mine {
		ask.Texts = append(ask.Texts, t.text)
	}
	resp, err := l.next.Embed(ctx, ask)
	if err == nil {
		err = llm.CheckVectors(resp.Vectors, len(mine))
	}
	if err != nil {
		return fmt.Errorf("embed: %w", err)
	}
	for i, t := range mine {
		out.Vectors[t.place] = resp.Vectors[i]
	}
	out.Cached, out.Tokens, out.Endpoint, out.Latency = false, resp.Tokens, resp.Endpoint, resp.Latency
	return l.keepTexts(ctx, req.Model, mine, &resp)
}

// followTexts waits for the texts that others ask for.
func (l *layer) followTexts(ctx context.Context, req *llm.EmbedRequest, others []text, out *llm.EmbedResponse) error {
	var left []text
	again := llm.EmbedRequest{Model: req.Model}
	for _, t := range others {
		v, gone, err := t.flight.wait(ctx)
		if err != nil {
			return err
		}
		if gone {
			left, again.Texts = append(left, t), append(again.Texts, t.text)
			continue
		}
		out.Vectors[t.place] = v.floats()
	}
	if len(left) == 0 {
		return nil
	}
	resp, err := l.Embed(ctx, again)
	if err != nil {
		return err
	}
	for i, t := range left {
		out.Vectors[t.place] = resp.Vectors[i]
	}
	out.Cached = out.Cached && resp.Cached
	out.Tokens += resp.Tokens
	return nil
}
