// Package babyagi is the planner that works off a list of tasks towards an
// objective, one turn of its loop a tick: take the first task, execute it in the
// light of the most relevant earlier results, store the result, create new tasks
// from it, put the list in order. Each turn is three model calls: execution,
// creation and prioritisation; two with the setting merge.
//
// After BabyAGI (Nakajima 2023, github.com/yoheinakajima/babyagi, the original
// task-driven agent). It departs from it in four ways: earlier results are
// ranked by their similarity to the task, where the original takes the
// objective; what became of a task's actions, known a tick later, is part of its
// result; tasks that the order leaves out stay on the list, behind the others;
// list, tasks and turns are bounded.
package babyagi

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"sync"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// Plugin is planner/babyagi.
func Plugin() sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "babyagi", Version: "1.0.0",
		Summary: "works off a list of tasks in three model calls a tick: execute one, create new ones, prioritise",
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
	host   sdk.Host
	log    *slog.Logger
	words  words

	mu    sync.RWMutex
	minds map[string]*mind // by agent; a mind that is in here does not change
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
	p := &planner{config: config, desk: desk, host: setup.Host, log: setup.Log, words: wordsOf(setup.Language), minds: map[string]*mind{}}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

// Plan implements sdk.Planner. A turn that fails changes nothing: its task is
// the first again in the next tick.
func (p *planner) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	m := p.mind(req.Agent.ID).clone()
	m.conclude(req.Observation.Outcomes, &p.words)
	var decision sdk.Decision
	switch {
	case len(req.Actions) == 0 || req.MaxActions <= 0:
	case !m.ready(p.words.objectives(&req.Agent), &p.config, p.words.first):
		decision = idle(&req, p.words.idle)
	default:
		t := turn{planner: p, req: &req, mind: m}
		var err error
		if decision, err = t.run(ctx); err != nil {
			return sdk.Decision{}, err
		}
	}
	decision.Changes = m.changes(req.Agent.ID)
	p.mu.Lock()
	p.minds[req.Agent.ID] = m
	p.mu.Unlock()
	return decision, nil
}

// idle is the decision of a resident with nothing on its list.
func idle(req *sdk.PlanRequest, why string) sdk.Decision {
	d := sdk.Decision{Thought: why}
	if req.Allows("ignore") {
		d.Actions = []sdk.Action{{Kind: "ignore"}}
	}
	return d
}

// mind is an agent's, empty where it has none yet.
func (p *planner) mind(agent string) *mind {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if m := p.minds[agent]; m != nil {
		return m
	}
	return &mind{}
}

// Restore implements sdk.Restorer.
func (p *planner) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		m := p.minds[r.Agent]
		if m == nil {
			m = &mind{}
			p.minds[r.Agent] = m
		}
		if err := m.restore(r); err != nil {
			return fmt.Errorf("restore %s of %s: %w", r.Key, r.Agent, err)
		}
	}
	for _, m := range p.minds {
		m.settle()
	}
	return nil
}
