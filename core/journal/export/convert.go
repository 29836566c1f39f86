package export

import (
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// addEvent puts an event into the table of events and into those of its kind.
func (t *tables) addEvent(base Base, e event.Event) error {
	if err := t.events.Add(Event{base, int64(e.Seq), e.Agent, string(e.Kind), string(e.Data)}); err != nil {
		return err
	}
	switch e.Kind {
	case event.KindAction:
		return convert(e, func(p event.Action) error { return t.addAction(base, e, p) })
	case event.KindExposure:
		return convert(e, func(p event.Exposure) error { return t.addExposure(base, e, p) })
	case event.KindMood:
		return convert(e, func(p event.Mood) error {
			return t.moods.Add(Mood{base, e.Agent, p.Valence, p.Arousal, int32(p.Stimuli), p.Mean})
		})
	case event.KindPlan:
		return convert(e, func(p event.Plan) error {
			return t.plans.Add(Plan{base, e.Agent, p.Purpose, p.Place, p.Thought, p.Reused})
		})
	case event.KindHeard:
		return convert(e, func(p event.Heard) error {
			return t.heard.Add(Heard{base, e.Agent, p.Event, p.From, p.Via, p.Item, int32(p.Hops)})
		})
	case event.KindInvalid:
		return convert(e, func(p event.Invalid) error { return t.addInvalid(base, e, p) })
	case event.KindIntervention:
		return convert(e, func(p event.Intervention) error { return t.addEffects(base, e, p) })
	case event.KindControl:
		return convert(e, func(p event.Control) error { return t.addControl(base, e, p) })
	case event.KindDecree:
		return convert(e, func(p event.Decree) error { return t.addDecree(base, e, p) })
	case event.KindTransfer:
		return convert(e, func(p event.Transfer) error {
			return t.transfers.add(Transfer{base, int64(e.Seq), p.From, p.To, p.Amount, p.Why, p.Building, p.Thing})
		})
	case event.KindTown:
		return convert(e, func(p event.Town) error {
			return t.towns.add(Town{
				base, p.Money, int32(p.Population), int32(p.Buildings), int32(p.Beds), int32(p.FreeBeds), int32(p.Decisions), int32(p.Invalid), p.Met,
			})
		})
	default: // has no table of its own
		return nil
	}
}

func convert[T any](e event.Event, add func(T) error) error {
	var payload T
	if err := json.Unmarshal(e.Data, &payload); err != nil {
		return fmt.Errorf("event %d.%d (%s): %w", e.Tick, e.Seq, e.Kind, err)
	}
	return add(payload)
}

// addControl adds what an operator changed as an intervention, and what a visitor
// did as the visitor's action.
func (t *tables) addControl(base Base, e event.Event, p event.Control) error {
	if p.Action != nil {
		e.Agent = p.Visitor()
		return t.addAction(base, e, *p.Action)
	}
	return t.addEffects(base, e, event.Intervention{ID: event.ControlID(p.ID), Why: p.Who, Effects: p.Effects})
}

func (t *tables) addAction(base Base, e event.Event, p event.Action) error {
	args, err := arguments(p.Args)
	if err != nil {
		return err
	}
	row := Action{
		Base: base, Seq: int64(e.Seq), Agent: e.Agent, Kind: p.Kind, Args: args, ID: p.ID, Target: p.Target, TargetAgent: p.TargetAgent,
		Group: p.Group, Audience: p.Audience, About: p.About, Text: p.Text,
	}
	if s := p.Sentiment; s != nil {
		row.Valence, row.Arousal, row.Label = &s.Valence, &s.Arousal, &s.Label
	}
	if err := t.actions.Add(row); err != nil || p.Text == "" {
		return err
	}
	return t.messages.Add(Message{
		Base: base, Seq: row.Seq, ID: p.ID, Author: e.Agent, Kind: p.Kind, Text: p.Text, Audience: p.Audience, Group: p.Group,
		Parent: p.Target, To: p.TargetAgent, About: p.About, Valence: row.Valence, Label: row.Label,
	})
}

func (t *tables) addExposure(base Base, e event.Event, p event.Exposure) error {
	for i, item := range p.Items {
		if err := t.exposures.Add(Exposure{base, int64(e.Seq), e.Agent, p.Feed, int32(i + 1), item.ID, item.Author, item.Score}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) addInvalid(base Base, e event.Event, p event.Invalid) error {
	row := Invalid{Base: base, Agent: e.Agent, Why: p.Why}
	if p.Action != nil {
		args, err := arguments(p.Action.Args)
		if err != nil {
			return err
		}
		row.Kind, row.Args = &p.Action.Kind, &args
	}
	return t.invalid.Add(row)
}

func (t *tables) addEffects(base Base, e event.Event, p event.Intervention) error {
	for i, effect := range p.Effects {
		row := Intervention{base, int64(e.Seq), p.ID, p.Why, int32(i + 1), effect.Kind, effect.Agents, effect.Detail}
		if err := t.interventions.add(row); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) addDecree(base Base, e event.Event, p event.Decree) error {
	args, err := arguments(p.Args)
	if err != nil {
		return err
	}
	return t.decrees.add(Decree{base, int64(e.Seq), p.Kind, args, p.OK, p.Detail, p.Thought})
}

// arguments is a JSON object, its keys in order; {} for none.
func arguments(args map[string]string) (string, error) {
	if args == nil {
		return "{}", nil
	}
	data, err := json.Marshal(args)
	return string(data), err
}

// agentRow is a resident with its state, if a tick has changed it.
func agentRow(base Base, r resident, state *event.AgentState) Agent {
	row := Agent{Base: base, Agent: r.ID, Name: r.Name, Group: r.Group, Model: r.Model, Persona: string(r.Persona)}
	if state != nil {
		row.Valence, row.Arousal = &state.Mood.Valence, &state.Mood.Arousal
		row.Goals, row.Plan = state.Goals, state.Plan.Purpose
	}
	return row
}

func recordRow(base Base, plugin string, r sdk.Record) Record {
	return Record{base, plugin, r.Agent, r.Key, r.Kind, string(r.JSON)}
}
