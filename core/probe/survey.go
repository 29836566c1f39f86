package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// surveys asks the surveys that are due after a tick.
func (d *Desk) surveys(ctx context.Context, t env.Tick, w *sim.World) (event.Findings, error) {
	var all event.Findings
	for _, s := range d.Study.Surveys {
		if !s.Due(d.Study.Clock, t.Number, w.Last()) {
			continue
		}
		people := d.residents(t, w, s.Audience, s.Sample, s.ID)
		answers, err := each(ctx, len(people)*len(s.Questions), func(ctx context.Context, i int) (event.Answer, error) {
			return d.question(ctx, t, s.ID, people[i/len(s.Questions)], s.Questions[i%len(s.Questions)])
		})
		if err != nil {
			return all, fmt.Errorf("survey %s: %w", s.ID, err)
		}
		all.Answers = append(all.Answers, answers...)
	}
	return all, nil
}

// question asks one resident one question, as if it were the only one.
func (d *Desk) question(ctx context.Context, t env.Tick, survey string, a asked, q spec.Question) (event.Answer, error) {
	wording, err := d.words.render("question", q)
	if err != nil {
		return event.Answer{}, err
	}
	return d.put(ctx, t, survey, "survey "+survey+" "+q.ID, a, q, []sdk.Message{user(wording)})
}

// put asks one resident a question that messages hold, and reads the answer. A
// reply that stays bad is a missing answer.
func (d *Desk) put(ctx context.Context, t env.Tick, survey, purpose string, a asked, q spec.Question, messages []sdk.Message) (event.Answer, error) {
	answer := event.Answer{Survey: survey, Question: q.ID, Type: q.Type, Agent: a.ID, Tick: t.Number, Missing: a.absent}
	if q.Type == spec.Scale {
		answer.Low, answer.High = new(float64(q.Min)), new(float64(q.Max))
	}
	if a.absent != "" {
		return answer, nil
	}
	opening, err := d.open(ctx, t, a.agent, q.Text)
	if err != nil {
		return answer, err
	}
	reply, err := d.Models.Ask(ctx, "", a.agent, sdk.GenerateRequest{
		Call:     sdk.Call{Agent: a.ID, Tick: t.Number, Purpose: purpose},
		Messages: append(opening, messages...), Schema: answerSchema(q),
	})
	if isUnusable(err) {
		answer.Missing = err.Error()
		return answer, nil
	}
	if err != nil {
		return answer, err
	}
	return answer, read(reply.Text, q, &answer)
}

// open is the beginning of a prompt: who the resident is and remembers.
func (d *Desk) open(ctx context.Context, t env.Tick, a sdk.Agent, question string) ([]sdk.Message, error) {
	memory, err := d.recall(ctx, t, a, question)
	if err != nil {
		return nil, err
	}
	who, err := d.words.render("portrait", portraitOf(a, memory))
	return []sdk.Message{system(who)}, err
}

// answerSchema is the JSON Schema of a reply to a question.
func answerSchema(q spec.Question) json.RawMessage {
	var value map[string]any
	switch q.Type {
	case spec.Single:
		value = map[string]any{"enum": q.Options}
	case spec.Multiple:
		value = map[string]any{"type": "array", "items": map[string]any{"enum": q.Options}, "uniqueItems": true, "maxItems": len(q.Options)}
	case spec.Scale:
		value = map[string]any{"type": "integer", "minimum": q.Min, "maximum": q.Max}
	default:
		value = map[string]any{"type": "string", "minLength": 1}
	}
	properties, required := map[string]any{"answer": value}, []string{"answer"}
	if q.Type != spec.Open {
		properties["why"] = map[string]any{"type": "string"}
		required = append(required, "why")
	}
	data, err := json.Marshal(map[string]any{
		"type": "object", "properties": properties, "required": required, "additionalProperties": false,
	})
	if err != nil {
		panic("probe: " + err.Error()) // made of maps and strings
	}
	return data
}

// read takes the parts of a reply that fits the question's schema.
func read(reply string, q spec.Question, into *event.Answer) error {
	var r struct {
		Answer json.RawMessage `json:"answer"`
		Why    string          `json:"why"`
	}
	err := json.Unmarshal([]byte(reply), &r)
	into.Text = text.Plain(r.Why, maxAnswer)
	switch {
	case err != nil:
	case q.Type == spec.Multiple:
		err = json.Unmarshal(r.Answer, &into.Options)
		slices.SortFunc(into.Options, func(a, b string) int { return slices.Index(q.Options, a) - slices.Index(q.Options, b) })
		into.Options = slices.Compact(into.Options)
	case q.Type == spec.Scale:
		err = json.Unmarshal(r.Answer, &into.Number)
	default:
		var chosen string
		err = json.Unmarshal(r.Answer, &chosen)
		if q.Type == spec.Single {
			into.Options = []string{chosen}
		} else {
			into.Text = text.Plain(chosen, maxAnswer)
		}
	}
	if err != nil {
		return fmt.Errorf("answer of %s: %w", into.Agent, err)
	}
	return nil
}
