package wire

import (
	"context"

	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	sentimentv1 "github.com/llm-city/gorod/plugins/proto/gorod/sentiment/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// Observe implements sdk.Memory.
func (c *Client) Observe(ctx context.Context, tick int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	resp, err := c.memory.Observe(ctx, &memoryv1.ObserveRequest{Tick: tick, Seen: conv.EachAt(seen, seenTo)})
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	changes := conv.Each(resp.GetChanges(), changeFrom)
	return changes, checkChanges(changes)
}

// Recall implements sdk.Memory.
func (c *Client) Recall(ctx context.Context, tick int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	resp, err := c.memory.Recall(ctx, &memoryv1.RecallRequest{Tick: tick, Queries: conv.EachAt(queries, queryTo)})
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	found := conv.Each(resp.GetRecollections(), recollectionFrom)
	return found, checkFound(found, len(queries))
}

// Plan implements sdk.Planner.
func (c *Client) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	resp, err := c.planner.Plan(ctx, planRequestTo(&req))
	if err != nil {
		return sdk.Decision{}, sdk.FromStatus(err)
	}
	decision := decisionFrom(resp)
	return decision, checkDecision(&decision)
}

// Classify implements sdk.Classifier.
func (c *Client) Classify(ctx context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	resp, err := c.sentiment.Classify(ctx, &sentimentv1.ClassifyRequest{Tick: tick, Texts: texts})
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	sentiments := conv.Each(resp.GetSentiments(), sentimentFrom)
	return sentiments, checkSentiments(sentiments, len(texts))
}
