package network

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Bounds of a poll.
const (
	minOptions = 2
	maxOptions = 6
)

const (
	aboutText   lang.Phrase = "текст, до 2000 знаков ¦ text, up to 2000 characters"
	aboutTarget lang.Phrase = "id записи ¦ id of the post"
	aboutEvent  lang.Phrase = "id события, о котором это, если есть ¦ id of the event that it is about, if any"
)

func postVerbs() []verb {
	return []verb{
		{
			kind: "post", about: "опубликовать запись ¦ publish a post", do: post,
			args: []arg{
				{name: "text", about: aboutText, required: true},
				{name: "audience", about: "кому видна: всем, подписчикам или группе ¦ who may read it: everybody, followers or a group", values: audiences},
				{name: "group", about: "группа, для которой запись ¦ the group that it is for", values: joinedGroups},
				{name: "options", about: "варианты опроса через «|», если это опрос ¦ options of a poll separated by \"|\", if it is one"},
				{name: "event", about: aboutEvent, values: knownEvents},
			},
		},
		{
			kind: "reply", about: "ответить на запись ¦ answer a post", do: reply, offered: anyPost,
			args: []arg{
				{name: "target", about: aboutTarget, required: true, values: seenPosts},
				{name: "text", about: aboutText, required: true},
			},
		},
		{
			kind: "quote", about: "процитировать запись со своими словами ¦ quote a post with words of one's own", do: quote, offered: anyPublic,
			args: []arg{
				{name: "target", about: aboutTarget, required: true, values: publicPosts},
				{name: "text", about: aboutText, required: true},
			},
		},
		{
			kind: "direct", about: "написать кому-то личное сообщение ¦ write somebody a direct message", do: direct, offered: anybody,
			args: []arg{
				{name: "to", about: aboutWho, required: true},
				{name: "text", about: aboutText, required: true},
			},
		},
		{
			kind: "tell", about: "рассказать кому-то о событии ¦ tell somebody about an event", do: tell,
			offered: func(s *stage) bool { return len(s.events) > 0 && anybody(s) },
			args: []arg{
				{name: "to", about: aboutWho, required: true},
				{name: "event", about: "id события ¦ id of the event", required: true, values: knownEvents},
				{name: "text", about: "своими словами; иначе текст события ¦ in one's own words; else the event's text"},
			},
		},
	}
}

func audiences(s *stage) []string {
	out := []string{string(social.Public), string(social.Followers)}
	if len(s.joined) > 0 {
		out = append(out, string(social.Members))
	}
	return out
}

func joinedGroups(s *stage) []string { return s.joined }
func knownEvents(s *stage) []string  { return s.events }
func seenPosts(s *stage) []string    { return s.posts }
func publicPosts(s *stage) []string  { return s.public }
func anyPost(s *stage) bool          { return len(s.posts) > 0 }
func anyPublic(s *stage) bool        { return len(s.public) > 0 }
func anybody(s *stage) bool          { return s.e.people.Known() > 1 }

func post(ctx context.Context, a *act) (env.Result, error) {
	text, err := a.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	d := a.draft(sdk.ItemPost, text)
	if d.Audience, d.Group, err = a.audience(); err != nil {
		return env.Result{}, err
	}
	if d.Options, err = a.poll(); err != nil {
		return env.Result{}, err
	}
	if d.Event, err = a.event(); err != nil {
		return env.Result{}, err
	}
	if d.Event == "" {
		d.Event = a.repeats(text)
	}
	return a.publish(ctx, d)
}

// minRepeated is how many characters of an event's text must stand in a post for
// it to be about the event: enough to be no coincidence.
const minRepeated = 24

// repeats is the event that the resident knows of and whose words a text
// repeats; empty: none.
func (a *act) repeats(text string) string { return a.repeated(text, a.r.knows.Events()) }

// repeated is the first of some events whose words a text repeats.
func (a *act) repeated(text string, events []string) string {
	text = lang.Fold(text)
	for _, id := range events {
		if words := a.opening(id); words != "" && strings.Contains(text, words) {
			return id
		}
	}
	return ""
}

// opening are the first words of an event's text, as they are compared. They are
// kept: an operator may have told residents very much by now.
func (e *Environment) opening(id string) string {
	words, known := e.openings[id]
	if !known {
		all := []rune(strings.TrimRight(lang.Fold(e.texts[id]), " .!?…"))
		words = string(all[:min(len(all), minRepeated)])
		e.openings[id] = words
	}
	return words
}

// audience is whom a post is for.
func (a *act) audience() (social.Audience, string, error) {
	group, err := a.Line("group", args.MaxName)
	if err != nil {
		return "", "", err
	}
	audience := social.Audience(strings.ToLower(strings.TrimSpace(a.Action.Arg("audience"))))
	switch audience {
	case "", social.Public:
	case social.Followers:
		if group != "" {
			return "", "", a.Refuse(groupOrFollowers)
		}
	case social.Members:
		if group == "" {
			return "", "", a.Refuse(noGroupNamed)
		}
	default:
		return "", "", a.Refuse(badAudience, lang.Excerpt(string(audience), args.MaxName))
	}
	return audience, group, nil
}

// poll are the options of a post that is a poll.
func (a *act) poll() ([]string, error) {
	text, err := a.Text("options", maxOptions*(maxOption+3))
	if err != nil || text == "" {
		return nil, err
	}
	parts := options(text)
	if !fair(parts) {
		return nil, a.Refuse(badPoll, minOptions, maxOptions, maxOption)
	}
	return parts, nil
}

// fair reports whether options can be a poll's.
func fair(options []string) bool {
	if len(options) < minOptions || len(options) > maxOptions {
		return false
	}
	known := map[string]bool{}
	for _, o := range options {
		if utf8.RuneCountInString(o) > maxOption || known[lang.Fold(o)] {
			return false
		}
		known[lang.Fold(o)] = true
	}
	return true
}

func reply(ctx context.Context, a *act) (env.Result, error) { return respond(ctx, a, sdk.ItemReply) }
func quote(ctx context.Context, a *act) (env.Result, error) { return respond(ctx, a, sdk.ItemQuote) }

// respond publishes what refers to a post and is about the same event.
func respond(ctx context.Context, a *act, kind string) (env.Result, error) {
	about, err := a.target(ctx)
	if err != nil {
		return env.Result{}, err
	}
	text, err := a.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	d := a.draft(kind, text)
	d.Parent, d.Event = about.ID, about.Event
	result, err := a.publish(ctx, d)
	if err != nil {
		return env.Result{}, err
	}
	if at := a.r.find(about.ID); at >= 0 && kind == sdk.ItemReply {
		a.r.shown[at].replies++ // its own answer is no news
		a.r.unsaved = true
	}
	result.Event.TargetAgent = about.Author
	return result, nil
}

func direct(ctx context.Context, a *act) (env.Result, error) {
	to, err := a.other("to")
	if err != nil {
		return env.Result{}, err
	}
	text, err := a.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	d := a.draft(sdk.ItemDirect, text)
	d.To = to
	return a.publish(ctx, d)
}

// tell is a direct message that carries an event.
func tell(ctx context.Context, a *act) (env.Result, error) {
	to, err := a.other("to")
	if err != nil {
		return env.Result{}, err
	}
	id, err := a.event()
	if err != nil {
		return env.Result{}, err
	}
	if id == "" {
		return env.Result{}, a.Missing("event")
	}
	text, err := a.Text("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	if text == "" {
		text = a.texts[id]
	}
	d := a.draft(sdk.ItemTell, text)
	d.To, d.Event = to, id
	return a.publish(ctx, d)
}
