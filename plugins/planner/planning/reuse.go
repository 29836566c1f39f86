package planning

import (
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Settled decides without a model where nothing has to be thought about: the
// agent can do nothing now, or it has a plan that some actions fulfilled
// before and nothing came up.
func (d *Desk) Settled(req sdk.PlanRequest) (sdk.Decision, bool) {
	if len(req.Actions) == 0 || req.MaxActions <= 0 {
		return sdk.Decision{}, true
	}
	if !d.config.Reuse || !d.reusable(req) {
		return sdk.Decision{}, false
	}
	return sdk.Decision{Actions: req.Recollection.Experience, Reused: true}, true
}

func (d *Desk) reusable(req sdk.PlanRequest) bool {
	plan, experience := req.Agent.Plan, req.Recollection.Experience
	if plan.Purpose == "" || req.Tick-plan.Since > d.config.ReuseTicks || len(experience) == 0 || len(experience) > req.MaxActions {
		return false
	}
	if slices.ContainsFunc(req.Observation.Notifications, wantsAnswer) || slices.ContainsFunc(req.Observation.Messages, addressed) {
		return false
	}
	return !slices.ContainsFunc(experience, func(a sdk.Action) bool { return !repeatable(a, req) })
}

// wantsAnswer reports whether a notification gives something to think about.
func wantsAnswer(item sdk.Item) bool {
	switch item.Kind {
	case sdk.ItemFavourite, sdk.ItemBoost, sdk.ItemFollow, sdk.ItemVote, sdk.ItemJoin, sdk.ItemLeave:
		return false
	}
	return true
}

func addressed(item sdk.Item) bool { return item.Addressed }

// repeatable reports whether an action is allowed now and says nothing in the
// agent's own words, which would be a copy. A free argument is taken for words
// of its own unless it names somebody who is here or is a search.
func repeatable(a sdk.Action, req sdk.PlanRequest) bool {
	at := slices.IndexFunc(req.Actions, func(s sdk.ActionSpec) bool { return s.Kind == a.Kind })
	if at < 0 {
		return false
	}
	specs := req.Actions[at].Args
	for name, value := range a.Args {
		at := slices.IndexFunc(specs, func(s sdk.ArgSpec) bool { return s.Name == name })
		switch {
		case at < 0:
			return false
		case slices.Contains(specs[at].Values, value):
		case len(specs[at].Values) > 0:
			return false
		case name == "query":
		case !slices.ContainsFunc(req.Observation.People, func(p sdk.Person) bool { return value == p.ID || value == p.Name }):
			return false
		}
	}
	return !slices.ContainsFunc(specs, func(s sdk.ArgSpec) bool { return s.Required && a.Args[s.Name] == "" })
}
