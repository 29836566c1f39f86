// Package llm is the mayor that a language model plays: every hour it sees the
// town, its money and what became of its last decision, and decides one thing.
//
// After the mayor's game of AgentSims (Lin et al. 2023, arXiv:2308.04026). As
// there, a decision that makes no sense is not asked for again: the town refuses
// it, and the reason stands in the next hour's prompt.
package llm

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "temperature": {"description": "of sampling; the model's own where absent", "type": "number", "minimum": 0, "maximum": 5},
    "max_tokens": {"description": "longest reply", "type": "integer", "minimum": 1, "default": 512}
  }
}`

type config struct {
	Temperature *float64 `json:"temperature"`
	MaxTokens   int      `json:"max_tokens"`
}

// Plugin is mayor/llm.
func Plugin() sdk.Plugin {
	return sdk.MayorPlugin{
		Name: "llm", Version: "1.0.0", Summary: "lets a language model decide: it sees the town and what became of its last decision",
		Schema: configSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Mayor, error) {
			c := config{MaxTokens: 512}
			if len(setup.Config) > 0 {
				if err := json.Unmarshal(setup.Config, &c); err != nil {
					return nil, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
				}
			}
			language := "en"
			if setup.Language == "ru" {
				language = "ru"
			}
			t, err := template.ParseFS(prompts, "prompts/"+language+".tmpl")
			return &mayor{c, setup.Host, t}, err
		},
	}
}

type mayor struct {
	config
	host    sdk.Host
	prompts *template.Template
}

// Decide implements sdk.Mayor.
func (m *mayor) Decide(ctx context.Context, req sdk.MayorRequest) (sdk.MayorDecision, error) {
	if len(req.Actions) == 0 {
		return sdk.MayorDecision{Action: sdk.Action{Kind: "nothing"}}, nil
	}
	var messages []sdk.Message
	for _, part := range []struct{ role, name string }{{sdk.RoleSystem, "system"}, {sdk.RoleUser, "hour"}} {
		var b strings.Builder
		if err := m.prompts.ExecuteTemplate(&b, part.name, view(req)); err != nil {
			return sdk.MayorDecision{}, fmt.Errorf("prompt %s: %w", part.name, err)
		}
		messages = append(messages, sdk.Message{Role: part.role, Content: b.String()})
	}
	reply, err := m.host.Generate(ctx, sdk.GenerateRequest{
		Call: sdk.Call{Agent: sdk.MayorAgent, Tick: req.Tick, Purpose: "decide"}, Messages: messages,
		Schema: schema(req.Actions), Temperature: m.Temperature, MaxTokens: m.MaxTokens,
		Facts: map[string]any{"town": req.Town},
	})
	if err != nil {
		return sdk.MayorDecision{}, err
	}
	return read(reply.Text)
}

const maxThought = 500 // runes

// read takes a decision out of a reply that fits the schema.
func read(reply string) (sdk.MayorDecision, error) {
	var r struct {
		Why    string         `json:"why"`
		Action map[string]any `json:"action"`
	}
	if err := json.Unmarshal([]byte(reply), &r); err != nil {
		return sdk.MayorDecision{}, sdk.Errorf(sdk.ErrModel, "the mayor's reply: %v", err)
	}
	d := sdk.MayorDecision{Thought: text.Plain(r.Why, maxThought), Action: sdk.Action{Args: map[string]string{}}}
	for name, value := range r.Action {
		if name == "kind" {
			d.Action.Kind = fmt.Sprint(value)
		} else {
			d.Action.Args[name] = fmt.Sprint(value)
		}
	}
	return d, nil
}

// schema is the JSON Schema of a decision: one of the actions, each with its
// arguments and the values that they may have.
func schema(actions []sdk.ActionSpec) json.RawMessage {
	var options []any
	for _, a := range actions {
		properties, required := map[string]any{"kind": map[string]any{"const": a.Kind}}, []string{"kind"}
		for _, arg := range a.Args {
			value := map[string]any{"type": "string", "minLength": 1, "maxLength": 300}
			if len(arg.Values) > 0 {
				value = map[string]any{"enum": arg.Values}
			}
			properties[arg.Name] = value
			if arg.Required {
				required = append(required, arg.Name)
			}
		}
		options = append(options, map[string]any{
			"type": "object", "properties": properties, "required": required, "additionalProperties": false,
		})
	}
	data, err := json.Marshal(map[string]any{
		"type": "object", "required": []string{"why", "action"}, "additionalProperties": false,
		"properties": map[string]any{"why": map[string]any{"type": "string", "maxLength": maxThought}, "action": map[string]any{"anyOf": options}},
	})
	if err != nil {
		panic("mayor/llm: " + err.Error()) // made of maps and strings
	}
	return data
}
