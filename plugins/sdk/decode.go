package sdk

import (
	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// What the host sends, from the wire. Maps and slices are taken over, not
// copied: a message is decoded once.

func agentFrom(m *basev1.Agent) Agent {
	return Agent{
		ID: m.GetId(), Persona: personaFrom(m.GetPersona()),
		Mood:  Mood{Valence: m.GetMood().GetValence(), Arousal: m.GetMood().GetArousal()},
		Goals: m.GetGoals(), Plan: planFrom(m.GetPlan()), Group: m.GetGroup(),
	}
}

func personaFrom(m *basev1.Persona) *Persona {
	if m == nil {
		return nil
	}
	return &Persona{
		Name: m.GetName(), Age: int(m.GetAge()), Gender: m.GetGender(), Occupation: m.GetOccupation(),
		Residence: m.GetResidence(), Bio: m.GetBio(), Style: m.GetStyle(), Interests: m.GetInterests(),
		Traits: m.GetTraits(), Beliefs: m.GetBeliefs(), Relationships: m.GetRelationships(),
		Routine: m.GetRoutine(), Goals: m.GetGoals(), Extra: m.GetExtraJson(),
	}
}

func planFrom(m *basev1.Plan) Plan {
	return Plan{Purpose: m.GetPurpose(), Place: m.GetPlace(), Since: m.GetSince()}
}

func observationFrom(m *basev1.Observation) Observation {
	return Observation{
		Tick: m.GetTick(), Time: m.GetTime(), Place: m.GetPlace(),
		Notifications: conv.Each(m.GetNotifications(), itemFrom),
		Timeline:      conv.Each(m.GetTimeline(), itemFrom),
		Messages:      conv.Each(m.GetMessages(), itemFrom),
		People: conv.Each(m.GetPeople(), func(p *basev1.Person) Person {
			return Person{ID: p.GetId(), Name: p.GetName()}
		}),
		Outcomes: conv.Each(m.GetOutcomes(), func(o *basev1.Outcome) Outcome {
			return Outcome{Action: actionFrom(o.GetAction()), OK: o.GetOk(), Detail: o.GetDetail()}
		}),
		Trends: m.GetTrends(), Groups: m.GetGroups(), OpenGroups: m.GetOpenGroups(),
	}
}

func itemFrom(m *basev1.Item) Item {
	return Item{
		ID: m.GetId(), Kind: m.GetKind(), Author: m.GetAuthor(), AuthorName: m.GetAuthorName(), Text: m.GetText(),
		Group: m.GetGroup(), Audience: m.GetAudience(), Time: m.GetTime(), Parent: m.GetParent(), Event: m.GetEvent(),
		Options: m.GetOptions(), Rank: int(m.GetRank()), Score: m.GetScore(), Addressed: m.GetAddressed(),
	}
}

func actionFrom(m *basev1.Action) Action { return Action{Kind: m.GetKind(), Args: m.GetArgs()} }

func actionSpecFrom(m *basev1.ActionSpec) ActionSpec {
	return ActionSpec{
		Kind: m.GetKind(), Description: m.GetDescription(),
		Args: conv.Each(m.GetArgs(), func(a *basev1.ArgSpec) ArgSpec {
			return ArgSpec{Name: a.GetName(), Description: a.GetDescription(), Required: a.GetRequired(), Values: a.GetValues()}
		}),
	}
}

func recordFrom(m *basev1.Record) Record {
	return Record{Agent: m.GetAgent(), Key: m.GetKey(), Kind: m.GetKind(), JSON: m.GetJson()}
}

func seenFrom(m *memoryv1.Seen) Seen {
	return Seen{Agent: agentFrom(m.GetAgent()), Observation: observationFrom(m.GetObservation())}
}

func queryFrom(m *memoryv1.Query) Query {
	return Query{
		Agent: agentFrom(m.GetAgent()), Observation: observationFrom(m.GetObservation()),
		Text: m.GetText(), Limit: int(m.GetLimit()),
	}
}

func recollectionFrom(m *memoryv1.Recollection) Recollection {
	return Recollection{
		Text: m.GetText(),
		Items: conv.Each(m.GetItems(), func(i *memoryv1.Memory) Remembrance {
			return Remembrance{Key: i.GetKey(), Text: i.GetText(), Score: i.GetScore(), Tick: i.GetTick()}
		}),
		Experience: conv.Each(m.GetExperience(), actionFrom),
	}
}

func planRequestFrom(m *plannerv1.PlanRequest) PlanRequest {
	return PlanRequest{
		Tick: m.GetTick(), Agent: agentFrom(m.GetAgent()), Observation: observationFrom(m.GetObservation()),
		Recollection: recollectionFrom(m.GetRecollection()),
		Actions:      conv.Each(m.GetActions(), actionSpecFrom), MaxActions: int(m.GetMaxActions()),
	}
}
