package town

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

// maxHow is how long a resident may say what it does, in characters.
const maxHow = 200

// Why equipment is not used, and what comes of it.
const (
	noEquipment lang.Phrase = "Здесь этого нет: «%s». Есть: %s. ¦ There is no %q here. There is: %s."
	needsThing  lang.Phrase = "Сначала купите: %s. ¦ Buy this first: %s."
	used        lang.Phrase = "Готово: %s. ¦ Done: %s."
)

// use uses equipment: what comes of it says the rule, or where the study wants
// it so the resident's model within the rule.
func use(ctx context.Context, a *act) (env.Result, error) {
	equipment, err := a.Line("equipment", args.MaxName)
	if err != nil {
		return env.Result{}, err
	}
	how, err := a.Line("how", maxHow)
	if err != nil {
		return env.Result{}, err
	}
	b := a.r.at
	rule, there := b.Outcomes[equipment]
	switch {
	case equipment == "":
		return env.Result{}, a.Missing("equipment")
	case !there:
		return env.Result{}, a.Refuse(noEquipment, lang.Excerpt(equipment, 40), a.titles.list(b.equipment))
	case rule.Needs != "" && a.r.bag[rule.Needs] == 0:
		return env.Result{}, a.Refuse(needsThing, a.titles.say(rule.Needs, ""))
	}
	came := a.byRule(equipment, rule)
	if a.settings.Outcome == "model" && a.ask != nil {
		if came, err = a.byModel(ctx, equipment, how, rule, came); err != nil {
			return env.Result{}, err
		}
	}
	return a.come(rule, came)
}

// outcome is what came of using equipment.
type outcome struct {
	takes  time.Duration
	text   string
	pays   int64
	thing  string // bought on the way
	amount int
}

func (a *act) byRule(equipment string, rule spec.Outcome) outcome {
	text := rule.Text
	if text == "" {
		text = fmt.Sprintf(used.In(a.language), a.titles.say(equipment, ""))
	}
	return outcome{takes: rule.Takes, text: text, pays: rule.Pays}
}

// come carries an outcome out. What was to be bought and cannot be is refused,
// before anything else happens.
func (a *act) come(rule spec.Outcome, came outcome) (env.Result, error) {
	b := a.r.at
	if came.amount > 0 {
		if _, err := a.purchase(came.thing, came.amount); err != nil {
			return env.Result{}, err
		}
	}
	if rule.Needs != "" {
		a.r.use(rule.Needs)
	}
	a.move(a.tick.Number, event.Transfer{From: event.AccountWorld, To: a.r.id, Amount: came.pays, Why: event.ForUse, Building: b.id})
	a.spend(came.takes)
	return env.Result{Detail: came.text}, nil
}

// sells reports whether a thing is on the menu of where the resident is.
func (a *act) sells(thing string) bool { return slices.Contains(a.r.at.things, thing) }
