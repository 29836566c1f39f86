package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// tickLog collects a tick's events in order. Payloads are encoded when the tick
// is committed, beside the next one. Texts of actions are classified together
// before that.
type tickLog struct {
	tick   int64
	events []entry
	spoken []*event.Action // whose sentiment is still to be found
}

// entry is an event; one with a payload has no Data yet.
type entry struct {
	event.Event
	payload any
}

func (l *tickLog) add(events ...event.Event) {
	for _, e := range events {
		l.events = append(l.events, entry{Event: e})
	}
}

func (l *tickLog) record(agent string, kind event.Kind, payload any) {
	l.events = append(l.events, entry{event.Event{Tick: l.tick, Agent: agent, Kind: kind}, payload})
}

func (l *tickLog) action(agent string, a event.Action) {
	if a.Text != "" {
		l.spoken = append(l.spoken, &a)
	}
	l.record(agent, event.KindAction, &a)
}

// told are the different texts that residents were told so far.
func (l *tickLog) told() (texts []string) {
	for _, e := range l.events {
		if t, ok := e.payload.(event.Told); ok && !slices.Contains(texts, t.Text) {
			texts = append(texts, t.Text)
		}
	}
	return texts
}

// sealed are the events as they are stored.
func (l *tickLog) sealed() []event.Event {
	events := make([]event.Event, len(l.events))
	for i, e := range l.events {
		if e.payload != nil {
			e.Event = event.New(e.Tick, e.Agent, e.Kind, e.payload)
		}
		e.Seq = i
		events[i] = e.Event
	}
	return events
}

// act carries out the decisions of all batches in agent order and says how many
// agents acted.
func (e *Engine) act(ctx context.Context, t env.Tick, batches []*batch, log *tickLog) (int, error) {
	acted := 0
	for _, b := range batches {
		for _, s := range b.steps {
			log.add(s.exposures...)
			log.record(s.ID, event.KindMood, s.moodEvent)
			s.state.Mood = s.mood
			if !s.acts {
				continue
			}
			acted++
			if err := e.carryOut(ctx, t, s, log); err != nil {
				return 0, fmt.Errorf("%s acts: %w", s.ID, err)
			}
		}
	}
	if c, ok := e.opts.Environment.(env.Chronicler); ok {
		log.add(c.Happened(t)...)
	}
	return acted, e.voice(ctx, log)
}

func (e *Engine) carryOut(ctx context.Context, t env.Tick, s *step, log *tickLog) error {
	s.state.Outcomes = nil
	if s.unusable != nil {
		log.record(s.ID, event.KindInvalid, event.Invalid{Why: s.unusable.Error()})
		return nil
	}
	e.adopt(t, s, log)
	for i, action := range s.decision.Actions {
		if i == e.opts.MaxActions {
			break
		}
		if err := e.apply(ctx, t, s, action, log); err != nil {
			return err
		}
	}
	return nil
}

// adopt makes the decided plan the agent's own.
func (e *Engine) adopt(t env.Tick, s *step, log *tickLog) {
	d := s.decision
	if d.Plan != nil && (d.Plan.Purpose != s.state.Plan.Purpose || d.Plan.Place != s.state.Plan.Place) {
		s.state.Plan = sdk.Plan{Purpose: d.Plan.Purpose, Place: d.Plan.Place, Since: t.Number}
	}
	log.record(s.ID, event.KindPlan, event.Plan{
		Purpose: s.state.Plan.Purpose, Place: s.state.Plan.Place, Thought: d.Thought, Reused: d.Reused,
	})
}

func (e *Engine) apply(ctx context.Context, t env.Tick, s *step, action sdk.Action, log *tickLog) error {
	result, err := env.Result{}, permitted(action, s.actions)
	if err == nil {
		result, err = e.opts.Environment.Apply(ctx, t, s.ID, action)
	}
	var refusal *env.Refusal
	if errors.As(err, &refusal) {
		log.record(s.ID, event.KindInvalid, event.Invalid{Action: &action, Why: refusal.Why})
		s.state.Outcomes = append(s.state.Outcomes, sdk.Outcome{Action: action, Detail: refusal.Why})
		return nil
	}
	if err != nil {
		return err
	}
	log.action(s.ID, result.Event)
	s.state.Outcomes = append(s.state.Outcomes, sdk.Outcome{Action: action, OK: true, Detail: result.Detail})
	if result.Plan != nil {
		s.state.Plan = sdk.Plan{Purpose: result.Plan.Purpose, Place: result.Plan.Place, Since: t.Number}
	}
	return nil
}

// permitted checks an action against what the environment allowed.
func permitted(action sdk.Action, specs []sdk.ActionSpec) error {
	at := slices.IndexFunc(specs, func(s sdk.ActionSpec) bool { return s.Kind == action.Kind })
	if at < 0 {
		return &env.Refusal{Why: fmt.Sprintf("no such action here: %.40q", action.Kind)}
	}
	for _, arg := range specs[at].Args {
		value := action.Arg(arg.Name)
		switch {
		case value == "" && arg.Required:
			return &env.Refusal{Why: fmt.Sprintf("%s needs %s", action.Kind, arg.Name)}
		case value != "" && len(arg.Values) > 0 && !slices.Contains(arg.Values, value):
			return &env.Refusal{Why: fmt.Sprintf("%s: %s cannot be %.40q", action.Kind, arg.Name, value)}
		}
	}
	return nil
}

// voice adds to every text of the tick how it sounds.
func (e *Engine) voice(ctx context.Context, log *tickLog) error {
	texts := make([]string, len(log.spoken))
	for i, s := range log.spoken {
		texts[i] = s.Text
	}
	sentiments, err := e.voices.classify(ctx, log.tick, texts)
	if err != nil {
		return fmt.Errorf("classify what was said: %w", err)
	}
	for i, s := range log.spoken {
		s.Sentiment = &sentiments[i]
		e.voices.learn(s.Text, sentiments[i])
	}
	return nil
}
