package view

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
)

// numbered is a post's row, and what its text refers to, if that was looked for.
type numbered struct {
	number int64
	post   social.Post
	found  *found
}

// load makes the state of a run as a snapshot shows it.
func load(ctx context.Context, snap *journal.Snapshot, meta journal.Meta, keep int) (*state, error) {
	s := newState(meta, keep)
	residents, err := snap.Residents(ctx, 0)
	if err != nil {
		return nil, err
	}
	s.people.settle(residents)
	if err := s.take(ctx, snap, kinds()[:4]...); err != nil {
		return nil, err
	}
	if err := s.loadPosts(ctx, snap); err != nil {
		return nil, err
	}
	if err := s.take(ctx, snap, kinds()[4:]...); err != nil {
		return nil, err
	}
	agents, err := snap.Agents(ctx)
	if err != nil {
		return nil, err
	}
	s.agents(agents)
	if err := s.loadNotes(ctx, snap); err != nil {
		return nil, err
	}
	s.tick, s.news.live = snap.Tick(), true
	return s, nil
}

// take takes in all rows of kinds.
func (s *state) take(ctx context.Context, snap *journal.Snapshot, kinds ...string) error {
	for _, kind := range kinds {
		for row, err := range snap.Rows(ctx, kind) {
			if err == nil {
				err = s.row(row)
			}
			if err != nil {
				return fmt.Errorf("row %s %s: %w", kind, row.ID, err)
			}
		}
	}
	return nil
}

// loadPosts takes in the newest posts. Rows come in no useful order, so that
// they are looked through twice.
func (s *state) loadPosts(ctx context.Context, snap *journal.Snapshot) error {
	newest := int64(0)
	for row, err := range snap.Rows(ctx, rowPost) {
		if err != nil {
			return err
		}
		if n, ok := number(row.ID); ok {
			newest = max(newest, n)
		}
	}
	var posts []numbered
	for row, err := range snap.Rows(ctx, rowPost) {
		if err != nil {
			return err
		}
		if n, ok := number(row.ID); ok && n > newest-int64(s.keep) {
			made, err := decode(row)
			if err != nil {
				return err
			}
			posts = append(posts, numbered{number: n, post: made})
		}
	}
	slices.SortFunc(posts, func(a, b numbered) int { return int(a.number - b.number) })
	if len(posts) > 0 {
		var err error
		s.of = posts[0].post.Tick
		if s.first, err = firstOf(ctx, snap, posts[0]); err != nil {
			return err
		}
	}
	for _, p := range posts {
		if made := s.post(p); made != nil {
			s.announce(made)
		}
	}
	return nil
}

func decode(row journal.StoredRow) (p social.Post, err error) {
	if err := json.Unmarshal(row.JSON, &p); err != nil {
		return p, fmt.Errorf("row %s %s: %w", row.Kind, row.ID, err)
	}
	p.ID = row.ID
	return p, nil
}

// firstOf is the number of the first post of a post's tick.
func firstOf(ctx context.Context, snap *journal.Snapshot, p numbered) (int64, error) {
	low, high := int64(1), p.number // the first is in low … high
	for low < high {
		middle := (low + high) / 2
		tick := int64(-1)
		for row, err := range snap.RowsOf(ctx, rowPost, rowID(middle)) {
			if err != nil {
				return 0, err
			}
			made, err := decode(row)
			if err != nil {
				return 0, err
			}
			tick = made.Tick
		}
		if tick < p.post.Tick {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// loadNotes finds what visitors were told by reactions, of which only events
// know the order.
func (s *state) loadNotes(ctx context.Context, snap *journal.Snapshot) error {
	if !slices.ContainsFunc(s.people.all, func(p *person) bool { return p.visitor }) {
		return nil
	}
	// What concerns a visitor holds its id.
	filter := journal.Filter{Kinds: []event.Kind{event.KindAction, event.KindControl}, Holds: `"@`}
	for e, err := range snap.Events(ctx, filter) {
		if err != nil {
			return err
		}
		done, err := read(e)
		if err != nil {
			return err
		}
		s.done(e, done)
	}
	return nil
}
