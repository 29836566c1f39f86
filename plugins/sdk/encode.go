package sdk

import (
	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
	sentimentv1 "github.com/llm-city/gorod/plugins/proto/gorod/sentiment/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// What a plugin answers, to the wire.

func changeTo(c *RecordChange) *basev1.RecordChange {
	return &basev1.RecordChange{
		Record: &basev1.Record{Agent: c.Agent, Key: c.Key, Kind: c.Kind, Json: c.JSON}, Delete: c.Delete,
	}
}

func actionTo(a *Action) *basev1.Action { return &basev1.Action{Kind: a.Kind, Args: a.Args} }

func recollectionTo(r *Recollection) *memoryv1.Recollection {
	return &memoryv1.Recollection{
		Text: r.Text,
		Items: conv.EachAt(r.Items, func(i *Remembrance) *memoryv1.Memory {
			return &memoryv1.Memory{Key: i.Key, Text: i.Text, Score: i.Score, Tick: i.Tick}
		}),
		Experience: conv.EachAt(r.Experience, actionTo),
	}
}

func decisionTo(d *Decision) *plannerv1.PlanResponse {
	m := &plannerv1.PlanResponse{
		Actions: conv.EachAt(d.Actions, actionTo), Thought: d.Thought,
		Changes: conv.EachAt(d.Changes, changeTo), Reused: d.Reused,
	}
	if d.Plan != nil {
		m.Plan = &basev1.Plan{Purpose: d.Plan.Purpose, Place: d.Plan.Place, Since: d.Plan.Since}
	}
	return m
}

func sentimentTo(s *Sentiment) *sentimentv1.Sentiment {
	return &sentimentv1.Sentiment{
		Valence: s.Valence, Arousal: s.Arousal, Label: s.Label, Scores: s.Scores, Emotion: s.Emotion,
	}
}
