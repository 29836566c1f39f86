package network

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Bounds of what residents write, in characters.
const (
	maxAbout  = 300
	maxOption = 100
	maxQuery  = 200
)

// act is an action being carried out.
type act struct {
	*Environment
	args.Args
	tick env.Tick
	r    *reader
}

// other is the id of the resident whom an argument means.
func (a *act) other(name string) (string, error) {
	i, err := a.Other(name)
	if err != nil {
		return "", err
	}
	return a.people.Person(i).ID, nil
}

// target is the post that the resident means: one that it may see and has seen
// lately, or its own. For a boost it is the post passed on.
func (a *act) target(ctx context.Context) (*social.Post, error) {
	id, err := a.Need("target", args.MaxName)
	if err != nil {
		return nil, err
	}
	p, err := a.net.Post(ctx, a.r.id, id)
	if err == nil && p.Kind == sdk.ItemBoost {
		p, err = a.net.Post(ctx, a.r.id, p.Parent)
	}
	if errors.Is(err, social.ErrNoPost) || err == nil && p.Author != a.r.id && a.r.find(p.ID) < 0 {
		return nil, a.Refuse(noPost, id)
	}
	return p, err
}

// event is the event of the study that the resident says it is about.
func (a *act) event() (string, error) {
	id, err := a.Line("event", args.MaxName)
	if err == nil && id != "" && !a.r.knows.Has(id) {
		err = a.Refuse(unknownEvent, id)
	}
	return id, err
}

// draft begins a post.
func (a *act) draft(kind, text string) social.Draft {
	return social.Draft{
		Author: a.r.id, Kind: kind, Text: text, Mentions: a.people.Mentions(text),
		Tick: a.tick.Number, Time: a.moment(),
	}
}

// moment is when in the tick the resident acts: posts of a tick are spread
// over it, so that a feed by time favours nobody by its place in the order of
// agents.
func (a *act) moment() time.Time {
	if a.r.tick != a.tick.Number {
		a.r.tick, a.r.posted = a.tick.Number, 0
	}
	draw := a.tick.Rand(a.r.id, "moment", a.r.posted)
	a.r.posted++
	return a.tick.Time.Add(time.Duration(draw.Float64() * float64(a.step))).Truncate(time.Second)
}

// publish publishes a draft and says what it did.
func (a *act) publish(ctx context.Context, d social.Draft) (env.Result, error) {
	p, err := a.net.Publish(ctx, d)
	if err != nil {
		return env.Result{}, err
	}
	if a.vectors != nil {
		a.vectors.publish(p)
	}
	return env.Result{Event: event.Action{
		ID: p.ID, Target: p.Parent, TargetAgent: p.To, Group: p.Group, Audience: string(p.Audience),
		About: p.Event, Text: p.Text,
	}}, nil
}

// explain turns an error of the network into a refusal that the resident
// understands. What is not the resident's doing stays an error.
func (a *act) explain(err error) error {
	var refusal *env.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	for _, r := range refusals() {
		if errors.Is(err, r.err) && (r.kinds == nil || slices.Contains(r.kinds, a.Action.Kind)) {
			return a.Refuse(r.why)
		}
	}
	return fmt.Errorf("network: %s %s: %w", a.r.id, a.Action.Kind, err)
}

// options are the parts of a text separated by "|", without empty ones.
func options(s string) []string {
	var out []string
	for _, part := range strings.Split(s, "|") {
		if part = lang.Line(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
