package network

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/social"
)

var _ env.Adjustable = (*Environment)(nil)

// Adjust implements env.Adjustable.
func (e *Environment) Adjust(ctx context.Context, a env.Adjustment) error {
	for _, change := range []struct {
		ties []env.Tie
		do   func(ctx context.Context, agent, other string) error
	}{{a.Follow, e.net.Follow}, {a.Unfollow, e.net.Unfollow}} {
		for _, t := range change.ties {
			err := change.do(ctx, t.Who, t.Whom)
			if err != nil && !errors.Is(err, social.ErrAlready) && !errors.Is(err, social.ErrNotYet) {
				return fmt.Errorf("network: tie %s to %s: %w", t.Who, t.Whom, err)
			}
		}
	}
	if a.Feed == nil {
		return nil
	}
	settings := e.settings
	if a.Feed.Rank != "" {
		settings.Feed.Rank = a.Feed.Rank
	}
	if a.Feed.Size != nil {
		settings.Feed.Size = *a.Feed.Size
	}
	if a.Feed.Discover != nil {
		settings.Feed.Discover = *a.Feed.Discover
	}
	return e.rerank(settings.Feed)
}
