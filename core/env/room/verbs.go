package room

import (
	"context"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Why the room refuses.
const (
	noSuchAction lang.Phrase = "Здесь нет действия «%s». ¦ There is no action %q here."
	notYourTurn  lang.Phrase = "Сейчас говорит другой. ¦ It is somebody else's turn."
	saidAlready  lang.Phrase = "Вы уже сказали своё: дождитесь следующей очереди. ¦ You have had your say: wait for your next turn."
	gone         lang.Phrase = "%s здесь больше нет. ¦ %s is not here any more."
	notBored     lang.Phrase = "Разговор ещё касается вас: уходить рано. ¦ The conversation still concerns you: it is too early to leave."
	unknownEvent lang.Phrase = "Вы не знаете о событии «%s». ¦ You do not know of an event %q."
)

// What participants are told of actions and arguments.
const (
	aboutSay        lang.Phrase = "сказать всем ¦ say something to all"
	aboutAsk        lang.Phrase = "спросить кого-то при всех ¦ ask somebody before all"
	aboutTell       lang.Phrase = "рассказать кому-то при всех о событии ¦ tell somebody before all about an event"
	aboutLeave      lang.Phrase = "уйти из разговора ¦ leave the conversation"
	aboutChangePlan lang.Phrase = "изменить свой план ¦ change one's own plan"
	aboutIgnore     lang.Phrase = "промолчать ¦ say nothing"
	aboutText       lang.Phrase = "текст, до 2000 знаков ¦ text, up to 2000 characters"
	aboutTo         lang.Phrase = "имя или id ¦ name or id"
	aboutWhy        lang.Phrase = "почему ¦ why"
	aboutEvent      lang.Phrase = "id события ¦ id of the event"
	aboutEventText  lang.Phrase = "своими словами; иначе текст события ¦ in one's own words; else the event's text"
	aboutPurpose    lang.Phrase = "что вы хотите сделать ¦ what you want to do"
	aboutWhere      lang.Phrase = "где ¦ where"
)

// Actions implements env.Environment.
func (e *Environment) Actions(agent string) []sdk.ActionSpec {
	s := e.seat(agent)
	if s == nil || s.left || s.place != e.floor.speaker {
		return nil
	}
	arg := func(name string, about lang.Phrase, required bool, values ...string) sdk.ArgSpec {
		return sdk.ArgSpec{Name: name, Description: about.In(e.language), Required: required, Values: values}
	}
	var specs []sdk.ActionSpec
	offer := func(kind string, about lang.Phrase, args ...sdk.ArgSpec) {
		specs = append(specs, sdk.ActionSpec{Kind: kind, Description: about.In(e.language), Args: args})
	}
	text := arg("text", aboutText, true)
	offer("say", aboutSay, text)
	offer("ask", aboutAsk, arg("to", aboutTo, true), text)
	if events := s.knows.Events(); len(events) > 0 {
		offer("tell", aboutTell, arg("to", aboutTo, true), arg("event", aboutEvent, true, events...), arg("text", aboutEventText, false))
	}
	if s.bored(e.settings.Bored) {
		offer("leave", aboutLeave, arg("why", aboutWhy, false))
	}
	offer("change_plan", aboutChangePlan, arg("purpose", aboutPurpose, true), arg("place", aboutWhere, false))
	offer("ignore", aboutIgnore)
	return specs
}

// act is an action being carried out.
type act struct {
	*Environment
	args.Args
	tick env.Tick
	s    *seat
}

// Apply implements env.Environment.
func (e *Environment) Apply(_ context.Context, tick env.Tick, agent string, action sdk.Action) (env.Result, error) {
	s := e.seat(agent)
	if s == nil {
		return env.Result{}, fmt.Errorf("room: nobody has the id %q", agent)
	}
	a := &act{e, args.Args{Action: action, Language: e.language, People: e.people, Self: s.place}, tick, s}
	do, ok := map[string]func() (env.Result, error){
		"say": a.sayAll, "ask": a.ask, "tell": a.tell, "leave": a.leave, "change_plan": a.changePlan,
		"ignore": func() (env.Result, error) { return env.Result{}, nil },
	}[action.Kind]
	switch {
	case !ok:
		return env.Result{}, a.Refuse(noSuchAction, lang.Excerpt(action.Kind, 40))
	case s.left || s.place != e.floor.speaker:
		return env.Result{}, a.Refuse(notYourTurn)
	}
	result, err := do()
	if err != nil {
		return env.Result{}, err
	}
	result.Event.Action = action
	return result, nil
}

func (a *act) sayAll() (env.Result, error) {
	text, err := a.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	return a.utter(message{Text: text})
}

func (a *act) ask() (env.Result, error) {
	to, err := a.listener()
	if err != nil {
		return env.Result{}, err
	}
	text, err := a.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	return a.utter(message{Text: text, To: to})
}

func (a *act) tell() (env.Result, error) {
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
	case !a.s.knows.Has(id):
		return env.Result{}, a.Refuse(unknownEvent, id)
	}
	text, err := a.Text("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	if text == "" {
		text = a.texts[id]
	}
	return a.utter(message{Text: text, To: to, Event: id})
}

// listener is the id of whom the argument "to" means, who must be there.
func (a *act) listener() (string, error) {
	i, err := a.Other("to")
	if err != nil {
		return "", err
	}
	who := a.people.Person(i)
	if !slices.Contains(a.present(), i) {
		return "", a.Refuse(gone, who.Name)
	}
	return who.ID, nil
}

// utter says something, once a turn.
func (a *act) utter(m message) (env.Result, error) {
	if a.floor.spoke {
		return env.Result{}, a.Refuse(saidAlready)
	}
	m.Kind, m.Author, m.Time = sdk.ItemMessage, a.s.id, a.tick.Time
	said := a.say(m)
	a.floor.spoke, a.s.unsaved = true, true
	a.s.spoken++
	return env.Result{Event: event.Action{
		ID: messageID(said.num), TargetAgent: said.To, About: said.Event, Text: said.Text,
	}}, nil
}

func (a *act) leave() (env.Result, error) {
	if !a.s.bored(a.settings.Bored) {
		return env.Result{}, a.Refuse(notBored)
	}
	why, err := a.Text("why", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	left := a.say(message{Kind: sdk.ItemLeave, Author: a.s.id, Text: why, Time: a.tick.Time})
	a.s.left, a.s.unsaved = true, true
	return env.Result{Event: event.Action{ID: messageID(left.num), Text: why}}, nil
}

func (a *act) changePlan() (env.Result, error) {
	plan, err := a.Plan(a.tick.Number)
	return env.Result{Plan: plan}, err
}
