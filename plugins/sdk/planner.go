package sdk

import (
	"context"
	"slices"
)

// Planner decides what residents do. Plan is called from several goroutines,
// never twice at once for one agent.
type Planner interface {
	Plan(ctx context.Context, req PlanRequest) (Decision, error)
}

// PlanRequest is one agent's situation.
type PlanRequest struct {
	Tick         int64
	Agent        Agent
	Observation  Observation
	Recollection Recollection
	Actions      []ActionSpec // what the environment allows now
	MaxActions   int          // at most so many are carried out
}

// Allows reports whether the environment allows a kind of action now.
func (r PlanRequest) Allows(kind string) bool {
	return slices.ContainsFunc(r.Actions, func(a ActionSpec) bool { return a.Kind == kind })
}

// Decision is what a planner decided.
type Decision struct {
	Plan    *Plan // the plan from now on; nil keeps the present one
	Actions []Action
	Thought string // why, in the agent's words; goes to the journal
	Changes []RecordChange
	Reused  bool // the actions came from experience, no model was asked
}
