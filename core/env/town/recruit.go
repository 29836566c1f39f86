package town

import (
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Why the town does not recruit, and what it says when it did.
const (
	noBedAtAll lang.Phrase = "Во всём городе нет свободной кровати. ¦ There is no free bed in the whole town."
	noHouse    lang.Phrase = "Нет дома «%s». ¦ There is no house %q."
	noBedThere lang.Phrase = "В доме «%s» нет свободной кровати. ¦ There is no free bed in %q."
	nameTaken  lang.Phrase = "Имя «%s» уже занято. ¦ The name %q is taken."
	recruited  lang.Phrase = "Приглашён житель: %s (%s), дом %s. ¦ Recruited: %s (%s), who lives in %s."
)

func (e *Environment) recruit(tick env.Tick, a args.Args) (env.Decreed, error) {
	home, err := e.homeFor(a)
	if err != nil {
		return env.Decreed{}, err
	}
	who, err := e.described(a)
	if err != nil {
		return env.Decreed{}, err
	}
	cost, cash := e.recruitCost(), e.newcomerCash()
	if cost > e.state.Money {
		return env.Decreed{}, a.Refuse(noMoney, cost, e.state.Money)
	}
	r := e.settle(who)
	r.new = true
	e.direct()
	r.moveIn(home)
	r.at = home
	e.move(tick.Number, event.Transfer{From: event.AccountMayor, To: event.AccountWorld, Amount: cost - cash, Why: event.ForRecruit})
	e.move(tick.Number, event.Transfer{From: event.AccountMayor, To: r.id, Amount: cash, Why: event.ForCash})
	return env.Decreed{Detail: fmt.Sprintf(recruited.In(e.language), nameOf(who), who.ID, home.id), Newcomers: []spec.Resident{who}}, nil
}

// homeFor is the building with a free bed that the argument home means.
func (e *Environment) homeFor(a args.Args) (*building, error) {
	beds := 0
	for _, b := range e.buildings {
		beds += b.freeBeds()
	}
	if beds <= 0 {
		return nil, a.Refuse(noBedAtAll)
	}
	name, err := a.Line("home", args.MaxName)
	if err != nil {
		return nil, err
	}
	b := e.byID(name)
	switch {
	case name == "":
		return nil, a.Missing("home")
	case b == nil:
		return nil, a.Refuse(noHouse, name)
	case b.freeBeds() <= 0:
		return nil, a.Refuse(noBedThere, name)
	}
	return b, nil
}

// described is the newcomer whom the arguments name, bio and goal describe.
func (e *Environment) described(a args.Args) (spec.Resident, error) {
	var texts [3]string
	for i, arg := range []struct {
		name  string
		limit int
	}{{"name", args.MaxName}, {"bio", maxBio}, {"goal", maxGoal}} {
		text, err := a.Need(arg.name, arg.limit)
		if err != nil {
			return spec.Resident{}, err
		}
		texts[i] = text
	}
	who := spec.Resident{
		ID: e.nextID(), Persona: &sdk.Persona{Name: lang.Line(texts[0]), Bio: texts[1]}, Goals: []string{texts[2]},
		Group: spec.Newcomers, Model: e.model,
	}
	if e.names[foldedName(who)] || e.people.Index(foldedName(who)) >= 0 {
		return spec.Resident{}, a.Refuse(nameTaken, who.Persona.Name)
	}
	return who, nil
}
