package network

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// quotedRunes of a quoted post are shown.
const quotedRunes = 200

// item shows a post as the resident reads it. A quote shows what it quotes, as
// lines that begin with "> ", if the resident may see that too.
func (l *look) item(ctx context.Context, p *social.Post, kind string) (sdk.Item, error) {
	item := sdk.Item{
		ID: p.ID, Kind: kind, Author: p.Author, AuthorName: l.people.Name(p.Author), Text: p.Text,
		Group: p.Group, Audience: string(p.Audience), Time: p.Time.Format(time.RFC3339),
		Parent: p.Parent, Event: p.Event, Options: p.Options,
	}
	if p.Kind != sdk.ItemQuote {
		return item, nil
	}
	quoted, err := l.net.Post(ctx, l.r.id, p.Parent)
	if errors.Is(err, social.ErrNoPost) {
		return item, nil
	}
	if err != nil {
		return item, fmt.Errorf("quoted post: %w", err)
	}
	item.Text += "\n> " + l.people.Name(quoted.Author) + ": " + lang.Excerpt(quoted.Text, quotedRunes)
	return item, nil
}

// show adds an item to a list. Where it shows a post, the resident has seen the
// post and can act on it; where it is about an event, the resident knows it.
func (l *look) show(list *[]sdk.Item, item sdk.Item, p *social.Post) {
	*list = append(*list, item)
	l.hear(item)
	if p == nil {
		return
	}
	l.r.remember(p.ID, p.Replies, max(shownKept, 2*l.settings.Feed.Size))
	if slices.Contains(l.covered, p.ID) {
		return
	}
	l.covered = append(l.covered, p.ID)
	l.r.view.add(item.ID, p, p.Author == l.r.id)
}

// hear makes the event of an item known to the resident, and records it the
// first time.
func (l *look) hear(item sdk.Item) {
	if item.Event == "" {
		return
	}
	if h, news := l.r.knows.Hear(item, l.knowledge(item.Author)); news {
		l.r.unsaved = true
		l.events = append(l.events, event.New(l.tick.Number, l.r.id, event.KindHeard, h))
	}
}
