package conformance

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// lived is how many ticks the checks of state let a plugin live through.
const lived = 4

func (s *Suite) memory() []Check {
	return []Check{
		{"takes empty batches", s.memoryEmpty},
		{"knows nothing of an agent it never saw, and says so without an error", func(ctx context.Context) error {
			return s.work(ctx, nil, func(c *wire.Client) error {
				_, err := c.Recall(ctx, 5, []sdk.Query{{Agent: sdk.Agent{ID: "a9999"}, Text: "кто здесь?"}})
				return err
			})
		}},
		{"answers every query, in order", s.memoryOrder},
		{"keeps to the limit of a query", s.memoryLimit},
		{"changes nothing in a recall", s.memoryPure},
		{"names the records that it recalls", s.memoryKeys},
		{"gives the same answers and changes to the same observations", s.memoryDeterministic},
		{"remembers the same however observations are batched", s.memoryBatches},
		{"goes on from its records as if it had never stopped", s.memoryRestored},
		{"takes in a text of a megabyte, Cyrillic and emoji", s.memoryHuge},
		{"answers many callers at once", s.memoryConcurrent},
	}
}

// live lets a memory observe ticks from first to last, and stores its changes.
func live(ctx context.Context, c *wire.Client, into store, first, last int64) ([]sdk.RecordChange, error) {
	var all []sdk.RecordChange
	for tick := first; tick <= last; tick++ {
		changes, err := c.Observe(ctx, tick, seen(tick))
		if err != nil {
			return nil, fmt.Errorf("observe tick %d: %w", tick, err)
		}
		into.apply(changes)
		all = append(all, changes...)
	}
	return all, nil
}

// remember runs f with a memory that has lived.
func (s *Suite) remember(ctx context.Context, f func(*wire.Client, store) error) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		kept := store{}
		if _, err := live(ctx, c, kept, 1, lived); err != nil {
			return err
		}
		return f(c, kept)
	})
}

func (s *Suite) memoryEmpty(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		if _, err := c.Observe(ctx, 1, nil); err != nil {
			return fmt.Errorf("observe: %w", err)
		}
		_, err := c.Recall(ctx, 1, nil)
		return err
	})
}

func (s *Suite) memoryOrder(ctx context.Context) error {
	return s.remember(ctx, func(c *wire.Client, _ store) error {
		asked := queries(lived + 1)
		found, err := c.Recall(ctx, lived+1, asked)
		if err != nil {
			return err
		}
		slices.Reverse(asked)
		backwards, err := c.Recall(ctx, lived+1, asked)
		if err != nil {
			return err
		}
		slices.Reverse(backwards)
		return alike("the same queries in another order", backwards, found, mayBeShared)
	})
}

func (s *Suite) memoryLimit(ctx context.Context) error {
	return s.remember(ctx, func(c *wire.Client, _ store) error {
		asked := queries(lived + 1)
		found, err := c.Recall(ctx, lived+1, asked)
		if err != nil {
			return err
		}
		for i, q := range asked {
			if n := len(found[i].Items); q.Limit > 0 && n > q.Limit {
				return fmt.Errorf("%d items for a query with limit %d", n, q.Limit)
			}
		}
		return nil
	})
}

func (s *Suite) memoryPure(ctx context.Context) error {
	return s.remember(ctx, func(c *wire.Client, _ store) error {
		first, err := c.Recall(ctx, lived+1, queries(lived+1))
		if err != nil {
			return err
		}
		again, err := c.Recall(ctx, lived+1, queries(lived+1))
		if err != nil {
			return err
		}
		return alike("the same recall again", again, first, mayBeShared)
	})
}

func (s *Suite) memoryKeys(ctx context.Context) error {
	return s.remember(ctx, func(c *wire.Client, kept store) error {
		asked := queries(lived + 1)
		found, err := c.Recall(ctx, lived+1, asked)
		if err != nil {
			return err
		}
		for i, r := range found {
			for _, item := range r.Items {
				if _, ok := kept[[2]string{asked[i].Agent.ID, item.Key}]; !ok {
					return fmt.Errorf("%q was recalled for %s, but there is no such record", item.Key, asked[i].Agent.ID)
				}
			}
		}
		return nil
	})
}

// answers are what a memory changes and says after it has lived.
func (s *Suite) answers(ctx context.Context) (changes []sdk.RecordChange, found []sdk.Recollection, err error) {
	err = s.work(ctx, nil, func(c *wire.Client) (err error) {
		if changes, err = live(ctx, c, store{}, 1, lived); err != nil {
			return err
		}
		found, err = c.Recall(ctx, lived+1, queries(lived+1))
		return err
	})
	return changes, found, err
}

func (s *Suite) memoryDeterministic(ctx context.Context) error {
	changes, found, err := s.answers(ctx)
	if err != nil {
		return err
	}
	changesAgain, foundAgain, err := s.answers(ctx)
	if err != nil {
		return err
	}
	if err := alike("the changes of another process", changesAgain, changes, mayBeChance); err != nil {
		return err
	}
	return alike("the answers of another process", foundAgain, found, mayBeChance)
}

func (s *Suite) memoryBatches(ctx context.Context) error {
	_, want, err := s.answers(ctx)
	if err != nil {
		return err
	}
	return s.work(ctx, nil, func(c *wire.Client) error {
		for tick := int64(1); tick <= lived; tick++ {
			var group errgroup.Group
			for _, one := range seen(tick) {
				group.Go(func() error {
					_, err := c.Observe(ctx, tick, []sdk.Seen{one})
					return err
				})
			}
			if err := group.Wait(); err != nil {
				return err
			}
		}
		got, err := c.Recall(ctx, lived+1, queries(lived+1))
		if err != nil {
			return err
		}
		return alike("the answers after observing one agent at a time", got, want, mayBeShared)
	})
}

func (s *Suite) memoryRestored(ctx context.Context) error {
	kept := store{}
	var found []sdk.Recollection
	var later []sdk.RecordChange
	err := s.work(ctx, nil, func(c *wire.Client) (err error) {
		if _, err = live(ctx, c, kept, 1, lived); err != nil {
			return err
		}
		if found, err = c.Recall(ctx, lived+1, queries(lived+1)); err != nil {
			return err
		}
		later, err = live(ctx, c, store{}, lived+1, lived+1)
		return err
	})
	if err != nil {
		return err
	}
	return s.work(ctx, kept.records(), func(c *wire.Client) error {
		got, err := c.Recall(ctx, lived+1, queries(lived+1))
		if err != nil {
			return err
		}
		if err := alike("the answers of a restored process", got, found, mayBeState); err != nil {
			return err
		}
		changes, err := live(ctx, c, store{}, lived+1, lived+1)
		if err != nil {
			return err
		}
		return alike("the changes of a restored process", changes, later, mayBeState)
	})
}

func (s *Suite) memoryHuge(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		observed := seen(1)
		for i := range observed {
			observed[i].Observation.Timeline[0].Text = huge()
		}
		if _, err := c.Observe(ctx, 1, observed); err != nil {
			return err
		}
		_, err := c.Recall(ctx, 2, []sdk.Query{{Agent: observed[0].Agent, Text: huge()}})
		return err
	})
}

func (s *Suite) memoryConcurrent(ctx context.Context) error {
	return s.remember(ctx, func(c *wire.Client, _ store) error {
		want, err := c.Recall(ctx, lived+1, queries(lived+1))
		if err != nil {
			return err
		}
		var group errgroup.Group
		for range callers {
			group.Go(func() error {
				got, err := c.Recall(ctx, lived+1, queries(lived+1))
				if err != nil {
					return err
				}
				return alike("the answers to one of many callers", got, want, mayBeShared)
			})
		}
		return group.Wait()
	})
}

// callers is how many call at once in the checks of concurrency.
const callers = 16
