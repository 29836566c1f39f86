package city

import (
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

// commanded takes in what somebody outside did: a visitor acts as a resident
// does, an operator leaves a mark.
func (p *past) commanded(e event.Event) error {
	c, err := read[event.Control](e)
	if err != nil {
		return err
	}
	var order control.Order
	if err := json.Unmarshal(c.Order, &order); err != nil {
		return fmt.Errorf("order of command %d: %w", c.ID, err)
	}
	if order.Visit != nil {
		if c.Action != nil && c.Refused == "" {
			p.visited(e, order.Visit.Visitor, *c.Action)
		}
		return nil
	}
	mark := Mark{Tick: e.Tick, Kind: "control", ID: event.ControlID(c.ID), Command: c.ID, Who: c.Who, Refused: cut(c.Refused), Effects: c.Effects}
	if order.Effect != nil {
		mark.Goals = order.Effect.Goals
		if order.Effect.Tell != nil {
			mark.Text = cut(order.Effect.Tell.Text)
		}
	}
	p.marks = append(p.marks, mark)
	return nil
}

func (p *past) visited(e event.Event, visitor social.Visitor, a event.Action) {
	who := &p.people[p.place(visitor.ID)]
	if visitor.Name != "" {
		who.Name = cut(visitor.Name)
	}
	e.Agent = visitor.ID
	p.acted(e, a)
}
