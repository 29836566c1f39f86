package network

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// place is where residents of a network are.
const place = "network"

// look is the making of one observation.
type look struct {
	*Environment
	tick   env.Tick
	r      *reader
	out    sdk.Observation
	events []event.Event
	// covered are the posts that it shows, by whatever item.
	covered []string
}

// Observe implements env.Environment.
func (e *Environment) Observe(ctx context.Context, tick env.Tick, agent string) (sdk.Observation, []event.Event, error) {
	r := e.reader(agent)
	if r == nil {
		return sdk.Observation{}, nil, fmt.Errorf("network: nobody has the id %q", agent)
	}
	l := &look{Environment: e, tick: tick, r: r}
	l.out = sdk.Observation{Tick: tick.Number, Time: tick.Time.Format(time.RFC3339), Place: place}
	r.view = newView(e.settings.Feed.Size)
	for _, part := range []func(context.Context) error{l.news, l.notices, l.results, l.timeline, l.around} {
		if err := part(ctx); err != nil {
			return sdk.Observation{}, nil, fmt.Errorf("network: %s observes: %w", agent, err)
		}
	}
	return l.out, l.events, nil
}

// news are the events that the study told the resident.
func (l *look) news(context.Context) error {
	for _, id := range l.r.told {
		l.show(&l.out.Notifications, sdk.Item{
			ID: id, Kind: sdk.ItemEvent, Text: l.texts[id], Time: l.out.Time, Event: id, Addressed: true,
		}, nil)
	}
	if len(l.r.told) > 0 {
		l.r.told, l.r.unsaved = nil, true
	}
	return nil
}

// notices are what others did that concerns the resident.
func (l *look) notices(ctx context.Context) error {
	notices, err := l.net.Notifications(ctx, l.r.id, noticesShown)
	if err != nil {
		return fmt.Errorf("notifications: %w", err)
	}
	l.out.Notifications = slices.Grow(l.out.Notifications, len(notices))
	for _, n := range notices {
		item := sdk.Item{Kind: n.Kind, Author: n.From, AuthorName: l.people.Name(n.From), Addressed: true}
		var about *social.Post
		switch n.Kind {
		case sdk.ItemFollow:
		case sdk.ItemFavourite, sdk.ItemBoost:
			item.Parent, item.Event = n.Post.ID, n.Post.Event
		case sdk.ItemVote:
			item.Parent, item.Text = n.Post.ID, n.Post.Options[n.Option]
		default:
			about = n.Post
			if item, err = l.item(ctx, n.Post, n.Kind); err != nil {
				return err
			}
			item.Addressed = true
			l.r.view.talks = append(l.r.view.talks, n.Post.ID)
		}
		l.show(&l.out.Notifications, item, about)
	}
	return nil
}

// results are what the resident searched for.
func (l *look) results(ctx context.Context) error {
	for _, id := range l.r.found {
		p, err := l.net.Post(ctx, l.r.id, id)
		if errors.Is(err, social.ErrNoPost) {
			continue // hidden since
		}
		if err != nil {
			return fmt.Errorf("search results: %w", err)
		}
		item, err := l.item(ctx, p, sdk.ItemResult)
		if err != nil {
			return err
		}
		l.show(&l.out.Notifications, item, p)
	}
	if len(l.r.found) > 0 {
		l.r.found, l.r.unsaved = nil, true
	}
	return nil
}

// around are the people, groups and topics that the resident knows of.
func (l *look) around(ctx context.Context) error {
	follows, err := l.net.Following(ctx, l.r.id, peopleShown)
	if err != nil {
		return fmt.Errorf("follows: %w", err)
	}
	l.meet(follows)
	l.r.view.follows = len(follows) > 0
	joined, open, err := l.net.Groups(ctx, l.r.id, groupsShown)
	if err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	l.out.Groups, l.out.OpenGroups = groupNames(joined), groupNames(open)
	l.r.view.joined, l.r.view.open = l.out.Groups, l.out.OpenGroups
	for _, t := range l.trends[:min(trendsShown, len(l.trends))] {
		l.out.Trends = append(l.out.Trends, t.Term)
	}
	return nil
}

// meet lists the authors of what was seen, then the followed.
func (l *look) meet(follows []string) {
	ids := make([]string, 0, peopleShown)
	for _, items := range [][]sdk.Item{l.out.Notifications, l.out.Timeline} {
		for _, item := range items {
			if item.Author != "" && item.Author != l.r.id && !slices.Contains(ids, item.Author) {
				ids = append(ids, item.Author)
			}
		}
	}
	for _, id := range follows {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	ids = ids[:min(peopleShown, len(ids))]
	l.out.People = slices.Grow(l.out.People, len(ids))
	for _, id := range ids {
		l.out.People = append(l.out.People, sdk.Person{ID: id, Name: l.people.Name(id)})
	}
}

func groupNames(groups []social.Group) []string {
	var out []string
	for _, g := range groups {
		out = append(out, g.Name)
	}
	return out
}
