package babyagi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxThought = 300
	maxPlace   = 60
)

// turn is one of the loop, under way.
type turn struct {
	*planner
	req   *sdk.PlanRequest
	mind  *mind
	scene *planning.Scene
}

// run takes the first task through the turn.
func (t *turn) run(ctx context.Context) (sdk.Decision, error) {
	l := &t.mind.list
	now := l.Tasks[0]
	l.Tasks = l.Tasks[1:]
	l.Turns++
	t.mind.listed = true
	relevant, err := t.relevant(ctx, now.Text)
	if err != nil {
		return sdk.Decision{}, fmt.Errorf("find earlier results: %w", err)
	}
	if t.scene, err = t.desk.Scene(*t.req); err != nil {
		return sdk.Decision{}, err
	}
	decision, came, err := t.execute(ctx, now.Text, relevant)
	if err != nil {
		return sdk.Decision{}, err
	}
	t.mind.store(came)
	return decision, t.replan(ctx, now.Text, came.whole())
}

// executed is the reply to an execution.
type executed struct {
	Thought string                       `json:"thought"`
	Place   string                       `json:"place"`
	Actions []map[string]json.RawMessage `json:"actions"`
	Result  string                       `json:"result"`
}

func (t *turn) execute(ctx context.Context, now string, relevant []result) (sdk.Decision, result, error) {
	actions, err := t.scene.ActionsSchema()
	if err != nil {
		return sdk.Decision{}, result{}, err
	}
	data, facts := t.page(now, ""), t.facts(now, "")
	data.Max = t.req.MaxActions
	for i := range relevant {
		data.Context = append(data.Context, exchange{relevant[i].Task, relevant[i].whole()})
		facts.Context = append(facts.Context, relevant[i].whole())
	}
	var got executed
	if err := t.scene.Ask(ctx, planning.Task{Purpose: "execute", Data: data, Facts: facts, Schema: executeSchema(actions)}, &got); err != nil {
		return sdk.Decision{}, result{}, err
	}
	return t.decide(now, &got)
}

// decide is the decision and the result that a reply makes. Actions of a kind
// that is not allowed are left out, and said to be in the result.
func (t *turn) decide(now string, got *executed) (sdk.Decision, result, error) {
	d := sdk.Decision{
		Thought: text.Plain(got.Thought, maxThought),
		Plan:    &sdk.Plan{Purpose: now, Place: cmp.Or(text.Plain(got.Place, maxPlace), t.req.Observation.Place)},
	}
	came := result{Tick: t.req.Tick, Task: now, Text: text.Quote(cmp.Or(got.Result, got.Thought), maxResult)}
	for _, action := range t.scene.Actions(got.Actions) {
		if t.req.Allows(action.Kind) {
			d.Actions = append(d.Actions, action)
		} else {
			came.Text = text.Quote(came.Text+" "+t.words.refused(action.Kind), maxResult)
		}
	}
	came.Text = cmp.Or(came.Text, t.words.nothing)
	came.Open = len(d.Actions) > 0
	return d, came, nil
}

// replan creates tasks from a result and prioritises the list. A model is not
// asked for what there is no room for, nor for an order of nothing.
func (t *turn) replan(ctx context.Context, now, came string) error {
	l := &t.mind.list
	if t.config.Merge {
		if l.room(&t.config) == 0 && len(l.Tasks) == 0 {
			return nil
		}
		var got struct {
			Tasks []entry `json:"tasks"`
		}
		if err := t.ask(ctx, "manage", manageSchema(t.config.MaxList), now, came, &got); err != nil {
			return err
		}
		l.manage(got.Tasks, now, &t.config)
		return nil
	}
	if l.room(&t.config) > 0 {
		var got struct {
			Tasks []string `json:"tasks"`
		}
		if err := t.ask(ctx, "create", createSchema(t.config.MaxList), now, came, &got); err != nil {
			return err
		}
		l.create(got.Tasks, now, &t.config)
	}
	if len(l.Tasks) == 0 {
		return nil
	}
	var got struct {
		Order []json.Number `json:"order"`
	}
	if err := t.ask(ctx, "prioritise", prioritiseSchema(t.config.MaxList), now, came, &got); err != nil {
		return err
	}
	l.prioritise(numbers(got.Order[:min(len(got.Order), considered*t.config.MaxList)]))
	return nil
}

func numbers(raw []json.Number) []int64 {
	var out []int64
	for _, n := range raw {
		if id, err := n.Int64(); err == nil {
			out = append(out, id)
		}
	}
	return out
}
