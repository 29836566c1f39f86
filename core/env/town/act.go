package town

import (
	"context"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Why the town refuses residents, whatever they do.
const (
	noSuchAction lang.Phrase = "Здесь нет действия «%s». ¦ There is no action %q here."
	stillBusy    lang.Phrase = "Вы заняты до %s: %s. ¦ You are busy until %s: %s."
	outside      lang.Phrase = "Вы на улице: сначала войдите в здание. ¦ You are in the street: go into a building first."
)

// verb is something that residents do.
type verb struct {
	do func(ctx context.Context, a *act) (env.Result, error)
	// busy may do it too, indoors only who is in a building.
	busy, indoors bool
}

func verbs() map[string]verb {
	return map[string]verb{
		"go":          {do: goTo},
		"work":        {do: work, indoors: true},
		"buy":         {do: buy, indoors: true},
		"eat":         {do: eat, indoors: true},
		"sleep":       {do: sleep, indoors: true},
		"use":         {do: use, indoors: true},
		"move_in":     {do: moveIn, indoors: true},
		"talk":        {do: talk, busy: true},
		"tell":        {do: tell, busy: true},
		"change_plan": {do: changePlan, busy: true},
		"ignore":      {do: func(context.Context, *act) (env.Result, error) { return env.Result{}, nil }, busy: true},
	}
}

// act is an action being carried out.
type act struct {
	*Environment
	args.Args
	tick env.Tick
	r    *resident
	kind string
}

// Apply implements env.Environment. What takes time makes the resident busy,
// also for the tick's other actions: they begin when it is free again, and are
// refused when that is not in this tick.
func (e *Environment) Apply(ctx context.Context, tick env.Tick, agent string, action sdk.Action) (env.Result, error) {
	r := e.resident(agent)
	if r == nil {
		return env.Result{}, fmt.Errorf("town: nobody has the id %q", agent)
	}
	a := &act{e, args.Args{Action: action, Language: e.language, People: e.people, Self: r.place}, tick, r, action.Kind}
	v, ok := e.verbs[action.Kind]
	switch {
	case !ok:
		return env.Result{}, a.Refuse(noSuchAction, lang.Excerpt(action.Kind, 40))
	case !v.busy && !r.until.Before(tick.Time.Add(e.step)):
		return env.Result{}, a.Refuse(stillBusy, r.until.Format("15:04"), e.titles.say(r.doing, ""))
	case v.indoors && r.at == nil:
		return env.Result{}, a.Refuse(outside)
	}
	result, err := v.do(ctx, a)
	if err != nil {
		return env.Result{}, err
	}
	result.Event.Action = action
	if v.indoors {
		result.Event.Target = r.at.id
	}
	return result, nil
}

// spend makes the resident busy with the action.
func (a *act) spend(d time.Duration) { a.r.spend(a.tick.Time, d, a.kind) }

// said is a phrase with its operands in the language of the society.
func (a *act) said(p lang.Phrase, operands ...any) env.Result {
	return env.Result{Detail: fmt.Sprintf(p.In(a.language), operands...)}
}
