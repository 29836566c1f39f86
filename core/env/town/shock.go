package town

import (
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

// befall has the shocks of a tick happen, in the order of the study.
func (e *Environment) befall(tick env.Tick) {
	for i, s := range e.settings.Shocks {
		if !e.strikes(s, tick) {
			continue
		}
		switch s.Kind {
		case "price":
			multiply(e.state.Prices, s)
		case "wage":
			multiply(e.state.Wages, s)
		case "money":
			e.windfall(tick.Number, s.Amount)
		case "fire":
			e.burn(tick, s.Type, i)
		}
		if s.Text != "" {
			e.announce(tick, spec.ShockID(i), s.Text)
		}
	}
}

// strikes reports whether a shock is of a tick.
func (e *Environment) strikes(s spec.TownShock, tick env.Tick) bool {
	if s.Tick != nil {
		return *s.Tick == tick.Number
	}
	return !s.At.Before(tick.Time) && s.At.Before(tick.Time.Add(e.step))
}

// multiply multiplies what belongs to the type of a shock.
func multiply(factors map[string]float64, s spec.TownShock) {
	if _, ok := factors[s.Type]; !ok {
		factors[s.Type] = 1
	}
	factors[s.Type] = min(factors[s.Type]*s.Factor, mostFactor)
}

// windfall gives the mayor money, or takes as much of it as there is.
func (e *Environment) windfall(tick, amount int64) {
	t := event.Transfer{From: event.AccountWorld, To: event.AccountMayor, Amount: amount, Why: event.ForShock}
	if amount < 0 {
		t.From, t.To, t.Amount = t.To, t.From, min(-amount, e.state.Money)
	}
	e.move(tick, t)
}

// burn has a building of a type, or any, burn down.
func (e *Environment) burn(tick env.Tick, kind string, index int) {
	var may []*building
	for _, b := range e.buildings {
		if kind == "" || b.name == kind {
			may = append(may, b)
		}
	}
	if len(may) > 0 {
		e.raze(may[tick.Rand("", "fire", index).IntN(len(may))])
	}
}

// announce tells everybody of what befell the town.
func (e *Environment) announce(tick env.Tick, id, text string) {
	told := event.Told{Event: id, Text: text}
	e.know(told)
	for _, r := range e.residents {
		r.tell(id)
		e.pending = append(e.pending, event.New(tick.Number, r.id, event.KindTold, told))
	}
}

// Tell implements env.Environment.
func (e *Environment) Tell(_ env.Tick, told event.Told, agents []string) {
	e.know(told)
	for _, id := range agents {
		if r := e.resident(id); r != nil {
			r.tell(told.Event)
		}
	}
}

// know keeps the text of an event.
func (e *Environment) know(told event.Told) {
	if _, known := e.texts[told.Event]; !known {
		e.texts[told.Event] = told.Text
		e.fresh = append(e.fresh, told.Event)
	}
}
