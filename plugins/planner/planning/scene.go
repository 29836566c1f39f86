package planning

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Scene is one agent's situation, rendered once for all calls of a tick, so
// that their prompts begin alike and a server can reuse its work on them. Its
// questions are put one after another.
type Scene struct {
	desk   *Desk
	req    sdk.PlanRequest
	system string          // who the agent is: the same in every tick
	view   situationView   // what it can do, remembers and sees
	seen   string          // the view, rendered with the first question
	schema json.RawMessage // of a reply that decides
}

// Scene reads an agent's situation.
func (d *Desk) Scene(req sdk.PlanRequest) (*Scene, error) {
	k := d.key()
	defer d.keys.Put(k)
	s := &Scene{desk: d, req: req}
	var err error
	s.system, err = d.memo.get(k.persona(&s.req.Agent), func() (string, error) {
		return d.render("persona."+d.lang+".tmpl", d.personaView(&s.req.Agent))
	})
	if err != nil {
		return nil, err
	}
	if err := s.allow(k); err != nil {
		return nil, err
	}
	return s, s.look(k)
}

// allow fills in what the agent can do, in the prompt and in the schema.
func (s *Scene) allow(k *key) error {
	k.actions(s.req.Actions, s.req.MaxActions)
	schema, err := s.desk.memo.get(k.of(schemaOf), func() (string, error) {
		return replySchema(s.req.Actions, s.req.MaxActions), nil
	})
	if err != nil {
		return err
	}
	s.schema = json.RawMessage(schema)
	s.view.Actions, err = s.desk.memo.get(k.of(listOf), func() (string, error) {
		return s.desk.render("actions", actionsOf(s.req.Actions))
	})
	return err
}

// Task is one question to the model about a Scene.
type Task struct {
	Purpose string // of the call, and the name of the prompt
	Index   int    // of the call among those of the same purpose
	Data    any    // for the prompt
	Facts   any    // see sdk.GenerateRequest
	Schema  json.RawMessage
}

// Ask puts a task to the model and decodes its reply. A reply that does not
// decode is an error of kind sdk.ErrModel.
func (s *Scene) Ask(ctx context.Context, task Task, reply any) error {
	user, err := s.prompt(task)
	if err != nil {
		return err
	}
	got, err := s.desk.host.Generate(ctx, sdk.GenerateRequest{
		Call: sdk.Call{Agent: s.req.Agent.ID, Tick: s.req.Tick, Purpose: task.Purpose, Index: task.Index},
		Messages: []sdk.Message{
			{Role: sdk.RoleSystem, Content: s.system},
			{Role: sdk.RoleUser, Content: user},
		},
		Schema: task.Schema, Temperature: s.desk.config.Temperature, MaxTokens: s.desk.config.MaxTokens, Facts: task.Facts,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", task.Purpose, err)
	}
	if err := json.Unmarshal([]byte(got.Text), reply); err != nil {
		return sdk.Errorf(sdk.ErrModel, "the reply to %s is not what was asked for: %v", task.Purpose, err)
	}
	return nil
}

// prompt is the situation with a task behind it.
func (s *Scene) prompt(task Task) (string, error) {
	page := s.desk.page()
	defer s.desk.pages.Put(page)
	if s.seen != "" {
		page.WriteString(s.seen)
	} else if err := s.desk.write(page, "situation."+s.desk.lang+".tmpl", &s.view); err != nil {
		return "", err
	}
	length := page.Len()
	if err := s.desk.write(page, task.Purpose+"."+s.desk.lang+".tmpl", task.Data); err != nil {
		return "", err
	}
	prompt := page.String()
	s.seen = prompt[:length]
	return prompt, nil
}

// Decide asks the model for a plan and actions, with the prompt "plan". Extra
// is for that prompt, facts are what it adds to the host's.
func (s *Scene) Decide(ctx context.Context, extra, facts any) (sdk.Decision, error) {
	return s.Attempt(ctx, 0, extra, facts)
}

// Attempt is Decide for a planner that decides several times in a tick: index
// counts its attempts from 0.
func (s *Scene) Attempt(ctx context.Context, index int, extra, facts any) (sdk.Decision, error) {
	task := Task{
		Purpose: "plan", Index: index, Facts: facts, Schema: s.schema,
		Data: map[string]any{"Name": name(&s.req.Agent), "Max": s.req.MaxActions, "Extra": extra},
	}
	var got reply
	if err := s.Ask(ctx, task, &got); err != nil {
		return sdk.Decision{}, err
	}
	return got.decision(&s.req), nil
}

// ActionsSchema is the schema of a list of actions that are allowed now, for
// planners whose replies hold more than Decide asks for.
func (s *Scene) ActionsSchema() (json.RawMessage, error) {
	k := s.desk.key()
	defer s.desk.keys.Put(k)
	k.actions(s.req.Actions, s.req.MaxActions)
	schema, err := s.desk.memo.get(k.of(arrayOf), func() (string, error) {
		return actionsSchema(s.req.Actions, s.req.MaxActions), nil
	})
	return json.RawMessage(schema), err
}

// Actions takes the actions of a reply by ActionsSchema as they are, at most as
// many as are carried out.
func (s *Scene) Actions(reply []map[string]json.RawMessage) []sdk.Action {
	return actions(reply, s.req.MaxActions)
}
