package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

func (s *Suite) mayor() []Check {
	return []Check{
		{"decides on what is allowed, with the arguments it takes", s.mayorAllowed},
		{"decides where the town is full and the till is empty", s.mayorStuck},
		{"makes the same decisions about the same towns", s.mayorDeterministic},
		{"goes on from its records as if it had never stopped", s.mayorRestored},
		{"lives through a request without anything in it", func(ctx context.Context) error {
			return s.work(ctx, nil, func(c *wire.Client) error {
				_, err := c.Decide(ctx, sdk.MayorRequest{})
				return refused(err)
			})
		}},
		{"says so when its model fails", s.mayorModelFails},
		{"takes in a text of a megabyte, Cyrillic and emoji", func(ctx context.Context) error {
			return s.work(ctx, nil, func(c *wire.Client) error {
				req := mayorRequest(1)
				req.Town.Goal, req.Town.Citizens[0].Bio = huge(), huge()
				_, err := c.Decide(ctx, req)
				return err
			})
		}},
	}
}

// mayorRequest is a small town a few hours after its founding.
func mayorRequest(tick int64) sdk.MayorRequest {
	at := time.Date(2025, 1, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(tick) * time.Hour)
	types := []sdk.BuildingType{
		{Name: "office", Cost: 14000, Desks: 1}, {Name: "house A", Cost: 14000, Beds: 2},
		{Name: "store", Cost: 14000, Menu: map[string]int64{"курица": 20}},
	}
	return sdk.MayorRequest{
		Tick: tick,
		Town: sdk.Town{
			Name: "Тестовый", Time: at.Format(time.RFC3339), Day: 1, Hour: at.Hour(), Money: 100_000 - 1000*tick, Width: 2, Height: 2,
			Goal: "Пусть город растёт.", Left: 40 - int(tick), Free: []sdk.Lot{{X: 1, Y: 1}},
			Buildings: []sdk.Building{
				{ID: "b1", Type: "house A", Beds: 2, FreeBeds: 1},
				{ID: "b2", Type: "office", Lot: sdk.Lot{X: 1}, Income: 400, Desks: 1},
				{ID: "b3", Type: "store", Lot: sdk.Lot{Y: 1}, Income: 60},
			},
			Citizens: []sdk.Citizen{{ID: "a0001", Name: "Анна Орлова", Bio: "Учительница.", Goal: "жить", Cash: 900, Home: "b1"}},
			Types:    types, RecruitCost: 12000, NewcomerCash: 10000,
			Last: &sdk.Outcome{Action: sdk.Action{Kind: "nothing"}, OK: true},
		},
		Actions: []sdk.ActionSpec{
			{Kind: "nothing", Description: "ничего не делать"},
			{Kind: "build", Description: "построить", Args: []sdk.ArgSpec{
				{Name: "type", Required: true, Values: []string{"office", "house A", "store"}},
				{Name: "x", Required: true, Values: []string{"1"}}, {Name: "y", Required: true, Values: []string{"1"}},
			}},
			{Kind: "recruit", Description: "позвать жителя", Args: []sdk.ArgSpec{
				{Name: "name", Required: true}, {Name: "bio", Required: true}, {Name: "goal", Required: true},
				{Name: "home", Required: true, Values: []string{"b1"}},
			}},
		},
	}
}

// mayorAllows reports whether a decision is one of the actions allowed, with
// all arguments that it needs.
func mayorAllows(a sdk.Action, specs []sdk.ActionSpec) error {
	i := slices.IndexFunc(specs, func(s sdk.ActionSpec) bool { return s.Kind == a.Kind })
	if i < 0 {
		return fmt.Errorf("action %q is not allowed", a.Kind)
	}
	for _, arg := range specs[i].Args {
		value := a.Arg(arg.Name)
		switch {
		case arg.Required && value == "":
			return fmt.Errorf("action %q has no %s", a.Kind, arg.Name)
		case len(arg.Values) > 0 && !slices.Contains(arg.Values, value):
			return fmt.Errorf("action %q has %s %q, which is none of %v", a.Kind, arg.Name, value, arg.Values)
		}
	}
	return nil
}

func govern(ctx context.Context, c *wire.Client, into store, first, last int64) ([]sdk.MayorDecision, error) {
	var all []sdk.MayorDecision
	for tick := first; tick <= last; tick++ {
		d, err := c.Decide(ctx, mayorRequest(tick))
		if err != nil {
			return nil, fmt.Errorf("decide in tick %d: %w", tick, err)
		}
		into.apply(d.Changes)
		all = append(all, d)
	}
	return all, nil
}

func (s *Suite) mayorAllowed(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		decisions, err := govern(ctx, c, store{}, 1, 6)
		if err != nil {
			return err
		}
		for _, d := range decisions {
			if err := mayorAllows(d.Action, mayorRequest(1).Actions); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Suite) mayorStuck(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		req := mayorRequest(1)
		req.Town.Money, req.Town.Free, req.Actions = 0, nil, req.Actions[:1]
		req.Town.Last = &sdk.Outcome{Action: sdk.Action{Kind: "build"}, Detail: "нет свободного участка"}
		d, err := c.Decide(ctx, req)
		if err != nil {
			return err
		}
		return mayorAllows(d.Action, req.Actions)
	})
}

func (s *Suite) mayorDeterministic(ctx context.Context) error {
	var got [2][]sdk.MayorDecision
	for i := range got {
		err := s.work(ctx, nil, func(c *wire.Client) (err error) {
			got[i], err = govern(ctx, c, store{}, 1, 4)
			return err
		})
		if err != nil {
			return err
		}
	}
	return alike("the decisions of another process", got[1], got[0], mayBeChance)
}

func (s *Suite) mayorRestored(ctx context.Context) error {
	kept := store{}
	var want []sdk.MayorDecision
	err := s.work(ctx, nil, func(c *wire.Client) (err error) {
		if _, err = govern(ctx, c, kept, 1, 3); err != nil {
			return err
		}
		want, err = govern(ctx, c, store{}, 4, 5)
		return err
	})
	if err != nil {
		return err
	}
	return s.work(ctx, kept.records(), func(c *wire.Client) error {
		got, err := govern(ctx, c, store{}, 4, 5)
		if err != nil {
			return err
		}
		return alike("the decisions of a restored process", got, want, mayBeState)
	})
}

func (s *Suite) mayorModelFails(ctx context.Context) error {
	host := &Host{Fail: sdk.Errorf(sdk.ErrModel, "no sense in this reply")}
	return s.workWith(ctx, host, nil, func(c *wire.Client) error {
		_, err := c.Decide(ctx, mayorRequest(1))
		var domain *sdk.Error
		if err == nil || (errors.As(err, &domain) && domain.Kind == sdk.ErrModel) {
			return nil // it found another way, or passed the failure on
		}
		return fmt.Errorf("the failure of a model became another error: %w", err)
	})
}
