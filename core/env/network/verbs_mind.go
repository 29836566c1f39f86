package network

import (
	"context"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/plugins/sdk"
)

const maxPurpose = 200

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
	purpose, err := a.need("purpose", maxPurpose)
	if err != nil {
		return env.Result{}, err
	}
	where, err := a.line("place", maxName)
	if err != nil {
		return env.Result{}, err
	}
	return env.Result{Plan: &sdk.Plan{Purpose: purpose, Place: where, Since: a.tick.Number}}, nil
}
