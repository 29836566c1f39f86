package town

import (
	"math"
	"time"

	"github.com/llm-city/gorod/core/env"
)

// begin begins a tick, once: whoever is asked first, the mayor or the residents.
func (e *Environment) begin(tick env.Tick) {
	if e.state.Tick == tick.Number {
		return
	}
	first := e.state.Tick < 0
	e.state.Tick, e.now = tick.Number, tick.Time
	e.decisions, e.invalid = 0, 0
	e.unsaved = true
	if first {
		e.open(tick.Number)
	}
	e.befall(tick)
}

// day of the game that a time is in, from 1.
func (e *Environment) day(t time.Time) int {
	return int(math.Round(midnight(t).Sub(midnight(e.start)).Hours()/24)) + 1
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// due reports whether the mayor decides in a tick that begins at a time: in the
// first one of every hour that the rules give it.
func (e *Environment) due(t time.Time) bool {
	hours := e.settings.Hours
	into := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
	return e.day(t) <= e.settings.Days && t.Hour() >= hours.From && t.Hour() < hours.To && into < e.step
}

// left is how many decisions there are from a tick on until the goal's deadline.
func (e *Environment) left(t time.Time) int {
	n := 0
	for ; e.day(t) <= e.settings.Goal.By; t = t.Add(max(e.step, time.Hour)) {
		if e.due(t) {
			n++
		}
	}
	return n
}

// judge notes when the goal is reached.
func (e *Environment) judge(tick env.Tick) {
	goal := e.settings.Goal
	if e.state.Met != nil || !goal.Measurable() || e.day(tick.Time) > goal.By {
		return
	}
	if e.state.Money >= goal.Money && len(e.residents) >= goal.Population {
		e.state.Met = &tick.Number
		e.unsaved = true
	}
}

// Reached is the tick at whose end the goal was first reached, by its deadline;
// false where it was not, or the study gives nothing to measure it by.
func (e *Environment) Reached() (int64, bool) {
	if e.state.Met == nil {
		return 0, false
	}
	return *e.state.Met, true
}
