package sdk

import (
	"context"

	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	mayorv1 "github.com/llm-city/gorod/plugins/proto/gorod/mayor/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// mayorServer serves a Mayor.
type mayorServer struct {
	mayorv1.UnimplementedMayorServiceServer
	base *baseServer
}

// Decide implements mayorv1.MayorServiceServer.
func (s *mayorServer) Decide(ctx context.Context, req *mayorv1.DecideRequest) (*mayorv1.DecideResponse, error) {
	m, err := implementation[Mayor](s.base)
	if err != nil {
		return nil, err
	}
	d, err := m.Decide(ctx, MayorRequest{
		Tick: req.GetTick(), Town: townFrom(req.GetTown()), Actions: conv.Each(req.GetActions(), actionSpecFrom),
	})
	if err != nil {
		return nil, err
	}
	return &mayorv1.DecideResponse{
		Action: actionTo(&d.Action), Thought: d.Thought, Changes: conv.EachAt(d.Changes, changeTo),
	}, nil
}

func townFrom(m *mayorv1.Town) Town {
	return Town{
		Name: m.GetName(), Time: m.GetTime(), Day: int(m.GetDay()), Hour: int(m.GetHour()), Money: m.GetMoney(),
		Width: int(m.GetWidth()), Height: int(m.GetHeight()), Goal: m.GetGoal(), Left: int(m.GetLeft()),
		Free:      conv.Each(m.GetFree(), lotFrom),
		Buildings: conv.Each(m.GetBuildings(), buildingFrom),
		Citizens:  conv.Each(m.GetCitizens(), citizenFrom),
		Types: conv.Each(m.GetTypes(), func(t *mayorv1.BuildingType) BuildingType {
			return BuildingType{
				Name: t.GetName(), Cost: t.GetCost(), Beds: int(t.GetBeds()), Desks: int(t.GetDesks()), Menu: t.GetMenu(),
			}
		}),
		RecruitCost: m.GetRecruitCost(), NewcomerCash: m.GetNewcomerCash(), Last: outcomeFrom(m.GetLast()),
		GoalMoney: m.GetGoalMoney(), GoalPopulation: int(m.GetGoalPopulation()),
	}
}

func lotFrom(m *mayorv1.Lot) Lot { return Lot{X: int(m.GetX()), Y: int(m.GetY())} }

func buildingFrom(m *mayorv1.Building) Building {
	return Building{
		ID: m.GetId(), Type: m.GetType(), Lot: lotFrom(m.GetLot()), Income: m.GetIncome(),
		FreeBeds: int(m.GetFreeBeds()), Beds: int(m.GetBeds()), FreeDesks: int(m.GetFreeDesks()), Desks: int(m.GetDesks()),
	}
}

func citizenFrom(m *mayorv1.Citizen) Citizen {
	return Citizen{
		ID: m.GetId(), Name: m.GetName(), Bio: m.GetBio(), Goal: m.GetGoal(), Cash: m.GetCash(), Home: m.GetHome(), Mood: m.Mood,
	}
}

func outcomeFrom(m *basev1.Outcome) *Outcome {
	if m == nil {
		return nil
	}
	return &Outcome{Action: actionFrom(m.GetAction()), OK: m.GetOk(), Detail: m.GetDetail()}
}
