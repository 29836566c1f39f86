package planning_test

import (
	"testing"
	"testing/fstest"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

func desk(t *testing.T, config string) *planning.Desk {
	t.Helper()
	own := fstest.MapFS{"prompts/plan.en.tmpl": {Data: []byte("Decide.")}}
	d, err := planning.NewDesk(sdk.Setup{Config: []byte(config), Language: "en"}, own)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// quietly is a request of a resident whom nothing new concerns, and whose plan
// was fulfilled before by reading trends.
func quietly() sdk.PlanRequest {
	req := planningtest.Request("en")
	req.Observation.Notifications = nil
	req.Recollection.Experience = []sdk.Action{{Kind: "trends"}}
	return req
}

func act(kind string, args ...string) []sdk.Action {
	a := sdk.Action{Kind: kind, Args: map[string]string{}}
	for i := 0; i < len(args); i += 2 {
		a.Args[args[i]] = args[i+1]
	}
	return []sdk.Action{a}
}

func TestReuseNeedsAnUndisturbedPlanAndActionsThatCanBeRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sdk.PlanRequest)
		config string
		want   bool
	}{
		"nothing changed":       {func(*sdk.PlanRequest) {}, "", true},
		"switched off":          {func(*sdk.PlanRequest) {}, `{"reuse": false}`, false},
		"no experience":         {func(r *sdk.PlanRequest) { r.Recollection.Experience = nil }, "", false},
		"no plan":               {func(r *sdk.PlanRequest) { r.Agent.Plan = sdk.Plan{} }, "", false},
		"an old plan":           {func(r *sdk.PlanRequest) { r.Tick = 20 }, "", false},
		"an old plan, allowed":  {func(r *sdk.PlanRequest) { r.Tick = 20 }, `{"reuse_ticks": 15}`, true},
		"more than may be done": {func(r *sdk.PlanRequest) { r.MaxActions = 0; r.Recollection.Experience = nil }, "", true},
		"too many actions": {func(r *sdk.PlanRequest) {
			r.Recollection.Experience = append(act("trends"), append(act("trends"), act("trends")...)...)
		}, "", false},
		"not allowed now":         {func(r *sdk.PlanRequest) { r.Recollection.Experience = act("dance") }, "", false},
		"words of one's own":      {func(r *sdk.PlanRequest) { r.Recollection.Experience = act("post", "text", "Hello") }, "", false},
		"somebody here":           {func(r *sdk.PlanRequest) { r.Recollection.Experience = act("follow", "target", "a0007") }, "", true},
		"somebody gone":           {func(r *sdk.PlanRequest) { r.Recollection.Experience = act("follow", "target", "a0099") }, "", false},
		"a needed argument lacks": {func(r *sdk.PlanRequest) { r.Recollection.Experience = act("follow") }, "", false},
		"a post out of sight":     {func(r *sdk.PlanRequest) { r.Recollection.Experience = act("reply", "target", "p1") }, "", false},
		"news":                    {notify(sdk.ItemEvent), "", false},
		"a direct message":        {notify(sdk.ItemDirect), "", false},
		"only a like":             {notify(sdk.ItemFavourite), "", true},
		"spoken to":               {func(r *sdk.PlanRequest) { r.Observation.Messages[0].Addressed = true }, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := quietly()
			c.change(&req)
			decision, settled := desk(t, c.config).Settled(req)
			if settled != c.want || decision.Reused != (c.want && len(req.Recollection.Experience) > 0) {
				t.Errorf("settled %v, reused %v", settled, decision.Reused)
			}
		})
	}
}

func notify(kind string) func(*sdk.PlanRequest) {
	return func(r *sdk.PlanRequest) {
		r.Observation.Notifications = []sdk.Item{{Kind: kind, Author: "a0009", Addressed: true}}
	}
}

func TestWhoCanDoNothingDecidesNothing(t *testing.T) {
	t.Parallel()
	req := planningtest.Request("en")
	req.Actions = nil
	decision, settled := desk(t, "").Settled(req)
	if !settled || decision.Reused || decision.Plan != nil || decision.Actions != nil {
		t.Errorf("settled %v: %+v", settled, decision)
	}
}
