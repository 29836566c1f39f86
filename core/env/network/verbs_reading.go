package network

import (
	"context"
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
)

func readingVerbs() []verb {
	return []verb{
		{
			kind: "search", about: "найти записи по словам ¦ search for posts", do: search,
			args: []arg{{name: "query", about: "слова ¦ words", required: true}},
		},
		{
			kind: "trends", about: "посмотреть, о чём сейчас пишут ¦ see what is talked about now", do: trends,
			offered: func(s *stage) bool { return len(s.e.trends) > 0 },
		},
		{
			kind: "leave_conversation", about: "выйти из разговора: больше не получать из него уведомлений ¦ leave a conversation: get no more notifications from it",
			do:      leaveConversation,
			offered: func(s *stage) bool { return len(s.talks) > 0 },
			args: []arg{{name: "target", about: "id записи из разговора ¦ id of a post of the conversation", required: true,
				values: func(s *stage) []string { return s.talks }}},
		},
	}
}

// search finds posts; they are in the resident's next observation.
func search(ctx context.Context, a *act) (env.Result, error) {
	query, err := a.Need("query", maxQuery)
	if err != nil {
		return env.Result{}, err
	}
	posts, err := a.net.Search(ctx, a.r.id, query, foundShown)
	if err != nil {
		return env.Result{}, err
	}
	a.r.found, a.r.unsaved = nil, true
	for _, p := range posts {
		a.r.found = append(a.r.found, p.ID)
	}
	if len(posts) == 0 {
		return env.Result{Detail: foundNothing.In(a.Language)}, nil
	}
	return env.Result{Detail: fmt.Sprintf(foundPosts.In(a.Language), len(posts))}, nil
}

// trends tells what was talked about when the tick began.
func trends(_ context.Context, a *act) (env.Result, error) {
	if len(a.trends) == 0 {
		return env.Result{Detail: noTrends.In(a.Language)}, nil
	}
	parts := make([]string, len(a.trends))
	for i, t := range a.trends {
		parts[i] = fmt.Sprintf("%s (%d)", t.Term, t.Posts)
	}
	return env.Result{Detail: strings.Join(parts, ", ")}, nil
}

func leaveConversation(ctx context.Context, a *act) (env.Result, error) {
	about, err := a.target(ctx)
	if err != nil {
		return env.Result{}, err
	}
	if _, err := a.net.LeaveThread(ctx, a.r.id, about.ID); err != nil {
		return env.Result{}, err
	}
	return env.Result{Event: event.Action{Target: about.Thread(), TargetAgent: about.Author}}, nil
}
