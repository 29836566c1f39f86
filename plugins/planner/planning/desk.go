package planning

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"
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
	memo    *memo
	keys    sync.Pool // of *key
	pages   sync.Pool // of *bytes.Buffer: prompts are long, and all about as long
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
	d := &Desk{config: config, host: setup.Host, lang: lang, words: wordsOf(lang), memo: &memo{}}
	d.prompts = template.New("").Option("missingkey=error")
	for _, files := range []fs.FS{shared, own} {
		if d.prompts, err = d.prompts.ParseFS(files, "prompts/*."+lang+".tmpl"); err != nil {
			return nil, fmt.Errorf("read prompts: %w", err)
		}
	}
	return d, nil
}

func (d *Desk) render(prompt string, data any) (string, error) {
	return d.renderAfter("", prompt, data)
}

// renderAfter renders a prompt behind what is written already.
func (d *Desk) renderAfter(before, prompt string, data any) (string, error) {
	page, ok := d.pages.Get().(*bytes.Buffer)
	if !ok {
		page = new(bytes.Buffer)
	}
	defer d.pages.Put(page)
	page.Reset()
	page.WriteString(before)
	if err := d.prompts.ExecuteTemplate(page, prompt, data); err != nil {
		return "", fmt.Errorf("render prompt: %w", err)
	}
	return page.String(), nil
}

// Scene is one agent's situation, rendered once for all calls of a tick, so
// that their prompts begin alike and a server can reuse its work on them.
type Scene struct {
	desk   *Desk
	req    sdk.PlanRequest
	system string          // who the agent is: the same in every tick
	seen   string          // what it can do, remembers and sees
	schema json.RawMessage // of a reply that decides
}

// Scene renders an agent's situation.
func (d *Desk) Scene(req sdk.PlanRequest) (*Scene, error) {
	k, ok := d.keys.Get().(*key)
	if !ok {
		k = new(key)
	}
	defer d.keys.Put(k)
	s := &Scene{desk: d, req: req}
	var err error
	s.system, err = d.memo.get(k.persona(req.Agent), func() (string, error) {
		return d.render("persona."+d.lang+".tmpl", d.personaView(req.Agent))
	})
	if err != nil {
		return nil, err
	}
	schema, err := d.memo.get(k.actions(schemaOf, req.Actions, req.MaxActions), func() (string, error) {
		return replySchema(req.Actions, req.MaxActions), nil
	})
	if err != nil {
		return nil, err
	}
	s.schema = json.RawMessage(schema)
	view, err := d.situationView(req, k)
	if err != nil {
		return nil, err
	}
	s.seen, err = d.render("situation."+d.lang+".tmpl", view)
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
	user, err := s.desk.renderAfter(s.seen, task.Purpose+"."+s.desk.lang+".tmpl", task.Data)
	if err != nil {
		return err
	}
	got, err := s.desk.host.Generate(ctx, sdk.GenerateRequest{
		Call: sdk.Call{Agent: s.req.Agent.ID, Tick: s.req.Tick, Purpose: task.Purpose},
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

// Decide asks the model for a plan and actions, with the prompt "plan". Extra
// is for that prompt, facts are what it adds to the host's.
func (s *Scene) Decide(ctx context.Context, extra, facts any) (sdk.Decision, error) {
	task := Task{
		Purpose: "plan", Facts: facts, Schema: s.schema,
		Data: map[string]any{"Name": name(s.req.Agent), "Max": s.req.MaxActions, "Extra": extra},
	}
	var got reply
	if err := s.Ask(ctx, task, &got); err != nil {
		return sdk.Decision{}, err
	}
	return got.decision(s.req), nil
}
