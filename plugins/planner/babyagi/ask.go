package babyagi

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxName   = 60
	suggested = 5 // new tasks, as a model is told; there may be room for more
)

// Facts are what the planner adds to the host's facts: what the prompts show.
type Facts struct {
	Objective string   `json:"objective"`
	Task      string   `json:"task"`              // taken in this turn
	Context   []string `json:"context,omitempty"` // earlier results, to the call "execute"
	Result    string   `json:"result,omitempty"`  // to the calls that follow it
	Tasks     []string `json:"tasks,omitempty"`   // unfinished
}

// page is what a prompt is rendered from.
type page struct {
	Name, Objective, Task, Result string
	Max                           int // actions, or tasks
	Context                       []exchange
	Tasks                         []task
}

// exchange is a task with its result.
type exchange struct{ Task, Result string }

// ask puts a question about the list. A reply that is no good is taken as far as
// it goes: the task is done and its actions are worth carrying out.
func (t *turn) ask(ctx context.Context, purpose string, schema json.RawMessage, now, came string, reply any) error {
	data := t.page(now, came)
	data.Max = min(t.mind.list.room(&t.config), suggested)
	err := t.scene.Ask(ctx, planning.Task{Purpose: purpose, Data: data, Facts: t.facts(now, came), Schema: schema}, reply)
	if bad, ok := errors.AsType[*sdk.Error](err); ok && bad.Kind == sdk.ErrModel {
		t.log.Warn("the list of tasks goes on without a good reply", "purpose", purpose, "agent", t.req.Agent.ID, "tick", t.req.Tick, "error", err)
		return nil
	}
	return err
}

func (t *turn) page(now, came string) page {
	return page{
		Name: text.Quote(t.req.Agent.Name(), maxName), Objective: t.mind.list.Objective,
		Task: now, Result: came, Tasks: slices.Clone(t.mind.list.Tasks),
	}
}

func (t *turn) facts(now, came string) Facts {
	f := Facts{Objective: t.mind.list.Objective, Task: now, Result: came}
	for _, unfinished := range t.mind.list.Tasks {
		f.Tasks = append(f.Tasks, unfinished.Text)
	}
	return f
}
