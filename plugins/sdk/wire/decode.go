package wire

import (
	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
	sentimentv1 "github.com/llm-city/gorod/plugins/proto/gorod/sentiment/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// What a plugin answers, from the wire.

func changeFrom(m *basev1.RecordChange) sdk.RecordChange {
	r := m.GetRecord()
	return sdk.RecordChange{
		Record: sdk.Record{Agent: r.GetAgent(), Key: r.GetKey(), Kind: r.GetKind(), JSON: r.GetJson()},
		Delete: m.GetDelete(),
	}
}

func actionFrom(m *basev1.Action) sdk.Action { return sdk.Action{Kind: m.GetKind(), Args: m.GetArgs()} }

func recollectionFrom(m *memoryv1.Recollection) sdk.Recollection {
	return sdk.Recollection{
		Text: m.GetText(),
		Items: conv.Each(m.GetItems(), func(i *memoryv1.Memory) sdk.Remembrance {
			return sdk.Remembrance{Key: i.GetKey(), Text: i.GetText(), Score: i.GetScore(), Tick: i.GetTick()}
		}),
		Experience: conv.Each(m.GetExperience(), actionFrom),
	}
}

func decisionFrom(m *plannerv1.PlanResponse) sdk.Decision {
	d := sdk.Decision{
		Actions: conv.Each(m.GetActions(), actionFrom), Thought: m.GetThought(),
		Changes: conv.Each(m.GetChanges(), changeFrom), Reused: m.GetReused(),
	}
	if p := m.GetPlan(); p != nil {
		d.Plan = &sdk.Plan{Purpose: p.GetPurpose(), Place: p.GetPlace(), Since: p.GetSince()}
	}
	return d
}

func sentimentFrom(m *sentimentv1.Sentiment) sdk.Sentiment {
	return sdk.Sentiment{
		Valence: m.GetValence(), Arousal: m.GetArousal(), Label: m.GetLabel(), Scores: m.GetScores(), Emotion: m.GetEmotion(),
	}
}
