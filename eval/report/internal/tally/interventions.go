package tally

import (
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxInterventions = 4096 // kept of a run: one may come about in every tick
	maxDetail        = 400  // runes
)

// Intervened is an intervention that came about.
type Intervened struct {
	Tick    int64
	ID, Why string
	Effects []Effect
}

// Effect is one thing that an intervention did, and to how many residents.
type Effect struct {
	Kind, Detail string
	Agents       int
}

func (t *Tally) intervened(e event.Event, i event.Intervention) {
	t.out.InterventionCount++
	if len(t.out.Interventions) == maxInterventions {
		return
	}
	kept := Intervened{Tick: e.Tick, ID: text.Cut(i.ID, 80), Why: text.Cut(i.Why, maxDetail)}
	for _, effect := range i.Effects {
		kept.Effects = append(kept.Effects, Effect{text.Cut(effect.Kind, 40), text.Cut(effect.Detail, maxDetail), len(effect.Agents)})
	}
	t.out.Interventions = append(t.out.Interventions, kept)
}

// controlled counts what somebody did from outside among the interventions:
// both changed the run.
func (t *Tally) controlled(e event.Event, c event.Control) {
	if len(c.Effects) > 0 {
		t.intervened(e, event.Intervention{ID: event.ControlID(c.ID), Why: c.Who, Effects: c.Effects})
	}
}
