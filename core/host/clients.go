package host

import (
	"context"
	"iter"

	"github.com/llm-city/gorod/plugins/sdk"
)

// The clients of an Instance by kind. Changes of records are remembered while
// the call is still under way, so that a restart, which waits for all calls to
// end, knows every change that a caller has seen.

type memory struct{ *Instance }

// Observe implements sdk.Memory.
func (m memory) Observe(ctx context.Context, tick int64, seen []sdk.Seen) (changes []sdk.RecordChange, err error) {
	err = m.call(ctx, "observe", func(ctx context.Context, p *process) error {
		var err error
		if changes, err = p.client.Observe(ctx, tick, seen); err == nil {
			m.recent.add(tick, changes)
		}
		return err
	})
	return changes, err
}

// Recall implements sdk.Memory.
func (m memory) Recall(ctx context.Context, tick int64, queries []sdk.Query) (found []sdk.Recollection, err error) {
	err = m.call(ctx, "recall", func(ctx context.Context, p *process) error {
		var err error
		found, err = p.client.Recall(ctx, tick, queries)
		return err
	})
	return found, err
}

type planner struct{ *Instance }

// Plan implements sdk.Planner.
func (l planner) Plan(ctx context.Context, req sdk.PlanRequest) (decision sdk.Decision, err error) {
	err = l.call(ctx, "plan", func(ctx context.Context, p *process) error {
		var err error
		if decision, err = p.client.Plan(ctx, req); err == nil {
			l.recent.add(req.Tick, decision.Changes)
		}
		return err
	})
	return decision, err
}

type classifier struct{ *Instance }

// Classify implements sdk.Classifier.
func (c classifier) Classify(ctx context.Context, tick int64, texts []string) (sentiments []sdk.Sentiment, err error) {
	err = c.call(ctx, "classify", func(ctx context.Context, p *process) error {
		var err error
		sentiments, err = p.client.Classify(ctx, tick, texts)
		return err
	})
	return sentiments, err
}

type mayor struct{ *Instance }

// Decide implements sdk.Mayor.
func (m mayor) Decide(ctx context.Context, req sdk.MayorRequest) (decision sdk.MayorDecision, err error) {
	err = m.call(ctx, "decide", func(ctx context.Context, p *process) error {
		var err error
		if decision, err = p.client.Decide(ctx, req); err == nil {
			m.recent.add(req.Tick, decision.Changes)
		}
		return err
	})
	return decision, err
}

type metric struct{ *Instance }

// Measure implements sdk.Metric. The events may be read more than once: when
// the process dies in the middle, another starts from the first.
func (m metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) (scores []sdk.Score, err error) {
	err = m.call(ctx, "measure", func(ctx context.Context, p *process) error {
		var err error
		scores, err = p.client.Measure(ctx, run, events)
		return err
	})
	return scores, err
}
