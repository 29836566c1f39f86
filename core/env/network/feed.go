package network

import (
	"cmp"
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
	score(o *onlooker, c *candidate) float64
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
	best, err := l.candidates(ctx)
	if err != nil {
		return err
	}
	o := &onlooker{place: l.r.place, now: l.tick.Time, rand: l.tick.Rand(l.r.id, "feed", 0)}
	for i := range best {
		best[i].score = math.Round(l.feed.score(o, &best[i])*1e6) / 1e6
	}
	slices.SortFunc(best, better)
	best = choose(best, feed.Size, outsideShare(feed))
	exposure := event.Exposure{Feed: feed.Rank}
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

// better orders candidates: the higher score first, of equals the later made.
func better(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(len(b.entry.ID), len(a.entry.ID)), cmp.Compare(b.entry.ID, a.entry.ID))
}

// outsideShare is how many posts of a feed may come from outside: at least one
// where the study wants any.
func outsideShare(f spec.Feed) int {
	if f.Discover <= 0 {
		return 0
	}
	return min(f.Size, max(1, int(math.Round(f.Discover*float64(f.Size)))))
}

// choose takes the best size candidates of which at most outside come from
// outside. Where these are fewer, posts of the followed take their places.
func choose(ranked []candidate, size, outside int) []candidate {
	available := 0
	for _, c := range ranked {
		if c.outside {
			available++
		}
	}
	outside = min(outside, available)
	inside := size - outside
	out := make([]candidate, 0, size)
	for _, c := range ranked {
		quota := &inside
		if c.outside {
			quota = &outside
		}
		if *quota > 0 {
			*quota--
			out = append(out, c)
		}
	}
	return out
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

// candidates are the posts that may be shown now: each post once, none that
// was shown before unless it got new answers, none that a notification shows.
func (l *look) candidates(ctx context.Context) ([]candidate, error) {
	window := l.settings.Feed.Window
	home, err := l.net.Home(ctx, l.r.id, window)
	if err != nil {
		return nil, fmt.Errorf("home timeline: %w", err)
	}
	var outside []*social.Post
	if l.settings.Feed.Discover > 0 {
		if outside, err = l.net.Public(ctx, l.r.id, window, l.tick.Rand(l.r.id, "discover", 0)); err != nil {
			return nil, fmt.Errorf("public timeline: %w", err)
		}
	}
	out := make([]candidate, 0, len(home)+len(outside))
	seen := l.seen()
	take := func(entry, post *social.Post, outside bool) {
		if replies, ok := seen[post.ID]; post.Author == l.r.id || ok && post.Replies <= replies {
			return
		}
		seen[post.ID] = math.MaxInt
		out = append(out, candidate{entry: entry, post: post, outside: outside})
	}
	for _, p := range home {
		if p.Kind != sdk.ItemBoost {
			take(p, p, false)
		}
	}
	for _, p := range home {
		if p.Kind != sdk.ItemBoost {
			continue
		}
		passed, err := l.net.Post(ctx, l.r.id, p.Parent)
		if errors.Is(err, social.ErrNoPost) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("boosted post: %w", err)
		}
		take(p, passed, false)
	}
	for _, p := range outside {
		take(p, p, true)
	}
	return out, nil
}

// seen are the answers that posts had when the resident saw them, with those
// of this observation's notifications out of reach.
func (l *look) seen() map[string]int {
	seen := make(map[string]int, len(l.r.shown)+l.settings.Feed.Window)
	for _, s := range l.r.shown {
		seen[s.id] = s.replies
	}
	for _, id := range l.covered {
		seen[id] = math.MaxInt
	}
	return seen
}
