package export

import (
	"context"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// addFindings puts in what was learned of the run from outside.
func (r *run) addFindings(ctx context.Context) error {
	byID := make(map[string]resident, len(r.meta.Residents))
	for _, who := range r.meta.Residents {
		byID[who.ID] = who
	}
	for a, err := range r.journal.Answers(ctx) {
		if err != nil {
			return err
		}
		if err := r.surveys.add(surveyRow(r.base(a.Tick), a, byID[a.Agent])); err != nil {
			return err
		}
	}
	for s, err := range r.journal.Scores(ctx) {
		if err != nil {
			return err
		}
		if err := r.scores.add(r.scoreRow(s)); err != nil {
			return err
		}
	}
	for e, err := range r.journal.Extracts(ctx) {
		if err != nil {
			return err
		}
		if err := r.addExtract(r.base(e.Tick), e); err != nil {
			return err
		}
	}
	return nil
}

func surveyRow(base Base, a event.Answer, who resident) Survey {
	row := Survey{
		Base: base, Survey: a.Survey, Question: a.Question, Type: a.Type, Agent: a.Agent, Name: who.Name, Group: who.Group,
		Number: a.Number, Text: validText(a.Text), Missing: validText(a.Missing),
	}
	for _, option := range a.Options {
		row.Options = append(row.Options, validText(option))
	}
	return row
}

func (r *run) scoreRow(s event.Score) Score {
	row := Score{
		Study: r.meta.Study, Cell: r.meta.Cell, Seed: r.meta.Seed, Source: s.Source, Metric: s.Metric, Agent: s.Agent,
		Group: s.Group, Item: validText(s.Item), Value: s.Value, N: int64(s.N), Detail: validText(s.Detail),
	}
	if s.Tick != sdk.NoTick {
		row.Tick = &s.Tick
	}
	return row
}

// validText is what readers of Parquet take for a string: they refuse a file with
// other bytes in one.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
