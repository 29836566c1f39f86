package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// interviews leads the interviews that are due after a tick.
func (d *Desk) interviews(ctx context.Context, t env.Tick, w *sim.World) (event.Findings, error) {
	var all event.Findings
	for _, interview := range d.Study.Interviews {
		if !interview.Due(d.Study.Clock, t.Number, w.Last()) {
			continue
		}
		people := d.residents(t, w, interview.Audience, interview.Sample, interview.ID)
		answers, err := each(ctx, len(people), func(ctx context.Context, i int) ([]event.Answer, error) {
			return d.interview(ctx, t, interview, people[i])
		})
		if err != nil {
			return all, fmt.Errorf("interview %s: %w", interview.ID, err)
		}
		all.Answers = append(all.Answers, slices.Concat(answers...)...)
	}
	return all, nil
}

// interview asks one resident question after question; each reply is part of
// what the next is asked on. A reply that stays bad ends the interview.
func (d *Desk) interview(ctx context.Context, t env.Tick, interview spec.Interview, a asked) ([]event.Answer, error) {
	answers := make([]event.Answer, len(interview.Questions))
	for i := range answers {
		answers[i] = event.Answer{
			Survey: interview.ID, Question: fmt.Sprintf("q%02d", i+1), Type: spec.Open, Agent: a.ID, Tick: t.Number, Missing: a.absent,
		}
	}
	if a.absent != "" {
		return answers, nil
	}
	messages, err := d.open(ctx, t, a.agent, interview.Questions[0])
	if err != nil {
		return nil, err
	}
	if interview.Intro != "" {
		messages = append(messages, user(interview.Intro))
	}
	for i, question := range interview.Questions {
		q := spec.Question{ID: answers[i].Question, Text: question, Type: spec.Open}
		wording, err := d.words.render("question", q)
		if err != nil {
			return nil, err
		}
		messages = append(messages, user(wording))
		reply, err := d.Models.Ask(ctx, "", a.agent, sdk.GenerateRequest{
			Call: sdk.Call{Agent: a.ID, Tick: t.Number, Purpose: "interview " + interview.ID, Index: i}, Messages: messages, Schema: answerSchema(q),
		})
		if isUnusable(err) {
			for j := i; j < len(answers); j++ {
				answers[j].Missing = err.Error()
			}
			return answers, nil
		}
		if err != nil {
			return nil, err
		}
		if err := read(reply.Text, q, &answers[i]); err != nil {
			return nil, err
		}
		messages = append(messages, assistant(reply.Text))
	}
	return answers, nil
}
