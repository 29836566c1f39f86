package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Names of the feeds.
const (
	chronologicalFeed = "chronological"
	hotFeed           = "hot"
	interestFeed      = "interest"
	randomFeed        = "random"
)

// ranker is a feed: it says how much a candidate should be shown. It is used
// by many residents at once.
type ranker interface {
	score(o *onlooker, c candidate) float64
}

// onlooker is for whom a feed ranks, and when.
type onlooker struct {
	place int // in the population
	now   time.Time
	rand  *rand.Rand
}

// candidate is a post that may be shown: entry is what came into the timeline,
// post what it shows; they differ for a boost.
type candidate struct {
	entry, post *social.Post
	outside     bool // of somebody not followed
	score       float64
}

func newRanker(f spec.Feed, v *vectors) (ranker, error) {
	switch f.Rank {
	case chronologicalFeed:
		return chronological{}, nil
	case hotFeed:
		return hot{f.HalfLife}, nil
	case interestFeed:
		return interest{v}, nil
	case randomFeed:
		return random{}, nil
	}
	return nil, fmt.Errorf("no feed ranks by %q: chronological, hot, interest and random do", f.Rank)
}

// timeline is the feed: candidates ranked, the best shown.
func (l *look) timeline(ctx context.Context) error {
	feed := l.settings.Feed
	s := &selection{
		ranker: l.feed, inside: newRanking(feed.Size), outside: newRanking(outsideShare(feed, feed.Size)),
		onlooker: onlooker{place: l.r.place, now: l.tick.Time, rand: l.tick.Rand(l.r.id, "feed", 0)},
	}
	if err := l.candidates(ctx, s); err != nil {
		return err
	}
	best := s.best(feed.Size)
	l.out.Timeline = slices.Grow(l.out.Timeline, len(best))
	exposure := event.Exposure{Feed: feed.Rank, Items: make([]event.Shown, 0, len(best))}
	for i, c := range best {
		item, err := l.entry(ctx, &c)
		if err != nil {
			return err
		}
		item.Rank, item.Score = i+1, c.score
		l.show(&l.out.Timeline, item, c.post)
		exposure.Items = append(exposure.Items, event.Shown{ID: item.ID, Author: item.Author, Score: c.score})
	}
	if len(exposure.Items) > 0 {
		l.events = append(l.events, event.New(l.tick.Number, l.r.id, event.KindExposure, exposure))
	}
	return nil
}

// entry shows a candidate: a boost by whom, with what it passes on.
func (l *look) entry(ctx context.Context, c *candidate) (sdk.Item, error) {
	item, err := l.item(ctx, c.post, c.post.Kind)
	if err != nil || c.entry == c.post {
		return item, err
	}
	item.ID, item.Kind, item.Parent = c.entry.ID, sdk.ItemBoost, c.post.ID
	item.Author, item.AuthorName = c.entry.Author, l.people.Name(c.entry.Author)
	item.Text = l.people.Name(c.post.Author) + ": " + item.Text
	item.Time = c.entry.Time.Format(time.RFC3339)
	return item, nil
}

// candidates gives to a selection what may be shown now: each post once, none
// that was shown before unless it got new answers, none that a notification
// shows. A post passed on is a candidate by itself if the resident follows its
// author, else by the latest boost.
func (l *look) candidates(ctx context.Context, s *selection) error {
	home, err := l.net.Home(ctx, l.r.id, l.settings.Feed.Window, l.tick.Rand(l.r.id, "home", 0))
	if err != nil {
		return fmt.Errorf("home timeline: %w", err)
	}
	seen := l.seen()
	defer l.scratch.Put(seen)
	boosts, err := l.boosts(ctx, home)
	if err != nil {
		return err
	}
	fromHome(s, home, boosts, func(p *social.Post) bool { return unseen(seen, p) })
	if l.settings.Feed.Discover <= 0 {
		return nil
	}
	public, err := l.net.Public(ctx, l.r.id, outsideShare(l.settings.Feed, l.settings.Feed.Window), l.tick.Rand(l.r.id, "discover", 0))
	if err != nil {
		return fmt.Errorf("public timeline: %w", err)
	}
	for _, p := range public {
		if _, passedOn := boosts[keyOf(p.ID)]; !passedOn && unseen(seen, p) {
			s.add(candidate{entry: p, post: p, outside: true})
		}
	}
	return nil
}

// fromHome gives to a selection the posts of a home timeline that are new, then
// those that are there only because somebody passed them on.
func fromHome(s *selection, home []*social.Post, boosts map[uint64]candidate, isNew func(*social.Post) bool) {
	for _, p := range home {
		if p.Kind != sdk.ItemBoost && isNew(p) {
			if len(boosts) > 0 {
				delete(boosts, keyOf(p.ID))
			}
			s.add(candidate{entry: p, post: p})
		}
	}
	for _, p := range home {
		if p.Kind != sdk.ItemBoost {
			continue
		}
		if b, ok := boosts[keyOf(p.Parent)]; ok && b.entry == p && isNew(b.post) {
			s.add(b)
		}
	}
}

// boosts are the latest boosts of a timeline, by the key of the post passed on.
func (l *look) boosts(ctx context.Context, home []*social.Post) (map[uint64]candidate, error) {
	var out map[uint64]candidate
	for _, p := range home {
		if p.Kind != sdk.ItemBoost {
			continue
		}
		key := keyOf(p.Parent)
		if _, known := out[key]; known {
			continue
		}
		passed, err := l.net.Post(ctx, l.r.id, p.Parent)
		if errors.Is(err, social.ErrNoPost) || err == nil && passed.Author == l.r.id {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("boosted post: %w", err)
		}
		if out == nil {
			out = map[uint64]candidate{}
		}
		out[key] = candidate{entry: p, post: passed}
	}
	return out, nil
}

// seen are the answers that posts had when the resident saw them; those that
// this observation's notifications show can get no new ones.
func (l *look) seen() map[uint64]int {
	seen := l.scratch.Get().(map[uint64]int)
	clear(seen)
	for i := range l.r.shown {
		seen[l.r.shown[i].key] = l.r.shown[i].replies
	}
	for _, id := range l.covered {
		seen[keyOf(id)] = math.MaxInt
	}
	return seen
}

// unseen reports whether a post is new to the resident, or has new answers.
func unseen(seen map[uint64]int, p *social.Post) bool {
	replies, ok := seen[keyOf(p.ID)]
	return !ok || p.Replies > replies
}
