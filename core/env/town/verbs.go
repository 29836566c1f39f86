package town

import (
	"context"
	"strconv"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
)

// maxAmount is the most that can be bought at once.
const maxAmount = 100

// Why the town refuses, and what it says to what residents did.
const (
	noPlace      lang.Phrase = "Здесь нет места «%s». ¦ There is no place %q here."
	severalSuch  lang.Phrase = "Таких мест несколько: «%s». Укажите id. ¦ There are several %q. Give the id."
	alreadyThere lang.Phrase = "Вы уже здесь. ¦ You are already there."
	noDesks      lang.Phrase = "Здесь не работают за столом. ¦ There is no desk to work at here."
	deskTaken    lang.Phrase = "Все рабочие места здесь заняты. ¦ All desks here are taken."
	worked       lang.Phrase = "Заработано: %d. ¦ Earned: %d."
	notSold      lang.Phrase = "Здесь не продают «%s». Есть: %s. ¦ They do not sell %q here. There is: %s."
	badAmount    lang.Phrase = "Количество — целое число от 1 до %d. ¦ The amount is a whole number from 1 to %d."
	tooDear      lang.Phrase = "Не хватает денег: нужно %d, у вас %d. ¦ Not enough money: it takes %d, you have %d."
	bought       lang.Phrase = "Куплено: %s за %d. ¦ Bought: %s for %d."
	noFood       lang.Phrase = "У вас нет такой еды: сначала купите. ¦ You have no such food: buy it first."
	noTable      lang.Phrase = "Здесь не едят: идите домой или туда, где есть столы. ¦ One cannot eat here: go home or where there are tables."
	eaten        lang.Phrase = "Съедено: %s. ¦ Had: %s."
	notHome      lang.Phrase = "Спать можно только дома. ¦ One can sleep only at home."
	slept        lang.Phrase = "Вы выспались. ¦ You are well rested."
	noFreeBed    lang.Phrase = "Здесь нет свободной кровати. ¦ There is no free bed here."
	homeAlready  lang.Phrase = "Вы уже живёте здесь. ¦ You already live here."
	livesHere    lang.Phrase = "Теперь ваш дом: %s. ¦ Your home is now %s."
)

func goTo(_ context.Context, a *act) (env.Result, error) {
	name, err := a.Need("building", args.MaxName)
	if err != nil {
		return env.Result{}, err
	}
	var to *building
	if name = lang.Line(name); name != street {
		found := a.called(name)
		switch {
		case len(found) == 0:
			return env.Result{}, a.Refuse(noPlace, name)
		case len(found) > 1:
			return env.Result{}, a.Refuse(severalSuch, name)
		}
		to = found[0]
	}
	if to == a.r.at {
		return env.Result{}, a.Refuse(alreadyThere)
	}
	a.r.at, a.r.unsaved = to, true
	if d := a.settings.Times.Walk; d > 0 {
		a.spend(d)
	}
	return env.Result{Event: event.Action{Target: placeOf(to)}}, nil
}

func work(_ context.Context, a *act) (env.Result, error) {
	b := a.r.at
	switch {
	case b.Desks == 0:
		return env.Result{}, a.Refuse(noDesks)
	case a.r.job != b && b.freeDesks() <= 0:
		return env.Result{}, a.Refuse(deskTaken)
	case a.r.job != b:
		a.r.hire(b)
	}
	wage := a.wage(b.kind)
	a.move(a.tick.Number, event.Transfer{From: event.AccountWorld, To: a.r.id, Amount: wage, Why: event.ForWage, Building: b.id})
	b.income, b.unsaved = b.income+wage, true
	a.spend(a.settings.Times.Work)
	return a.said(worked, wage), nil
}

func buy(_ context.Context, a *act) (env.Result, error) {
	thing, err := a.Line("thing", args.MaxName)
	if err != nil {
		return env.Result{}, err
	}
	if thing == "" {
		return env.Result{}, a.Missing("thing")
	}
	amount, err := a.amount()
	if err != nil {
		return env.Result{}, err
	}
	result, err := a.purchase(thing, amount)
	if err == nil {
		a.spend(a.settings.Times.Buy)
	}
	return result, err
}

// amount is how many of a thing are meant: one where nothing is said.
func (a *act) amount() (int, error) {
	text, err := a.Line("amount", args.MaxName)
	if err != nil || text == "" {
		return 1, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxAmount {
		return 0, a.Refuse(badAmount, maxAmount)
	}
	return n, nil
}

// purchase buys from the menu of where the resident is; the mayor gets the
// money.
func (a *act) purchase(thing string, amount int) (env.Result, error) {
	b := a.r.at
	if _, sold := b.Menu[thing]; !sold {
		return env.Result{}, a.Refuse(notSold, thing, a.menu(b.kind))
	}
	price := int64(amount) * a.price(b.kind, thing)
	if price > a.r.cash {
		return env.Result{}, a.Refuse(tooDear, price, a.r.cash)
	}
	what := quantity(thing, amount)
	a.move(a.tick.Number, event.Transfer{
		From: a.r.id, To: event.AccountMayor, Amount: price, Why: event.ForGoods, Building: b.id, Thing: what,
	})
	b.income, b.unsaved = b.income+price, true
	a.r.bag[thing] += amount
	a.r.unsaved = true
	return a.said(bought, quantity(a.titles.say(thing, ""), amount), price), nil
}

// meals are what a resident has that can be eaten, where it can be eaten.
func (e *Environment) meals(r *resident) []string {
	if r.at == nil || r.at != r.home && !r.at.Tables {
		return nil
	}
	return r.foods(e.foods)
}

func eat(_ context.Context, a *act) (env.Result, error) {
	thing, err := a.Line("thing", args.MaxName)
	if err != nil {
		return env.Result{}, err
	}
	has := a.r.foods(a.foods)
	switch {
	case thing == "" && len(has) > 0:
		thing = has[0]
	case a.r.bag[thing] == 0 || !a.foods[thing]:
		return env.Result{}, a.Refuse(noFood)
	}
	if len(a.meals(a.r)) == 0 {
		return env.Result{}, a.Refuse(noTable)
	}
	a.r.use(thing)
	a.spend(a.settings.Times.Meal)
	return a.said(eaten, a.titles.say(thing, "")), nil
}

func sleep(_ context.Context, a *act) (env.Result, error) {
	if a.r.home != a.r.at {
		return env.Result{}, a.Refuse(notHome)
	}
	a.spend(a.settings.Times.Sleep)
	return a.said(slept), nil
}

func moveIn(_ context.Context, a *act) (env.Result, error) {
	switch {
	case a.r.home == a.r.at:
		return env.Result{}, a.Refuse(homeAlready)
	case a.r.at.freeBeds() <= 0:
		return env.Result{}, a.Refuse(noFreeBed)
	}
	a.r.moveIn(a.r.at)
	return a.said(livesHere, a.r.at.id), nil
}

func changePlan(_ context.Context, a *act) (env.Result, error) {
	plan, err := a.Plan(a.tick.Number)
	return env.Result{Plan: plan}, err
}
