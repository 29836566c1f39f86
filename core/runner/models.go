package runner

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/telemetry"
	"github.com/llm-city/gorod/plugins/sdk"
)

// newServices builds the layers of every model of the run. From top to bottom:
// repair asks again after a bad reply, the trace tells, the meter counts, the
// cassette answers what was answered before, the budget bounds what reaches a
// model, and the pool, which all runs share, finds it a slot. A replay ends at
// the cassette.
func (r *run) newServices(ctx context.Context, s *session, fail context.CancelCauseFunc) (*services, error) {
	spent, err := s.cassette.Spent(ctx)
	if err != nil {
		return nil, fmt.Errorf("add up what is spent: %w", err)
	}
	limit := r.study.Budget
	budget := llm.NewBudget(llm.Spent{Calls: limit.MaxCalls, Tokens: limit.MaxTokens}, spent)
	models := map[string]thinker{}
	for name, entry := range r.study.Models {
		var bottom llm.Provider
		if s.replay == nil {
			bottom = budget.Layer(r.opts.models.Provider(r.opts.served.names[r.planned.Cell.Name][name]))
		}
		models[name] = thinker{llm.Repair(r.tracedCalls(metered{s.cassette.Layer(bottom), r.usage})), entry}
	}
	return &services{
		seed: r.planned.Seed, language: r.study.Language, models: models, embedding: r.study.Agents.Embedding, fail: fail,
		roles: r.roles(), fallback: r.study.Agents.Model,
		engine: func() *sim.Engine { return r.engine }, memory: func() sdk.Memory { return r.minds.memory.Memory() },
	}, nil
}

// tracedCalls is a layer that tells the run's trace of calls, where there is one.
func (r *run) tracedCalls(next llm.Provider) llm.Provider {
	if r.trace == nil {
		return next
	}
	return telemetry.Layer(next, func(agent string) sim.Span { return r.engine.Span(agent) })
}

// roles are those who think without being residents.
func (r *run) roles() map[string]string {
	roles := map[string]string{sdk.SentimentAgent: r.study.Agents.Model}
	if town := r.study.Environment.Town; town != nil {
		roles[sdk.MayorAgent] = town.Mayor.Model
	}
	return roles
}
