package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

func (s *Suite) planner() []Check {
	return []Check{
		{"decides on actions that are allowed, and no more than are carried out", s.plannerAllowed},
		{"decides on nothing where nothing is allowed", s.plannerNothing},
		{"makes the same decisions in the same situations", s.plannerDeterministic},
		{"goes on from its records as if it had never stopped", s.plannerRestored},
		{"lives through a request without anything in it", func(ctx context.Context) error {
			return s.work(ctx, nil, func(c *wire.Client) error {
				_, err := c.Plan(ctx, sdk.PlanRequest{})
				return refused(err)
			})
		}},
		{"says so when its model fails", s.plannerModelFails},
		{"takes in a text of a megabyte, Cyrillic and emoji", s.plannerHuge},
		{"decides for many agents at once", s.plannerConcurrent},
	}
}

// decide lets every agent decide in ticks from first to last.
func decide(ctx context.Context, c *wire.Client, into store, first, last int64) ([]sdk.Decision, error) {
	var all []sdk.Decision
	for tick := first; tick <= last; tick++ {
		for _, agent := range people() {
			d, err := c.Plan(ctx, planRequest(tick, agent))
			if err != nil {
				return nil, fmt.Errorf("plan for %s in tick %d: %w", agent.ID, tick, err)
			}
			into.apply(d.Changes)
			all = append(all, d)
		}
	}
	return all, nil
}

func (s *Suite) plannerAllowed(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		decisions, err := decide(ctx, c, store{}, 1, 2)
		if err != nil {
			return err
		}
		for _, d := range decisions {
			if err := allowed(d, planRequest(1, people()[0])); err != nil {
				return err
			}
		}
		return nil
	})
}

func allowed(d sdk.Decision, req sdk.PlanRequest) error {
	if len(d.Actions) > req.MaxActions {
		return fmt.Errorf("%d actions, at most %d are carried out", len(d.Actions), req.MaxActions)
	}
	for _, a := range d.Actions {
		if !slices.ContainsFunc(req.Actions, func(spec sdk.ActionSpec) bool { return spec.Kind == a.Kind }) {
			return fmt.Errorf("action %q is not allowed", a.Kind)
		}
	}
	return nil
}

func (s *Suite) plannerNothing(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		req := planRequest(1, people()[0])
		req.Actions = nil
		d, err := c.Plan(ctx, req)
		if err != nil {
			return refused(err)
		}
		return allowed(d, req)
	})
}

func (s *Suite) plannerDeterministic(ctx context.Context) error {
	var got [2][]sdk.Decision
	for i := range got {
		err := s.work(ctx, nil, func(c *wire.Client) (err error) {
			got[i], err = decide(ctx, c, store{}, 1, 2)
			return err
		})
		if err != nil {
			return err
		}
	}
	return alike("the decisions of another process", got[1], got[0], mayBeChance)
}

func (s *Suite) plannerRestored(ctx context.Context) error {
	kept := store{}
	var want []sdk.Decision
	err := s.work(ctx, nil, func(c *wire.Client) (err error) {
		if _, err = decide(ctx, c, kept, 1, 2); err != nil {
			return err
		}
		want, err = decide(ctx, c, store{}, 3, 3)
		return err
	})
	if err != nil {
		return err
	}
	return s.work(ctx, kept.records(), func(c *wire.Client) error {
		got, err := decide(ctx, c, store{}, 3, 3)
		if err != nil {
			return err
		}
		return alike("the decisions of a restored process", got, want, mayBeState)
	})
}

func (s *Suite) plannerModelFails(ctx context.Context) error {
	host := &Host{Fail: sdk.Errorf(sdk.ErrModel, "no sense in this reply")}
	return s.workWith(ctx, host, nil, func(c *wire.Client) error {
		_, err := c.Plan(ctx, planRequest(1, people()[0]))
		var domain *sdk.Error
		if err == nil || (errors.As(err, &domain) && domain.Kind == sdk.ErrModel) {
			return nil // it found another way, or passed the failure on
		}
		return fmt.Errorf("the failure of a model became another error: %w", err)
	})
}

func (s *Suite) plannerHuge(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		req := planRequest(1, people()[2])
		req.Observation.Timeline[0].Text = huge()
		req.Recollection.Text = huge()
		_, err := c.Plan(ctx, req)
		return err
	})
}

func (s *Suite) plannerConcurrent(ctx context.Context) error {
	var want sdk.Decision
	err := s.work(ctx, nil, func(c *wire.Client) (err error) {
		want, err = c.Plan(ctx, planRequest(1, people()[0]))
		return err
	})
	if err != nil {
		return err
	}
	return s.work(ctx, nil, func(c *wire.Client) error {
		var group errgroup.Group
		for i := range callers {
			group.Go(func() error {
				agent := people()[0]
				agent.ID = fmt.Sprintf("b%04d", i)
				_, err := c.Plan(ctx, planRequest(1, agent))
				return err
			})
		}
		group.Go(func() error {
			got, err := c.Plan(ctx, planRequest(1, people()[0]))
			if err != nil {
				return err
			}
			return alike("the decision among many", got, want, mayBeShared)
		})
		return group.Wait()
	})
}
