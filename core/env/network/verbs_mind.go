package network

import (
	"context"

	"github.com/llm-city/gorod/core/env"
)

func mindVerbs() []verb {
	return []verb{
		{
			kind: "change_plan", about: "изменить свой план ¦ change one's own plan", do: changePlan,
			args: []arg{
				{name: "purpose", about: "что вы хотите сделать ¦ what you want to do", required: true},
				{name: "place", about: "где ¦ where"},
			},
		},
		{
			kind: "ignore", about: "ничего не делать ¦ do nothing",
			do: func(context.Context, *act) (env.Result, error) { return env.Result{}, nil },
		},
	}
}

func changePlan(_ context.Context, a *act) (env.Result, error) {
	plan, err := a.Plan(a.tick.Number)
	return env.Result{Plan: plan}, err
}
