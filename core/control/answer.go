package control

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
)

// MaxSeats bounds who sits at a table: one speaks after the other, and each
// hears all before it.
const MaxSeats = 20

// answer asks residents and notes what they say. An error means that ctx has
// ended.
func (d *Director) answer(ctx context.Context, t env.Tick, w *sim.World, c Command) error {
	c.State, c.Tick = Done, t.Number
	answers, err := d.ask(ctx, t, w, c)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		c.State, c.Why = Refused, err.Error()
		d.Log.Warn("residents could not be asked", "command", c.ID, "by", c.Who, "error", err)
		d.note(ctx, c)
		return nil
	}
	c.Answers = answers
	for _, a := range answers {
		c.Reply = append(c.Reply, Remark{Who: a.Agent, Text: probe.Words(a)})
	}
	d.note(ctx, c)
	d.answered = append(d.answered, c)
	return nil
}

// ask asks. The error says why nobody answered.
func (d *Director) ask(ctx context.Context, t env.Tick, w *sim.World, c Command) ([]event.Answer, error) {
	now := stage{study: d.Study, turn: intervene.NewTurn(w, d.Environment)}
	if id := event.ControlID(c.ID); named(d.Study, id) {
		return nil, refuse("the study has something of the id %s already", id)
	}
	if err := now.meant(c.Order.Ask.Audience); err != nil {
		return nil, err
	}
	if n := len(now.turn.Audience(c.Order.Ask.Audience)); c.Order.Ask.Table && n > MaxSeats {
		return nil, refuse("a table has %d seats: %d residents are too many", MaxSeats, n)
	}
	answers, err := d.Desk.Inquire(ctx, t, w, inquiry(c))
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		if a.Missing == "" {
			return answers, nil
		}
	}
	return nil, fmt.Errorf("nobody answered: %s", answers[0].Missing)
}

func inquiry(c Command) probe.Inquiry {
	a := c.Order.Ask
	q := probe.Inquiry{
		ID: event.ControlID(c.ID), Purpose: fmt.Sprintf("control %d", c.ID), Audience: a.Audience, Questions: a.Questions, Table: a.Table,
	}
	for _, r := range a.Said {
		q.Said = append(q.Said, probe.Remark(r))
	}
	return q
}

// keep stores the answers to a command with the tick, and tells those who are
// to remember.
func (m *moment) keep(c Command) error {
	for i := range c.Answers {
		c.Answers[i].Tick = m.tick.Number
	}
	m.turn.Out.Findings = m.turn.Out.Findings.And(event.Findings{Answers: c.Answers})
	if !c.Order.Ask.Remember {
		return nil
	}
	memories, err := m.Desk.Memories(m.world, inquiry(c), c.Answers)
	if err != nil {
		return err
	}
	done, err := recorded(c)
	if err != nil {
		return err
	}
	for _, memory := range memories {
		done.Effects = append(done.Effects, m.remember(event.ControlID(c.ID), event.Effect{Agents: memory.Agents, Detail: memory.Text}))
	}
	m.log(done)
	return nil
}

// remember tells residents what they are to remember of a talk. What is told to
// one alone has an id of its own.
func (s *stage) remember(id string, e event.Effect) event.Effect {
	if len(e.Agents) == 1 {
		id = event.Again(id, e.Agents[0])
	}
	return s.turn.Tell(e.Agents, event.Told{Event: id, Text: e.Detail})
}
