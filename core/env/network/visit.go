package network

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

var _ env.Visited = (*Environment)(nil)

// visit is a visit being carried out: an act of a guest, who has no part in the
// tick and draws nothing from its random streams.
type visit struct {
	*act
	host social.Visited
	social.Visit
}

// Visit implements env.Visited. A visitor whose visit is refused may have been
// let in all the same.
func (e *Environment) Visit(ctx context.Context, tick env.Tick, v social.Visit) (env.Result, error) {
	host, ok := e.net.(social.Visited)
	if !ok {
		return env.Result{}, noGuests.Refuse(e.language)
	}
	v, err := v.Checked()
	if err != nil {
		return env.Result{}, badVisit.Refuse(e.language, strings.Join(social.VisitKinds(), ", "))
	}
	r, err := e.admit(ctx, host, v.Visitor)
	if err != nil {
		return env.Result{}, err
	}
	a := &act{Environment: e, tick: tick, r: r, Args: args.Args{
		Action: visited(v), Language: e.language, People: e.people, Self: r.place,
	}}
	result, err := (&visit{a, host, v}).do(ctx)
	if err != nil {
		return env.Result{}, a.explain(err)
	}
	result.Event.Action = a.Action
	return result, nil
}

// visited is a visit as an action.
func visited(v social.Visit) sdk.Action {
	a := sdk.Action{Kind: v.Kind, Args: map[string]string{}}
	for name, value := range map[string]string{
		"text": v.Text, "audience": string(v.Audience), "to": v.To, "target": v.Target, "options": strings.Join(v.Options, " | "),
	} {
		if value != "" {
			a.Args[name] = value
		}
	}
	if v.Kind == sdk.ItemVote {
		a.Args["option"] = strconv.Itoa(v.Option + 1)
	}
	return a
}

func (v *visit) do(ctx context.Context) (env.Result, error) {
	switch v.Kind {
	case sdk.ItemPost:
		return v.post(ctx)
	case sdk.ItemDirect:
		return v.direct(ctx)
	case "follow", "unfollow":
		return v.relate(ctx)
	}
	about, err := v.target(ctx)
	if err != nil {
		return env.Result{}, err
	}
	return v.react(ctx, about)
}

// target is the post that the visitor means, by its id or by that of the visit
// which made it.
func (v *visit) target(ctx context.Context) (*social.Post, error) {
	id, err := v.Need("target", args.MaxName)
	if err != nil {
		return nil, err
	}
	p, err := v.net.Post(ctx, v.r.id, id)
	if err == nil && p.Kind == sdk.ItemBoost {
		return v.net.Post(ctx, v.r.id, p.Parent)
	}
	return p, err
}

// draft begins a post, of the moment at which the tick begins: it is there
// before anybody looks.
func (v *visit) draft(text string) social.Draft {
	return social.Draft{
		Author: v.r.id, Kind: v.Kind, Text: text, Mentions: v.people.Mentions(text),
		Tick: v.tick.Number, Time: v.tick.Time, Visit: v.ID,
	}
}

func (v *visit) post(ctx context.Context) (env.Result, error) {
	text, err := v.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	d := v.draft(text)
	d.Event = v.repeats(text)
	switch d.Audience = v.Audience; d.Audience {
	case "", social.Public, social.Followers:
	default:
		return env.Result{}, v.Refuse(badVisitAudience, lang.Excerpt(string(v.Audience), args.MaxName))
	}
	if d.Options, err = v.poll(); err != nil {
		return env.Result{}, err
	}
	return v.publish(ctx, d)
}

// poll are the options of a post that is a poll.
func (v *visit) poll() ([]string, error) {
	if len(v.Options) == 0 {
		return nil, nil
	}
	var out []string
	for _, option := range v.Options[:min(len(v.Options), maxOptions+1)] {
		out = append(out, lang.Line(option[:min(len(option), 8*maxOption)]))
	}
	if !fair(out) || slices.Contains(out, "") {
		return nil, v.Refuse(badPoll, minOptions, maxOptions, maxOption)
	}
	return out, nil
}

// repeats is the event of the study whose words a text repeats. Visitors may
// have read of it wherever it was told.
func (v *visit) repeats(text string) string {
	if v.sayings.of != len(v.texts) {
		v.sayings = v.allSayings()
	}
	return v.sayings.in(lang.Fold(text))
}

// sayings are the events of a run by how their texts begin: however much
// residents were told, a text is looked through once.
type sayings struct {
	of    int               // texts
	whole map[string]string // the first event, by id, with an opening of minRepeated characters
	short []saying          // others
}

type saying struct{ id, words string }

func (e *Environment) allSayings() sayings {
	s := sayings{len(e.texts), map[string]string{}, nil}
	for _, id := range slices.Sorted(maps.Keys(e.texts)) {
		switch words := e.opening(id); {
		case words == "":
		case utf8.RuneCountInString(words) < minRepeated:
			s.short = append(s.short, saying{id, words})
		case s.whole[words] == "":
			s.whole[words] = id
		}
	}
	return s
}

// in is the first event, by id, whose words a folded text repeats.
func (s *sayings) in(text string) (first string) {
	for _, short := range s.short {
		if strings.Contains(text, short.words) {
			first = short.id
			break
		}
	}
	runes := []rune(text)
	for end := minRepeated; end <= len(runes) && len(s.whole) > 0; end++ {
		if id := s.whole[string(runes[end-minRepeated:end])]; id != "" && (first == "" || id < first) {
			first = id
		}
	}
	return first
}

func (v *visit) direct(ctx context.Context) (env.Result, error) {
	to, err := v.other("to")
	if err != nil {
		return env.Result{}, err
	}
	text, err := v.Need("text", args.MaxText)
	if err != nil {
		return env.Result{}, err
	}
	d := v.draft(text)
	d.To, d.Event = to, v.repeats(text)
	return v.publish(ctx, d)
}

func (v *visit) relate(ctx context.Context) (env.Result, error) {
	to, err := v.other("to")
	if err != nil {
		return env.Result{}, err
	}
	if v.Kind == "follow" {
		err = v.net.Follow(ctx, v.r.id, to)
	} else {
		err = v.net.Unfollow(ctx, v.r.id, to)
	}
	return env.Result{Event: event.Action{TargetAgent: to}}, err
}

// react does what is about a post, and about the same event.
func (v *visit) react(ctx context.Context, about *social.Post) (env.Result, error) {
	result := env.Result{Event: event.Action{Target: about.ID, TargetAgent: about.Author, About: about.Event}}
	var err error
	switch v.Kind {
	case "favourite":
		_, err = v.net.Favourite(ctx, v.r.id, about.ID)
	case "unfavourite":
		_, err = v.host.Unfavourite(ctx, v.r.id, about.ID)
	case "vote":
		_, err = v.net.Vote(ctx, v.r.id, about.ID, v.Option)
	default:
		result, err = v.respond(ctx, about)
	}
	if err == nil {
		v.hear(about)
	}
	return result, err
}

// respond publishes a reply or a boost.
func (v *visit) respond(ctx context.Context, about *social.Post) (env.Result, error) {
	text := ""
	if v.Kind == sdk.ItemReply {
		var err error
		if text, err = v.Need("text", args.MaxText); err != nil {
			return env.Result{}, err
		}
	}
	d := v.draft(text)
	if d.Parent, d.Event = about.ID, about.Event; d.Event == "" {
		d.Event = v.repeats(text)
	}
	result, err := v.publish(ctx, d)
	result.Event.TargetAgent = about.Author
	return result, err
}

// hear makes the event of a post known to the visitor, for all who look
// afterwards.
func (v *visit) hear(about *social.Post) {
	item := sdk.Item{ID: about.ID, Kind: about.Kind, Author: about.Author, Event: about.Event}
	if _, news := v.r.knows.Hear(item, v.knowledge(about.Author)); news {
		v.r.knows.Settle()
		v.r.unsaved = true
	}
}
