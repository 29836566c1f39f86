package evaluation_test

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
)

func TestWhatHasNoValueSaysTheReasonOfItsRows(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"ru": {"ни у одного задания нет значения: нет правдоподобий: выбран сам ответ |", "| другие (1,5) не достоверно дальше от человека, чем он сам позже (2) |"},
		"en": {"no item has a value: no log-likelihood: the answer was generated |", "| others (1.5) are not surely farther from the person than the person is later (2) |"},
	} {
		rows := scores(40)
		for i := range rows {
			switch r := &rows[i]; r.Measure {
			case "length":
				r.Value, r.Missing = 0, "no log-likelihood: the answer was generated"
			case "posts":
				r.Value, r.Missing = 0, "others (1.5) are not surely farther from the person than the person is later (2)"
			}
		}
		page := rendered(t, analysed(t, family(language), rows))["report.md"]
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s: the report does not say %q", language, text)
			}
		}
		if strings.Contains(page, "нет ни одного общего задания") {
			t.Errorf("the report says that no item is common, and the rows why:\n%s", page)
		}
	}
}

func TestMethodsSayHowManyResamplesEveryNumberHas(t *testing.T) {
	t.Parallel()
	s := family("en")
	s.Analysis.Resamples, s.Analysis.Sequential = 2000, true
	text := rendered(t, analysed(t, s, []sample.Score(scores(20))))["report.md"]
	if !strings.Contains(text, "and their effects: 2,000; for other numbers from 999 to 2,000, and for effect sizes of exploratory comparisons from 399") {
		t.Errorf("%s", text)
	}
	if n := strings.Count(text, "Waudby-Smith"); n != 1 {
		t.Errorf("stopping is told %d times", n)
	}
}

func TestMethodsSayTheTemperature(t *testing.T) {
	t.Parallel()
	hot := 1.2
	s := family("ru")
	s.Models = map[string]spec.Model{"small": {Provider: "ollama", Temperature: &hot}}
	if text := rendered(t, analysed(t, s, scores(20)))["report.md"]; !strings.Contains(text, "qwen2.5:3b, температура 1,2, дайджест") {
		t.Errorf("%s", text)
	}
}

func TestAReportOfRunsSpeaksOfConditionsAndRuns(t *testing.T) {
	t.Parallel()
	s := family("ru")
	s.Subjects, s.Judges, s.Tasks, s.Comparisons = nil, nil, s.Tasks[2:], s.Comparisons[4:]
	var rows []sample.Score
	for _, r := range scores(4) {
		if r.Task == "town" {
			rows = append(rows, r)
		}
	}
	in := analysed(t, s, rows)
	in.Replies.All = 12
	text := rendered(t, in)["report.md"]
	for _, want := range []string{"2 условия × 1 задача", "12 прогонов, 12 оценок", "Сравнивались 2 условия: лента, чат. Задача town: прогонов у условия — до 6."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
