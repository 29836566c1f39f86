package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Director acts on a run from outside its residents: a mayor, the study's
// interventions. It is asked at the start of every tick, after the study's
// events are told and before anybody looks. What it does must depend on nothing
// but the run so far, or be found in the run's events when it is replayed. With
// ErrStop the run ends before the tick.
type Director interface {
	Direct(ctx context.Context, t env.Tick, w *World) (Direction, error)
}

// Direction is what a director does in a tick.
type Direction struct {
	Events    []event.Event // what happened
	Tell      []Due         // told now, whatever their Tick says
	Agents    []AgentChange
	Newcomers []spec.Resident // whom the environment knows already
	Records   []event.PluginChanges
	Findings  event.Findings // stored with the tick
	End       bool           // the run ends with this tick
}

// ErrStop ends a run before a tick, as Options.Stop does.
var ErrStop = errors.New("stopped before the tick")

// AgentChange changes a resident; what is nil stays as it is.
type AgentChange struct {
	Agent string
	Goals *[]string
	Mood  *sdk.Mood
	Model *string // entry of models
}

// World is a run as those see it who are no part of it.
type World struct {
	engine    *Engine
	committer *committer
	log       *tickLog // of the tick under way, once it is whole
	last      bool
}

// Last reports that the run ends with the tick that a Probe follows.
func (w *World) Last() bool { return w.last }

// Agents are the residents with their state, in order.
func (w *World) Agents() iter.Seq2[spec.Resident, event.AgentState] {
	return func(yield func(spec.Resident, event.AgentState) bool) {
		for _, a := range w.engine.population.Load().agents {
			if !yield(a.Resident, a.state) {
				return
			}
		}
	}
}

// Events are those of the run from a tick on, up to the last tick that is
// whole: the one before a Director's, the one that a Probe follows.
func (w *World) Events(ctx context.Context, from int64) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		if err := w.committer.wait(); err != nil {
			yield(event.Event{}, err)
			return
		}
		for e, err := range w.engine.opts.Store.Events(ctx, from) {
			if !yield(e, err) {
				return
			}
		}
		if w.log == nil {
			return
		}
		for _, e := range w.log.sealed() {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// direct lets every director act, in order.
func (e *Engine) direct(ctx context.Context, t env.Tick, w *World, log *tickLog) (changed, error) {
	var all changed
	for _, d := range e.opts.Directors {
		direction, err := d.Direct(ctx, t, w)
		if err != nil {
			return all, err
		}
		log.add(direction.Events...)
		e.tellAll(t, direction.Tell, log)
		if err := e.welcome(direction.Newcomers, &all); err != nil {
			return all, err
		}
		for _, c := range direction.Agents {
			if err := e.change(c, &all); err != nil {
				return all, err
			}
		}
		for _, r := range direction.Records {
			e.keepRecords(t.Number, r)
			all.records = append(all.records, r)
		}
		all.findings = all.findings.And(direction.Findings)
		all.end = all.end || direction.End
	}
	return all, nil
}

// changed is what directors changed, for the tick's commit.
type changed struct {
	agents    []*resident
	newcomers []event.Newcomer
	records   []event.PluginChanges
	findings  event.Findings
	end       bool
}

func (e *Engine) welcome(newcomers []spec.Resident, all *changed) error {
	if len(newcomers) == 0 {
		return nil
	}
	now, err := e.population.Load().with(newcomers)
	if err != nil {
		return err
	}
	e.population.Store(now)
	for _, r := range newcomers {
		persona, err := json.Marshal(r.Persona)
		if err != nil {
			return fmt.Errorf("describe %s: %w", r.ID, err)
		}
		all.newcomers = append(all.newcomers, event.Newcomer{
			ID: r.ID, Name: r.Persona.Name, Group: r.Group, Model: r.Model, Persona: persona,
		})
		a, _ := now.find(r.ID)
		all.agents = append(all.agents, a)
	}
	return nil
}

func (e *Engine) change(c AgentChange, all *changed) error {
	a, ok := e.population.Load().find(c.Agent)
	if !ok {
		return fmt.Errorf("no resident %q", c.Agent)
	}
	if c.Goals != nil {
		a.state.Goals = *c.Goals
	}
	if c.Mood != nil {
		a.state.Mood = *c.Mood
	}
	if c.Model != nil {
		a.state.Model = *c.Model
		a.think(*c.Model)
	}
	all.agents = append(all.agents, a)
	return nil
}
