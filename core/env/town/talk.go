package town

import (
	"context"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
)

// Why a talk does not come about.
const (
	notHere      lang.Phrase = "%s сейчас в другом месте. ¦ %s is somewhere else now."
	unknownEvent lang.Phrase = "Вы не знаете о событии «%s». ¦ You do not know of an event %q."
)

func talk(_ context.Context, a *act) (env.Result, error) {
	to, err := a.listener()
	if err != nil {
		return env.Result{}, err
	}
	text, err := a.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	return a.say(to, text, ""), nil
}

func tell(_ context.Context, a *act) (env.Result, error) {
	to, err := a.listener()
	if err != nil {
		return env.Result{}, err
	}
	id, err := a.Line("event", args.MaxName)
	switch {
	case err != nil:
		return env.Result{}, err
	case id == "":
		return env.Result{}, a.Missing("event")
	case !a.r.knows.Has(id):
		return env.Result{}, a.Refuse(unknownEvent, id)
	}
	text, err := a.Text("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	if text == "" {
		text = a.texts[id]
	}
	return a.say(to, text, id), nil
}

// listener is whom the argument "to" means, who must be in the same place.
func (a *act) listener() (*resident, error) {
	i, err := a.Other("to")
	if err != nil {
		return nil, err
	}
	to := a.residents[i]
	if to.at != a.r.at {
		return nil, a.Refuse(notHere, a.people.Person(i).Name)
	}
	return to, nil
}

// say says something to somebody, who hears it in its next turn.
func (a *act) say(to *resident, text, about string) env.Result {
	a.state.Said++
	a.unsaved = true
	l := line{Num: a.state.Said, From: a.r.id, To: to.id, Text: text, Event: about, Time: a.tick.Time}
	a.r.hear(l)
	l.New = true
	to.hear(l)
	return env.Result{Event: event.Action{ID: lineID(l.Num), Target: placeOf(a.r.at), TargetAgent: to.id, About: about, Text: text}}
}
