package town

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/spec"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// Bounds of what a model may say of an outcome.
const (
	leastMinutes = 5
	mostMinutes  = 8 * 60
	maxOutcome   = 300 // characters
)

// question is what the prompt shows.
type question struct {
	Place, Equipment, How, Rule, Menu, Bag string
	Minutes                                int
	Cash, Pays                             int64
}

// reply is what the model answers.
type reply struct {
	Minutes int    `json:"minutes"`
	Result  string `json:"result"`
	Thing   string `json:"thing"`
	Amount  int    `json:"amount"`
	Earned  int64  `json:"earned"`
}

// byModel asks the resident's model what comes of using equipment. A reply
// that breaks the bounds counts for nothing: the rule holds.
func (a *act) byModel(ctx context.Context, equipment, how string, rule spec.Outcome, ruled outcome) (outcome, error) {
	prompt, err := a.prompt(equipment, how, rule)
	if err != nil {
		return outcome{}, err
	}
	data, err := a.ask(ctx, a.r.id, a.tick.Number, prompt, a.replySchema(rule))
	if err != nil {
		return outcome{}, fmt.Errorf("town: ask %s's model what comes of using %s: %w", a.r.id, equipment, err)
	}
	var r reply
	if err := json.Unmarshal(data, &r); err != nil || !a.sensible(r, rule) {
		return ruled, nil //nolint:nilerr // the rule holds then
	}
	return outcome{
		takes: time.Duration(r.Minutes) * time.Minute, text: lang.Excerpt(r.Result, maxOutcome), pays: r.Earned,
		thing: r.Thing, amount: r.Amount,
	}, nil
}

func (a *act) sensible(r reply, rule spec.Outcome) bool {
	return r.Minutes >= leastMinutes && r.Minutes <= mostMinutes && lang.Line(r.Result) != "" &&
		r.Earned >= 0 && r.Earned <= rule.Pays &&
		r.Amount >= 0 && r.Amount <= maxAmount && (r.Amount == 0 || a.sells(r.Thing))
}

func (a *act) prompt(equipment, how string, rule spec.Outcome) (string, error) {
	language := "en"
	if a.language == "ru" {
		language = "ru"
	}
	t, err := template.ParseFS(prompts, "prompts/use."+language+".tmpl")
	if err != nil {
		return "", fmt.Errorf("town: read the prompt: %w", err)
	}
	q := question{
		Place: a.titles.say(a.r.at.name, a.r.at.Title), Equipment: a.titles.say(equipment, ""), How: how, Rule: rule.Text,
		Minutes: int(rule.Takes.Minutes()), Cash: a.r.cash, Pays: rule.Pays, Bag: a.bag(a.r),
	}
	if len(a.r.at.things) > 0 {
		q.Menu = a.menu(a.r.at.kind)
	}
	var out strings.Builder
	if err := t.Execute(&out, q); err != nil {
		return "", fmt.Errorf("town: write the prompt: %w", err)
	}
	return strings.TrimSpace(out.String()), nil
}

// replySchema is the JSON Schema of what comes of using equipment here.
func (a *act) replySchema(rule spec.Outcome) json.RawMessage {
	properties := map[string]any{
		"minutes": map[string]any{"type": "integer", "minimum": leastMinutes, "maximum": mostMinutes},
		"result":  map[string]any{"type": "string", "minLength": 1, "maxLength": maxOutcome},
	}
	if len(a.r.at.things) > 0 {
		properties["thing"] = map[string]any{"type": "string", "enum": a.r.at.things}
		properties["amount"] = map[string]any{"type": "integer", "minimum": 0, "maximum": maxAmount}
	}
	if rule.Pays > 0 {
		properties["earned"] = map[string]any{"type": "integer", "minimum": 0, "maximum": rule.Pays}
	}
	return encode(map[string]any{
		"type": "object", "properties": properties, "required": []string{"minutes", "result"}, "additionalProperties": false,
	})
}
