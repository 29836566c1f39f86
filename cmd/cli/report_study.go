package cli

import (
	"fmt"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/report"
	"github.com/llm-city/gorod/plugins/sdk"
)

// metricsOf are what the study's metric plugins say of their metrics, by the
// plugin as the study names it.
func metricsOf(study *spec.Study, catalog *host.Catalog) (map[string][]sdk.MetricInfo, error) {
	out := map[string][]sdk.MetricInfo{}
	for _, p := range study.Metrics {
		info, _, err := catalog.Lookup(p.Plugin)
		if err != nil {
			return nil, fmt.Errorf("ask %s what it measures: %w", p.Plugin, err)
		}
		out[p.Plugin] = info.Metrics
	}
	return out, nil
}

// questionsOf are those of the study's surveys and interviews, with the ids
// under which answers stand in the journal: those of interviews are numbers.
func questionsOf(study *spec.Study) []report.Question {
	var out []report.Question
	for _, survey := range study.Surveys {
		for _, q := range survey.Questions {
			out = append(out, report.Question{
				Survey: survey.ID, ID: q.ID, Text: q.Text, Type: q.Type, Options: q.Options, Min: q.Min, Max: q.Max, Low: q.Low, High: q.High,
			})
		}
	}
	for _, interview := range study.Interviews {
		for i, text := range interview.Questions {
			out = append(out, report.Question{Survey: interview.ID, ID: fmt.Sprintf("q%02d", i+1), Text: text, Type: spec.Open})
		}
	}
	return out
}

func propositionsOf(study *spec.Study) []report.Proposition {
	var out []report.Proposition
	for _, p := range study.Propositions {
		out = append(out, report.Proposition{ID: p.ID, Claim: p.Text, Check: p.Mode == "check"})
	}
	return out
}
