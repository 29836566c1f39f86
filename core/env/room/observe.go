package room

import (
	"context"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Observe implements env.Environment: the last messages, who is there, and what
// the study told the participant.
func (e *Environment) Observe(_ context.Context, tick env.Tick, agent string) (sdk.Observation, []event.Event, error) {
	s := e.seat(agent)
	if s == nil {
		return sdk.Observation{}, nil, fmt.Errorf("room: nobody has the id %q", agent)
	}
	o := sdk.Observation{Tick: tick.Number, Time: tick.Time.Format(time.RFC3339), Place: e.settings.Name}
	if e.settings.Topic != "" {
		o.Trends = []string{e.settings.Topic}
	}
	var events []event.Event
	see := func(list *[]sdk.Item, item sdk.Item) {
		*list = append(*list, item)
		var author *hearsay.Knowledge
		if a := e.seat(item.Author); a != nil {
			author = &a.knows
		}
		if h, news := s.knows.Hear(item, author); news {
			s.unsaved = true
			events = append(events, event.New(tick.Number, s.id, event.KindHeard, h))
		}
	}
	for _, id := range s.told {
		see(&o.Notifications, sdk.Item{ID: id, Kind: sdk.ItemEvent, Text: e.texts[id], Time: o.Time, Event: id, Addressed: true})
	}
	if len(s.told) > 0 {
		s.told, s.unsaved = nil, true
	}
	for i := max(0, len(e.messages)-e.settings.History); i < len(e.messages); i++ {
		see(&o.Messages, e.item(&e.messages[i], s))
	}
	for _, i := range e.present() {
		if i != s.place {
			o.People = append(o.People, e.people.Person(i))
		}
	}
	return o, events, nil
}
