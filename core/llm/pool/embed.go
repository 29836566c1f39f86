package pool

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/llm"
)

// embedMany splits the texts into requests that fill the free slots.
func (c *client) embedMany(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	batches := slices.Collect(slices.Chunk(req.Texts, embedBatch))
	parts := make([]llm.EmbedResponse, len(batches))
	group, ctx := errgroup.WithContext(ctx)
	for i, texts := range batches {
		group.Go(func() (err error) {
			parts[i], err = c.embed(ctx, llm.EmbedRequest{Model: req.Model, Texts: texts, Admit: req.Admit})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return llm.EmbedResponse{}, err
	}
	out := llm.EmbedResponse{Endpoint: parts[0].Endpoint}
	for _, part := range parts {
		if len(part.Vectors[0]) != len(parts[0].Vectors[0]) {
			return out, &llm.Error{
				Kind: llm.BadReply, Model: req.Model, Endpoint: part.Endpoint,
				Err: fmt.Errorf("its vectors have %d dimensions, those of %s have %d",
					len(part.Vectors[0]), parts[0].Endpoint, len(parts[0].Vectors[0])),
				Hint: "the endpoints serve different models",
			}
		}
		out.Vectors = append(out.Vectors, part.Vectors...)
		out.Tokens += part.Tokens
		out.Latency += part.Latency
	}
	return out, nil
}
