package wire

import (
	"context"

	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	mayorv1 "github.com/llm-city/gorod/plugins/proto/gorod/mayor/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// Decide implements sdk.Mayor.
func (c *Client) Decide(ctx context.Context, req sdk.MayorRequest) (sdk.MayorDecision, error) {
	resp, err := c.mayor.Decide(ctx, &mayorv1.DecideRequest{
		Tick: req.Tick, Town: townTo(&req.Town), Actions: conv.EachAt(req.Actions, actionSpecTo),
	})
	if err != nil {
		return sdk.MayorDecision{}, sdk.FromStatus(err)
	}
	d := sdk.MayorDecision{
		Action: actionFrom(resp.GetAction()), Thought: resp.GetThought(), Changes: conv.Each(resp.GetChanges(), changeFrom),
	}
	if err := checkText(d.Thought); err != nil {
		return d, err
	}
	if err := checkActions([]sdk.Action{d.Action}); err != nil {
		return d, err
	}
	return d, checkChanges(d.Changes)
}

func townTo(t *sdk.Town) *mayorv1.Town {
	return &mayorv1.Town{
		Name: t.Name, Time: t.Time, Day: int32(t.Day), Hour: int32(t.Hour), Money: t.Money,
		Width: int32(t.Width), Height: int32(t.Height), Goal: t.Goal, Left: int32(t.Left),
		Free:      conv.Each(t.Free, lotTo),
		Buildings: conv.EachAt(t.Buildings, buildingTo),
		Citizens:  conv.EachAt(t.Citizens, citizenTo),
		Types: conv.EachAt(t.Types, func(b *sdk.BuildingType) *mayorv1.BuildingType {
			return &mayorv1.BuildingType{Name: b.Name, Cost: b.Cost, Beds: int32(b.Beds), Desks: int32(b.Desks), Menu: b.Menu}
		}),
		RecruitCost: t.RecruitCost, NewcomerCash: t.NewcomerCash, Last: outcomeTo(t.Last),
		GoalMoney: t.GoalMoney, GoalPopulation: int32(t.GoalPopulation),
	}
}

func lotTo(l sdk.Lot) *mayorv1.Lot { return &mayorv1.Lot{X: int32(l.X), Y: int32(l.Y)} }

func buildingTo(b *sdk.Building) *mayorv1.Building {
	return &mayorv1.Building{
		Id: b.ID, Type: b.Type, Lot: lotTo(b.Lot), Income: b.Income,
		FreeBeds: int32(b.FreeBeds), Beds: int32(b.Beds), FreeDesks: int32(b.FreeDesks), Desks: int32(b.Desks),
	}
}

func citizenTo(c *sdk.Citizen) *mayorv1.Citizen {
	return &mayorv1.Citizen{Id: c.ID, Name: c.Name, Bio: c.Bio, Goal: c.Goal, Cash: c.Cash, Home: c.Home, Mood: c.Mood}
}

func outcomeTo(o *sdk.Outcome) *basev1.Outcome {
	if o == nil {
		return nil
	}
	return &basev1.Outcome{Action: actionTo(&o.Action), Ok: o.OK, Detail: o.Detail}
}
