// Package reflect is the planner that criticises its own actions before it
// carries them out. It decides in one model call, as planner/justplan does; in a
// second call a critic scores the actions from 0 to 9 for persona adherence,
// self-consistency and fluency, with a justification of each. Below a threshold
// in any of them it decides anew, with the criticism at hand, until actions are
// accepted or the attempts are spent; then the best are taken: those with the
// highest lowest score, of equal ones those with the highest sum, of equal ones
// the first.
//
// So a tick takes 2 calls when the first actions are accepted, 4 when the second
// are, at most twice max_attempts. A decision without actions is accepted
// uncriticised; actions that repeat recent ones are refused by rule. Neither
// takes a second call.
//
// After the action correction of TinyTroupe (Salem et al. 2025,
// arXiv:2507.09788, tinytroupe/agent/action_generator.py). It departs from it in
// three ways: one call scores all dimensions, where TinyTroupe takes one for
// each; there are 3 attempts, not 2, unless max_attempts says otherwise; and
// repeated actions count as inconsistent.
package reflect

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// Plugin is planner/reflect.
func Plugin() sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "reflect", Version: "1.0.0",
		Summary: "decides as justplan does, criticises its actions and decides anew while they fall short",
		Schema:  configSchema(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Planner, error) {
			p, err := newPlanner(setup)
			if err != nil {
				return nil, err
			}
			return p, nil
		},
	}
}

type planner struct {
	config config
	desk   *planning.Desk
	log    *slog.Logger
	words  words

	mu    sync.RWMutex
	deeds map[string][]deed // of each agent, the oldest first; a slice that is in here does not change
}

var (
	_ sdk.Planner  = (*planner)(nil)
	_ sdk.Restorer = (*planner)(nil)
)

func newPlanner(setup sdk.Setup) (*planner, error) {
	config, err := readConfig(setup.Config)
	if err != nil {
		return nil, err
	}
	desk, err := planning.NewDesk(setup, prompts)
	if err != nil {
		return nil, err
	}
	p := &planner{config: config, desk: desk, log: setup.Log, words: wordsOf(setup.Language), deeds: map[string][]deed{}}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

// Plan implements sdk.Planner.
func (p *planner) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	p.mu.RLock()
	before := p.deeds[req.Agent.ID]
	p.mu.RUnlock()
	recent := carriedOut(before, req.Observation.Outcomes)
	decision, settled := p.desk.Settled(req)
	if !settled || p.config.ForbidRepeats && repeated(decision.Actions, recent) != nil {
		var err error
		if decision, err = p.decide(ctx, &req, recent); err != nil {
			return sdk.Decision{}, err
		}
	}
	after := remember(recent, decision.Actions)
	decision.Changes = changes(req.Agent.ID, before, after)
	p.mu.Lock()
	p.deeds[req.Agent.ID] = after
	p.mu.Unlock()
	return decision, nil
}

// decide makes attempts until one is accepted, and takes the best.
func (p *planner) decide(ctx context.Context, req *sdk.PlanRequest, recent []deed) (sdk.Decision, error) {
	scene, err := p.desk.Scene(*req)
	if err != nil {
		return sdk.Decision{}, err
	}
	c := critic{planner: p, scene: scene, name: name(req), recent: recent}
	var best, last *attempt
	for i := range p.config.MaxAttempts {
		next, err := c.attempt(ctx, i, last)
		if err != nil && best != nil && isModel(err) { // what there is, is better than nothing
			p.log.Warn("no further attempt", "agent", req.Agent.ID, "tick", req.Tick, "attempts", i, "error", err)
			break
		}
		if err != nil {
			return sdk.Decision{}, fmt.Errorf("attempt %d: %w", i+1, err)
		}
		if best == nil || next.better(best) {
			best = next
		}
		if next.accepted || next.unscored() {
			break
		}
		last = next
	}
	return best.signed(p.config.MaxAttempts), nil
}

func isModel(err error) bool {
	domain, ok := errors.AsType[*sdk.Error](err)
	return ok && domain.Kind == sdk.ErrModel
}
