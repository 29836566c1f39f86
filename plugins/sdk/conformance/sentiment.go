package conformance

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

func (s *Suite) sentiment() []Check {
	return []Check{
		{"takes an empty batch", func(ctx context.Context) error {
			return s.work(ctx, nil, func(c *wire.Client) error {
				_, err := c.Classify(ctx, 1, nil)
				return err
			})
		}},
		{"rates texts within range, with labels that it has", s.sentimentRange},
		{"answers every text, in order, whatever stands beside it", s.sentimentOrder},
		{"rates the same texts alike in another process", s.sentimentDeterministic},
		{"takes in a text of a megabyte, Cyrillic and emoji", func(ctx context.Context) error {
			return s.work(ctx, nil, func(c *wire.Client) error {
				_, err := c.Classify(ctx, 1, []string{huge(), "коротко"})
				return err
			})
		}},
		{"answers many callers at once", s.sentimentConcurrent},
	}
}

// classify rates the suite's texts in a process of its own.
func (s *Suite) classify(ctx context.Context, texts []string) (got []sdk.Sentiment, err error) {
	err = s.work(ctx, nil, func(c *wire.Client) (err error) {
		got, err = c.Classify(ctx, 1, texts)
		return err
	})
	return got, err
}

func (s *Suite) sentimentRange(ctx context.Context) error {
	got, err := s.classify(ctx, texts())
	if err != nil {
		return err
	}
	for i, r := range got {
		if !slices.Contains([]string{sdk.Negative, sdk.Neutral, sdk.Positive}, r.Label) {
			return fmt.Errorf("%q has label %q", texts()[i], r.Label)
		}
		for label, score := range r.Scores {
			if !(score >= 0 && score <= 1) {
				return fmt.Errorf("%q has score %v for %s, not 0…1", texts()[i], score, label)
			}
		}
	}
	return nil
}

func (s *Suite) sentimentOrder(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		together, err := c.Classify(ctx, 1, texts())
		if err != nil {
			return err
		}
		for i, text := range texts() {
			alone, err := c.Classify(ctx, 1, []string{text})
			if err != nil {
				return err
			}
			if err := alike(fmt.Sprintf("%q alone", text), alone[0], together[i], mayBeShared); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Suite) sentimentDeterministic(ctx context.Context) error {
	want, err := s.classify(ctx, texts())
	if err != nil {
		return err
	}
	got, err := s.classify(ctx, texts())
	if err != nil {
		return err
	}
	return alike("the ratings of another process", got, want, mayBeChance)
}

func (s *Suite) sentimentConcurrent(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		want, err := c.Classify(ctx, 1, texts())
		if err != nil {
			return err
		}
		var group errgroup.Group
		for range callers {
			group.Go(func() error {
				got, err := c.Classify(ctx, 1, texts())
				if err != nil {
					return err
				}
				return alike("the ratings for one of many callers", got, want, mayBeShared)
			})
		}
		return group.Wait()
	})
}
