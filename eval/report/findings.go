package report

import (
	"context"
	"iter"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/eval/report/internal/tally"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Question is a question of a survey or an interview.
type Question struct {
	Survey    string // id of the survey or interview
	ID        string // of the question, as answers name it
	Text      string
	Type      string   // single, multiple, scale or open
	Options   []string // to choose from
	Min, Max  int      // of the scale
	Low, High string   // what its ends mean
}

// Proposition is a claim that a judge scored.
type Proposition struct {
	ID    string
	Claim string
	Check bool // scored 0 or 1, and not 0 to 9
}

// findings are what a study learned about a run from outside.
type findings struct {
	polls    []tally.Poll
	scores   []event.Score // of metrics
	verdicts []event.Score // of propositions
	extracts []event.Extract
}

// propositionSource begins the source of a proposition's scores.
const propositionSource = "proposition/"

func learn(ctx context.Context, in *Run) (findings, error) {
	var out findings
	polls := tally.NewPolls()
	err := each(ctx, in.Answers, func(a event.Answer) error {
		polls.Add(a)
		return nil
	})
	if err != nil {
		return out, err
	}
	out.polls = polls.Result()
	err = each(ctx, in.Scores, func(s event.Score) error {
		if strings.HasPrefix(s.Source, propositionSource) {
			out.verdicts = append(out.verdicts, s)
		} else {
			out.scores = append(out.scores, s)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	return out, each(ctx, in.Extracts, func(e event.Extract) error {
		out.extracts = append(out.extracts, e)
		return nil
	})
}

// each uses every row of a sequence, which may be nil.
func each[T any](ctx context.Context, rows iter.Seq2[T, error], use func(T) error) error {
	if rows == nil {
		return nil
	}
	n := 0
	for row, err := range rows {
		if n%checkEvery == 0 && err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = use(row)
		}
		if err != nil {
			return err
		}
		n++
	}
	return nil
}

// infoOf is what a metric plugin says of a metric; the name alone where it says
// nothing.
func (s *study) infoOf(source, metric string) sdk.MetricInfo {
	for _, info := range s.in.Metrics[source] {
		if info.Name == metric {
			return info
		}
	}
	return sdk.MetricInfo{Name: metric}
}
