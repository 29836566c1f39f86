package sdk

import (
	"context"

	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
)

// plannerServer serves a Planner.
type plannerServer struct {
	plannerv1.UnimplementedPlannerServiceServer
	base *baseServer
}

// Plan implements plannerv1.PlannerServiceServer.
func (s *plannerServer) Plan(ctx context.Context, req *plannerv1.PlanRequest) (*plannerv1.PlanResponse, error) {
	p, err := implementation[Planner](s.base)
	if err != nil {
		return nil, err
	}
	decision, err := p.Plan(ctx, planRequestFrom(req))
	if err != nil {
		return nil, err
	}
	return decisionTo(&decision), nil
}
