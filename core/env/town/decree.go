package town

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Bounds of what a mayor writes, in characters.
const (
	maxBio  = 1000
	maxGoal = 300
)

// Why the town refuses the mayor, and what it says to what the mayor did.
const (
	noDecree    lang.Phrase = "Мэр не может «%s»: только nothing, build и recruit. ¦ A mayor cannot %q: only nothing, build and recruit."
	noFreeLot   lang.Phrase = "Свободных участков больше нет. ¦ There is no free lot left."
	noType      lang.Phrase = "Нет типа зданий «%s». ¦ There is no type of building %q."
	noLot       lang.Phrase = "Нет участка «%s, %s»: столбцы от 0 до %d, ряды от 0 до %d. ¦ There is no lot %q, %q: columns go from 0 to %d, rows from 0 to %d."
	lotTaken    lang.Phrase = "На участке %d, %d уже стоит %s. ¦ On lot %d, %d there is already %s."
	noMoney     lang.Phrase = "Не хватает денег: нужно %d, есть %d. ¦ Not enough money: it takes %d, there is %d."
	built       lang.Phrase = "Построено: %s за %d. ¦ Built: %s for %d."
	nothingDone lang.Phrase = "Ничего не сделано. ¦ Nothing was done."
)

// Decree implements env.Governed. The events are also those of coins that moved
// before it in the tick.
func (e *Environment) Decree(tick env.Tick, action sdk.Action) (env.Decreed, error) {
	e.begin(tick)
	a := args.Args{Action: action, Language: e.language}
	var done env.Decreed
	var err error
	switch action.Kind {
	case "nothing":
		done.Detail = nothingDone.In(e.language)
	case "build":
		done, err = e.build(tick, a)
	case "recruit":
		done, err = e.recruit(tick, a)
	default:
		err = a.Refuse(noDecree, lang.Excerpt(action.Kind, 40))
	}
	var refusal *env.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return env.Decreed{}, err
	}
	e.decisions++
	e.state.Last, e.unsaved = &sdk.Outcome{Action: bounded(action), OK: err == nil, Detail: done.Detail}, true
	if refusal != nil {
		e.invalid++
		e.state.Last.Detail = refusal.Why
		return env.Decreed{}, err
	}
	done.Events = e.drain()
	return done, nil
}

// bounded is an action as the mayor is reminded of it: what was refused for its
// length is not kept.
func bounded(a sdk.Action) sdk.Action {
	kept := map[string]string{}
	for _, name := range []string{"type", "x", "y", "name", "bio", "goal", "home"} {
		if value := a.Arg(name); value != "" {
			kept[name] = lang.Excerpt(value, maxBio)
		}
	}
	if len(kept) == 0 {
		kept = nil
	}
	return sdk.Action{Kind: lang.Excerpt(a.Kind, args.MaxName), Args: kept}
}

func (e *Environment) build(tick env.Tick, a args.Args) (env.Decreed, error) {
	name, err := a.Line("type", args.MaxName)
	if err != nil {
		return env.Decreed{}, err
	}
	k, known := e.kinds[name]
	switch {
	case len(e.buildings) == e.settings.Width*e.settings.Height:
		return env.Decreed{}, a.Refuse(noFreeLot)
	case name == "":
		return env.Decreed{}, a.Missing("type")
	case !known:
		return env.Decreed{}, a.Refuse(noType, name)
	}
	lot, err := e.lot(a)
	if err != nil {
		return env.Decreed{}, err
	}
	if k.cost > e.state.Money {
		return env.Decreed{}, a.Refuse(noMoney, k.cost, e.state.Money)
	}
	b := e.raise(k, lot)
	e.move(tick.Number, event.Transfer{From: event.AccountMayor, To: event.AccountWorld, Amount: k.cost, Why: event.ForBuild, Building: b.id})
	return env.Decreed{Detail: fmt.Sprintf(built.In(e.language), b.id, k.cost)}, nil
}

// lot is the free lot that the arguments x and y mean.
func (e *Environment) lot(a args.Args) (sdk.Lot, error) {
	x, err := a.Line("x", args.MaxName)
	if err != nil {
		return sdk.Lot{}, err
	}
	y, err := a.Line("y", args.MaxName)
	if err != nil {
		return sdk.Lot{}, err
	}
	column, errX := strconv.Atoi(x)
	row, errY := strconv.Atoi(y)
	if errX != nil || errY != nil || column < 0 || row < 0 || column >= e.settings.Width || row >= e.settings.Height {
		return sdk.Lot{}, a.Refuse(noLot, x, y, e.settings.Width-1, e.settings.Height-1)
	}
	lot := sdk.Lot{X: column, Y: row}
	if b := e.on(lot); b != nil {
		return sdk.Lot{}, a.Refuse(lotTaken, column, row, b.id)
	}
	return lot, nil
}
