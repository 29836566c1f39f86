package probe

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Judge holds claims against what happened in a run.
type Judge struct {
	study  *spec.Study
	models Models
	words  *prompts
}

// NewJudge makes the judge of a study.
func NewJudge(study *spec.Study, models Models) (*Judge, error) {
	words, err := loadPrompts(study.Language)
	return &Judge{study, models, words}, err
}

// Verdict is what a judge found.
type Verdict struct {
	Agent string // whom the claim is about; empty for the world
	// Value is 0 to 9 for mode score; 0 or 1 for mode check.
	Value         float64
	Justification string
	// Unusable says why there is no verdict: the judge rambled, or did not come
	// to the same answer twice.
	Unusable string
}

// Claim judges a claim about the run so far, once or for each resident that it
// is about. The id names the claim to the models.
func (j *Judge) Claim(ctx context.Context, t env.Tick, w *sim.World, id string, c spec.Claim) ([]Verdict, error) {
	subjects := []spec.Resident{{}}
	if c.About == "each" {
		subjects = nil
		for r := range w.Agents() {
			if c.Of.Has(r) {
				subjects = append(subjects, r)
			}
		}
	}
	story, err := tell(ctx, w, j.study.Clock, c.Window, subjects)
	if err != nil {
		return nil, err
	}
	return each(ctx, len(subjects), func(ctx context.Context, i int) (Verdict, error) {
		subject := subjects[i]
		claim := c.Text
		if subject.ID != "" {
			claim = line(subject.Persona.Name) + ": " + c.Text // as the story calls it
		}
		return j.judge(ctx, t, id, c, subject.ID, claim, story.of(subject.ID))
	})
}

func (j *Judge) judge(ctx context.Context, t env.Tick, id string, c spec.Claim, agent, claim, story string) (Verdict, error) {
	messages, err := j.messages(c, claim, story)
	if err != nil {
		return Verdict{}, err
	}
	call := sdk.Call{Agent: agent, Tick: t.Number, Purpose: "judge " + id}
	first, reply, err := j.ask(ctx, c, call, messages)
	if err != nil || !c.DoubleCheck || first.Unusable != "" {
		return first, err
	}
	again, err := j.words.render("again", nil)
	if err != nil {
		return first, err
	}
	call.Index = 1
	second, _, err := j.ask(ctx, c, call, append(messages, assistant(reply), user(again)))
	if err != nil || second.Unusable != "" {
		return second, err
	}
	if second.Value != first.Value {
		second.Unusable = fmt.Sprintf("the judge said %g, and %g when asked again", first.Value, second.Value)
	}
	return second, nil
}

func (j *Judge) messages(c spec.Claim, claim, story string) ([]sdk.Message, error) {
	if story == "" {
		var err error
		if story, err = j.words.render("nothing", nil); err != nil {
			return nil, err
		}
	}
	role, err := j.words.render("judge", nil)
	if err != nil {
		return nil, err
	}
	task, err := j.words.render("claim", map[string]any{
		"Story": story, "Claim": claim, "Precondition": c.Precondition, "Score": c.Mode == "score",
	})
	return []sdk.Message{system(role), user(task)}, err
}

const (
	checkSchema = `{"type":"object","properties":{"justification":{"type":"string"},"confidence":{"type":"number","minimum":0,"maximum":1},` +
		`"holds":{"type":"boolean"}},"required":["justification","confidence","holds"],"additionalProperties":false}`
	scoreSchema = `{"type":"object","properties":{"justification":{"type":"string"},` +
		`"score":{"type":"integer","minimum":0,"maximum":9}},"required":["justification","score"],"additionalProperties":false}`
)

// ask is one question to the judge, and its raw reply.
func (j *Judge) ask(ctx context.Context, c spec.Claim, call sdk.Call, messages []sdk.Message) (Verdict, string, error) {
	v := Verdict{Agent: call.Agent}
	schema := checkSchema
	if c.Mode == "score" {
		schema = scoreSchema
	}
	entry := c.Judge
	if entry == "" {
		entry = j.study.Agents.Model
	}
	reply, err := j.models.Ask(ctx, entry, sdk.Agent{ID: call.Agent}, sdk.GenerateRequest{
		Call: call, Messages: messages, Schema: json.RawMessage(schema),
	})
	if isUnusable(err) {
		v.Unusable = err.Error()
		return v, "", nil
	}
	if err != nil {
		return v, "", err
	}
	var r struct {
		Justification string
		Holds         bool
		Score         float64
	}
	if err := json.Unmarshal([]byte(reply.Text), &r); err != nil {
		return v, "", fmt.Errorf("the judge's reply: %w", err)
	}
	v.Value, v.Justification = r.Score, text.Plain(r.Justification, maxAnswer)
	if c.Mode == "check" && r.Holds {
		v.Value = 1
	}
	return v, reply.Text, nil
}

// propositions judges those that are due after a tick. A judge that rambles
// leaves no score.
func (d *Desk) propositions(ctx context.Context, t env.Tick, w *sim.World) (event.Findings, error) {
	var all event.Findings
	for _, p := range d.Study.Propositions {
		if !p.Due(d.Study.Clock, t.Number, w.Last()) {
			continue
		}
		verdicts, err := d.judge.Claim(ctx, t, w, p.ID, p.Claim)
		if err != nil {
			return all, fmt.Errorf("proposition %s: %w", p.ID, err)
		}
		for _, v := range verdicts {
			if v.Unusable != "" {
				d.Log.Warn("no verdict", "proposition", p.ID, "tick", t.Number, "agent", v.Agent, "why", v.Unusable)
				continue
			}
			all.Scores = append(all.Scores, event.Score{
				Score:  sdk.Score{Metric: p.ID, Agent: v.Agent, Tick: t.Number, Value: v.Value, N: 1},
				Source: "proposition/" + p.ID, Detail: v.Justification,
			})
		}
	}
	return all, nil
}
