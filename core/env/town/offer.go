package town

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
)

// What residents are told of actions and arguments.
const (
	aboutGo         lang.Phrase = "пойти в другое место ¦ go to another place"
	aboutWork       lang.Phrase = "отработать смену за столом и получить %d ¦ work a session at a desk and get %d"
	aboutBuy        lang.Phrase = "купить здесь один вид товара ¦ buy one kind of thing here"
	aboutEat        lang.Phrase = "съесть или выпить купленное ¦ eat or drink what one has bought"
	aboutSleep      lang.Phrase = "лечь спать ¦ go to sleep"
	aboutUse        lang.Phrase = "заняться тем, что здесь есть ¦ use what there is here"
	aboutMoveIn     lang.Phrase = "поселиться здесь: есть свободная кровать ¦ make this one's home: there is a free bed"
	aboutTalk       lang.Phrase = "сказать что-то тому, кто здесь ¦ say something to somebody who is here"
	aboutTell       lang.Phrase = "рассказать тому, кто здесь, о событии ¦ tell somebody who is here about an event"
	aboutChangePlan lang.Phrase = "изменить свой план ¦ change one's own plan"
	aboutIgnore     lang.Phrase = "ничего не делать ¦ do nothing"
	aboutAmount     lang.Phrase = "сколько, если не одно ¦ how many, if not one"
	aboutFood       lang.Phrase = "что ¦ what"
	aboutHow        lang.Phrase = "что именно вы делаете ¦ what exactly you do"
	aboutText       lang.Phrase = "текст, до 2000 знаков ¦ text, up to 2000 characters"
	aboutTo         lang.Phrase = "имя или id ¦ name or id"
	aboutEvent      lang.Phrase = "id события ¦ id of the event"
	aboutEventText  lang.Phrase = "своими словами; иначе текст события ¦ in one's own words; else the event's text"
	aboutPurpose    lang.Phrase = "что вы хотите сделать ¦ what you want to do"
	aboutWhere      lang.Phrase = "где ¦ where"
)

// offers collects what a resident may do.
type offers struct {
	language string
	specs    []sdk.ActionSpec
}

func (o *offers) add(kind, about string, args ...sdk.ArgSpec) {
	o.specs = append(o.specs, sdk.ActionSpec{Kind: kind, Description: about, Args: args})
}

func (o *offers) arg(name string, about lang.Phrase, required bool, values ...string) sdk.ArgSpec {
	return sdk.ArgSpec{Name: name, Description: about.In(o.language), Required: required, Values: values}
}

func (o *offers) in(p lang.Phrase) string { return p.In(o.language) }

// Actions implements env.Environment. A resident that talk interrupts in what
// it is busy with may answer.
func (e *Environment) Actions(agent string) []sdk.ActionSpec {
	r := e.resident(agent)
	if r == nil {
		return nil
	}
	o := &offers{language: e.language}
	if r.until.Before(e.now.Add(e.step)) {
		if to := e.elsewhere(r); len(to) > 0 {
			o.add("go", o.in(aboutGo), sdk.ArgSpec{Name: "building", Description: e.guide, Required: true, Values: to})
		}
		if r.at != nil {
			e.offerBuilding(o, r)
		}
	}
	if len(e.crowds[idOf(r.at)]) > 1 {
		o.add("talk", o.in(aboutTalk), o.arg("to", aboutTo, true), o.arg("text", aboutText, true))
		if events := r.knows.Events(); len(events) > 0 {
			o.add("tell", o.in(aboutTell), o.arg("to", aboutTo, true), o.arg("event", aboutEvent, true, events...), o.arg("text", aboutEventText, false))
		}
	}
	o.add("change_plan", o.in(aboutChangePlan), o.arg("purpose", aboutPurpose, true), o.arg("place", aboutWhere, false))
	o.add("ignore", o.in(aboutIgnore))
	return o.specs
}

// elsewhere is where a resident can go.
func (e *Environment) elsewhere(r *resident) []string {
	out := make([]string, 0, len(e.places))
	for _, id := range e.places {
		if id != placeOf(r.at) {
			out = append(out, id)
		}
	}
	return out
}

// offerBuilding offers what one can do in the building where a resident is.
func (e *Environment) offerBuilding(o *offers, r *resident) {
	b := r.at
	if b.Desks > 0 && (r.job == b || b.freeDesks() > 0) {
		o.add("work", fmt.Sprintf(o.in(aboutWork), e.wage(b.kind)))
	}
	if len(b.things) > 0 {
		thing := sdk.ArgSpec{Name: "thing", Description: e.menu(b.kind), Required: true, Values: b.things}
		o.add("buy", o.in(aboutBuy), thing, o.arg("amount", aboutAmount, false))
	}
	if foods := e.meals(r); len(foods) > 0 {
		o.add("eat", o.in(aboutEat), o.arg("thing", aboutFood, false, foods...))
	}
	if r.home == b {
		o.add("sleep", o.in(aboutSleep))
	} else if b.freeBeds() > 0 {
		o.add("move_in", o.in(aboutMoveIn))
	}
	if len(b.equipment) > 0 {
		equipment := sdk.ArgSpec{Name: "equipment", Description: e.titles.list(b.equipment), Required: true, Values: b.equipment}
		o.add("use", o.in(aboutUse), equipment, o.arg("how", aboutHow, false))
	}
}

// menu is what a building sells, with prices.
func (e *Environment) menu(k *kind) string {
	lines := make([]string, len(k.things))
	for i, thing := range k.things {
		lines[i] = fmt.Sprintf("%s: %d", e.titles.say(thing, ""), e.price(k, thing))
	}
	return strings.Join(lines, "; ")
}
