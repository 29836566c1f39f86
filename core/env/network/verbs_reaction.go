package network

import (
	"context"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

func reactionVerbs() []verb {
	return []verb{
		{
			kind: "boost", about: "поделиться записью со своими подписчиками ¦ pass a post on to one's followers", do: boost, offered: anyPublic,
			args: []arg{{name: "target", about: aboutTarget, required: true, values: publicPosts}},
		},
		{
			kind: "favourite", about: "отметить запись как понравившуюся ¦ like a post", do: favourite,
			offered: func(s *stage) bool { return len(s.others) > 0 },
			args: []arg{{name: "target", about: aboutTarget, required: true,
				values: func(s *stage) []string { return s.others }}},
		},
		{
			kind: "vote", about: "проголосовать в опросе ¦ vote in a poll", do: vote,
			offered: func(s *stage) bool { return len(s.polls) > 0 },
			args: []arg{
				{name: "target", about: "id опроса ¦ id of the poll", required: true,
					values: func(s *stage) []string { return s.polls }},
				{name: "option", about: "вариант или его номер ¦ the option or its number", required: true},
			},
		},
	}
}

func boost(ctx context.Context, a *act) (env.Result, error) {
	about, err := a.target(ctx)
	if err != nil {
		return env.Result{}, err
	}
	d := a.draft(sdk.ItemBoost, "")
	d.Parent, d.Event = about.ID, about.Event
	result, err := a.publish(ctx, d)
	result.Event.TargetAgent = about.Author
	return result, err
}

func favourite(ctx context.Context, a *act) (env.Result, error) {
	about, err := a.target(ctx)
	if err != nil {
		return env.Result{}, err
	}
	if _, err := a.net.Favourite(ctx, a.r.id, about.ID); err != nil {
		return env.Result{}, err
	}
	return env.Result{Event: event.Action{Target: about.ID, TargetAgent: about.Author, About: about.Event}}, nil
}

func vote(ctx context.Context, a *act) (env.Result, error) {
	poll, err := a.target(ctx)
	if err != nil {
		return env.Result{}, err
	}
	choice, err := a.Line("option", maxOption)
	if err != nil {
		return env.Result{}, err
	}
	option := optionOf(poll.Options, choice)
	if option < 0 && len(poll.Options) > 0 {
		return env.Result{}, a.Refuse(noOption, choice, strings.Join(poll.Options, " | "))
	}
	if _, err := a.net.Vote(ctx, a.r.id, poll.ID, option); err != nil {
		return env.Result{}, err
	}
	return env.Result{Event: event.Action{Target: poll.ID, TargetAgent: poll.Author, About: poll.Event}}, nil
}

// optionOf is the place of an option given by its text or its number from 1,
// or -1.
func optionOf(options []string, choice string) int {
	for i, o := range options {
		if lang.Fold(o) == lang.Fold(choice) {
			return i
		}
	}
	if n, err := strconv.Atoi(choice); err == nil && n >= 1 && n <= len(options) {
		return n - 1
	}
	return -1
}
