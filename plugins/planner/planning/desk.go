package planning

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var shared embed.FS

// Desk is where a planner works: its prompts in the language of the society,
// the schemas of replies, and the model. It may be used from many goroutines.
type Desk struct {
	config  Config
	host    sdk.Host
	lang    string
	words   words
	prompts *template.Template
	schemas *schemas
}

// NewDesk makes a Desk. Own holds the planner's own prompts as
// prompts/PURPOSE.LANGUAGE.tmpl, for Russian (ru) and English (en).
func NewDesk(setup sdk.Setup, own fs.FS) (*Desk, error) {
	config, err := readConfig(setup.Config)
	if err != nil {
		return nil, err
	}
	lang := "en"
	if setup.Language == "ru" {
		lang = "ru"
	}
	d := &Desk{config: config, host: setup.Host, lang: lang, words: wordsOf(lang), schemas: newSchemas()}
	d.prompts = template.New("").Option("missingkey=error")
	for _, files := range []fs.FS{shared, own} {
		if d.prompts, err = d.prompts.ParseFS(files, "prompts/*."+lang+".tmpl"); err != nil {
			return nil, fmt.Errorf("read prompts: %w", err)
		}
	}
	return d, nil
}

func (d *Desk) render(prompt string, data any) (string, error) {
	var b strings.Builder
	if err := d.prompts.ExecuteTemplate(&b, prompt+"."+d.lang+".tmpl", data); err != nil {
		return "", fmt.Errorf("render prompt: %w", err)
	}
	return b.String(), nil
}

// Scene is one agent's situation, rendered once for all calls of a tick, so
// that their prompts begin alike and a server can reuse its work on them.
type Scene struct {
	desk   *Desk
	req    sdk.PlanRequest
	system string // who the agent is: the same in every tick
	seen   string // what it can do, remembers and sees
}

// Scene renders an agent's situation.
func (d *Desk) Scene(req sdk.PlanRequest) (*Scene, error) {
	s := &Scene{desk: d, req: req}
	var err error
	if s.system, err = d.render("persona", d.personaView(req.Agent)); err != nil {
		return nil, err
	}
	s.seen, err = d.render("situation", d.situationView(req))
	return s, err
}

// Task is one question to the model about a Scene.
type Task struct {
	Purpose string // of the call, and the name of the prompt
	Data    any    // for the prompt
	Facts   any    // see sdk.GenerateRequest
	Schema  json.RawMessage
}

// Ask puts a task to the model and decodes its reply. A reply that does not
// decode is an error of kind sdk.ErrModel.
func (s *Scene) Ask(ctx context.Context, task Task, reply any) error {
	question, err := s.desk.render(task.Purpose, task.Data)
	if err != nil {
		return err
	}
	got, err := s.desk.host.Generate(ctx, sdk.GenerateRequest{
		Call: sdk.Call{Agent: s.req.Agent.ID, Tick: s.req.Tick, Purpose: task.Purpose},
		Messages: []sdk.Message{
			{Role: sdk.RoleSystem, Content: s.system},
			{Role: sdk.RoleUser, Content: s.seen + question},
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

// Decide asks the model for a plan and actions, with the prompt "plan". Extra
// is for that prompt, facts are what it adds to the host's.
func (s *Scene) Decide(ctx context.Context, extra, facts any) (sdk.Decision, error) {
	task := Task{
		Purpose: "plan", Facts: facts, Schema: s.desk.schemas.of(s.req.Actions, s.req.MaxActions),
		Data: map[string]any{"Name": name(s.req.Agent), "Max": s.req.MaxActions, "Extra": extra},
	}
	var got reply
	if err := s.Ask(ctx, task, &got); err != nil {
		return sdk.Decision{}, err
	}
	return got.decision(s.req), nil
}
