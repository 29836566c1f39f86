package network

import (
	"context"
	"strings"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

func groupVerbs() []verb {
	return []verb{
		{
			kind: "create_group", about: "создать группу ¦ create a group", do: createGroup,
			args: []arg{
				{name: "group", about: "название ¦ name", required: true},
				{name: "about", about: "о чём она ¦ what it is about"},
				{name: "audience", about: "кому видны записи: всем или участникам ¦ who may read it: everybody or members",
					values: func(*stage) []string { return []string{string(social.Public), string(social.Members)} }},
			},
		},
		{
			kind: "join_group", about: "вступить в группу ¦ join a group", do: joinGroup,
			offered: func(s *stage) bool { return len(s.open) > 0 },
			args: []arg{{name: "group", about: "название ¦ name", required: true,
				values: func(s *stage) []string { return s.open }}},
		},
		{
			kind: "leave_group", about: "выйти из группы ¦ leave a group", do: leaveGroup,
			offered: func(s *stage) bool { return len(s.joined) > 0 },
			args: []arg{{name: "group", about: "название ¦ name", required: true,
				values: func(s *stage) []string { return s.joined }}},
		},
	}
}

// group is the name of a group.
func (a *act) group() (string, error) {
	name, err := a.Line("group", args.MaxName)
	if err == nil && name == "" {
		err = a.Missing("group")
	}
	return name, err
}

func createGroup(ctx context.Context, a *act) (env.Result, error) {
	g := social.Group{Audience: social.Members}
	var err error
	if g.Name, err = a.group(); err != nil {
		return env.Result{}, err
	}
	if g.About, err = a.Line("about", maxAbout); err != nil {
		return env.Result{}, err
	}
	switch audience := social.Audience(strings.ToLower(strings.TrimSpace(a.Action.Arg("audience")))); audience {
	case "", social.Members:
	case social.Public:
		g.Audience = audience
	default:
		return env.Result{}, a.Refuse(badGroupKind, lang.Excerpt(string(audience), args.MaxName))
	}
	made, err := a.net.CreateGroup(ctx, a.r.id, g)
	return inGroup(made), err
}

func joinGroup(ctx context.Context, a *act) (env.Result, error) {
	name, err := a.group()
	if err != nil {
		return env.Result{}, err
	}
	g, err := a.net.JoinGroup(ctx, a.r.id, name)
	return inGroup(g), err
}

func leaveGroup(ctx context.Context, a *act) (env.Result, error) {
	name, err := a.group()
	if err != nil {
		return env.Result{}, err
	}
	g, err := a.net.LeaveGroup(ctx, a.r.id, name)
	return inGroup(g), err
}

func inGroup(g social.Group) env.Result {
	return env.Result{Event: event.Action{Group: g.Name, Audience: string(g.Audience)}}
}
