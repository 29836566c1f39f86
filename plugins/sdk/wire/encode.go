package wire

import (
	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// What the host asks, to the wire. Maps, slices and strings are shared with the
// message, not copied.

func agentTo(a *sdk.Agent) *basev1.Agent {
	return &basev1.Agent{
		Id: a.ID, Persona: personaTo(a.Persona), Goals: a.Goals, Group: a.Group,
		Mood: &basev1.Mood{Valence: a.Mood.Valence, Arousal: a.Mood.Arousal},
		Plan: &basev1.Plan{Purpose: a.Plan.Purpose, Place: a.Plan.Place, Since: a.Plan.Since},
	}
}

func personaTo(p *sdk.Persona) *basev1.Persona {
	if p == nil {
		return nil
	}
	return &basev1.Persona{
		Name: p.Name, Age: int32(p.Age), Gender: p.Gender, Occupation: p.Occupation, Residence: p.Residence,
		Bio: p.Bio, Style: p.Style, Interests: p.Interests, Traits: p.Traits, Beliefs: p.Beliefs,
		Relationships: p.Relationships, Routine: p.Routine, Goals: p.Goals, ExtraJson: p.Extra,
	}
}

func observationTo(o *sdk.Observation) *basev1.Observation {
	return &basev1.Observation{
		Tick: o.Tick, Time: o.Time, Place: o.Place,
		Notifications: conv.EachAt(o.Notifications, itemTo),
		Timeline:      conv.EachAt(o.Timeline, itemTo),
		Messages:      conv.EachAt(o.Messages, itemTo),
		People: conv.EachAt(o.People, func(p *sdk.Person) *basev1.Person {
			return &basev1.Person{Id: p.ID, Name: p.Name}
		}),
		Outcomes: conv.EachAt(o.Outcomes, func(o *sdk.Outcome) *basev1.Outcome {
			return &basev1.Outcome{Action: actionTo(&o.Action), Ok: o.OK, Detail: o.Detail}
		}),
		Trends: o.Trends, Groups: o.Groups, OpenGroups: o.OpenGroups,
	}
}

func itemTo(i *sdk.Item) *basev1.Item {
	return &basev1.Item{
		Id: i.ID, Kind: i.Kind, Author: i.Author, AuthorName: i.AuthorName, Text: i.Text, Group: i.Group,
		Audience: i.Audience, Time: i.Time, Parent: i.Parent, Event: i.Event, Options: i.Options,
		Rank: int32(i.Rank), Score: i.Score, Addressed: i.Addressed,
	}
}

func actionTo(a *sdk.Action) *basev1.Action { return &basev1.Action{Kind: a.Kind, Args: a.Args} }

func actionSpecTo(s *sdk.ActionSpec) *basev1.ActionSpec {
	return &basev1.ActionSpec{
		Kind: s.Kind, Description: s.Description,
		Args: conv.EachAt(s.Args, func(a *sdk.ArgSpec) *basev1.ArgSpec {
			return &basev1.ArgSpec{Name: a.Name, Description: a.Description, Required: a.Required, Values: a.Values}
		}),
	}
}

func recordTo(r *sdk.Record) *basev1.Record {
	return &basev1.Record{Agent: r.Agent, Key: r.Key, Kind: r.Kind, Json: r.JSON}
}

func seenTo(s *sdk.Seen) *memoryv1.Seen {
	return &memoryv1.Seen{Agent: agentTo(&s.Agent), Observation: observationTo(&s.Observation)}
}

func queryTo(q *sdk.Query) *memoryv1.Query {
	return &memoryv1.Query{
		Agent: agentTo(&q.Agent), Observation: observationTo(&q.Observation), Text: q.Text, Limit: conv.Count(q.Limit),
	}
}

func recollectionTo(r *sdk.Recollection) *memoryv1.Recollection {
	return &memoryv1.Recollection{
		Text: r.Text,
		Items: conv.EachAt(r.Items, func(i *sdk.Remembrance) *memoryv1.Memory {
			return &memoryv1.Memory{Key: i.Key, Text: i.Text, Score: i.Score, Tick: i.Tick}
		}),
		Experience: conv.EachAt(r.Experience, actionTo),
	}
}

func planRequestTo(r *sdk.PlanRequest) *plannerv1.PlanRequest {
	return &plannerv1.PlanRequest{
		Tick: r.Tick, Agent: agentTo(&r.Agent), Observation: observationTo(&r.Observation),
		Recollection: recollectionTo(&r.Recollection),
		Actions:      conv.EachAt(r.Actions, actionSpecTo), MaxActions: conv.Count(r.MaxActions),
	}
}
