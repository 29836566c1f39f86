package network

import (
	"context"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
)

const aboutWho lang.Phrase = "имя или id ¦ name or id"

func peopleVerbs() []verb {
	who := []arg{{name: "target", about: aboutWho, required: true}}
	return []verb{
		{
			kind: "follow", about: "подписаться на человека ¦ follow somebody", args: who, offered: anybody,
			do: relate(func(ctx context.Context, a *act, other string) error { return a.net.Follow(ctx, a.r.id, other) }),
		},
		{
			kind: "unfollow", about: "отписаться от человека ¦ follow somebody no more", args: who,
			offered: func(s *stage) bool { return s.follows },
			do:      relate(func(ctx context.Context, a *act, other string) error { return a.net.Unfollow(ctx, a.r.id, other) }),
		},
		{
			kind: "mute", about: "больше не видеть записей человека ¦ see nothing more of somebody", args: who, offered: anybody,
			do: relate(func(ctx context.Context, a *act, other string) error { return a.net.Mute(ctx, a.r.id, other) }),
		},
	}
}

// relate changes what another resident is to this one.
func relate(change func(ctx context.Context, a *act, other string) error) func(context.Context, *act) (env.Result, error) {
	return func(ctx context.Context, a *act) (env.Result, error) {
		other, err := a.other("target")
		if err != nil {
			return env.Result{}, err
		}
		if err := change(ctx, a, other); err != nil {
			return env.Result{}, err
		}
		return env.Result{Event: event.Action{TargetAgent: other}}, nil
	}
}
