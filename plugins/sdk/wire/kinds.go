package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

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
	return conv.Each(resp.GetRecollections(), recollectionFrom), checkCount(len(resp.GetRecollections()), len(queries), "queries")
}

// Plan implements sdk.Planner.
func (c *Client) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	resp, err := c.planner.Plan(ctx, planRequestTo(&req))
	if err != nil {
		return sdk.Decision{}, sdk.FromStatus(err)
	}
	decision := decisionFrom(resp)
	return decision, checkChanges(decision.Changes)
}

// Classify implements sdk.Classifier.
func (c *Client) Classify(ctx context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	resp, err := c.sentiment.Classify(ctx, &sentimentv1.ClassifyRequest{Tick: tick, Texts: texts})
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	sentiments := conv.Each(resp.GetSentiments(), sentimentFrom)
	if err := checkCount(len(sentiments), len(texts), "texts"); err != nil {
		return nil, err
	}
	for i, s := range sentiments {
		if !within(s.Valence, -1, 1) || !within(s.Arousal, 0, 1) {
			return nil, fmt.Errorf("%w: text %d has valence %v (-1…1) and arousal %v (0…1)", ErrContract, i, s.Valence, s.Arousal)
		}
	}
	return sentiments, nil
}

func checkCount(got, want int, of string) error {
	if got != want {
		return fmt.Errorf("%w: it answered %d of %d %s", ErrContract, got, want, of)
	}
	return nil
}

// checkChanges keeps out of the store what could not be read back.
func checkChanges(changes []sdk.RecordChange) error {
	for i := range changes {
		c := &changes[i]
		switch {
		case c.Key == "":
			return fmt.Errorf("%w: a record of agent %q has no key", ErrContract, c.Agent)
		case !c.Delete && !json.Valid(c.JSON):
			return fmt.Errorf("%w: record %q of agent %q is not JSON", ErrContract, c.Key, c.Agent)
		}
	}
	return nil
}

// within is false for NaN.
func within(v, low, high float64) bool { return v >= low && v <= high && !math.IsInf(v, 0) }
