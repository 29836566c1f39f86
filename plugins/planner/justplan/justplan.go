// Package justplan is the planner that decides in one model call: memory,
// traits and situation in, plan and actions out.
//
// After JustPlan of AgentSims (Lin et al. 2023, arXiv:2308.04026).
package justplan

import (
	"context"
	"embed"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// Plugin is planner/justplan.
func Plugin() sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "justplan", Version: "1.0.0",
		Summary: "decides in one model call: memory, traits and situation to plan and actions",
		Schema:  planning.ConfigSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Planner, error) {
			desk, err := planning.NewDesk(setup, prompts)
			if err != nil {
				return nil, err
			}
			return &planner{desk}, nil
		},
	}
}

type planner struct{ desk *planning.Desk }

var _ sdk.Planner = (*planner)(nil)

// Plan implements sdk.Planner.
func (p *planner) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	if decision, settled := p.desk.Settled(req); settled {
		return decision, nil
	}
	scene, err := p.desk.Scene(req)
	if err != nil {
		return sdk.Decision{}, err
	}
	return scene.Decide(ctx, nil, nil)
}
