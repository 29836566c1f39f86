package judge

import (
	"slices"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Own is the measure of a reply compared with what the person really answered:
// 1 where it was taken for the person's own, 0 where the person's was found, 0.5
// where nobody could tell.
const Own = "own"

// Measures are what judges score of replies in tasks of a kind by default: which
// of two is better, and the criteria of the kind's own rubric.
func Measures(kind string) []task.Measure {
	names := []string{Win}
	switch kind {
	case language:
		names = append(names, "grammar")
	case persona:
		names = append(names, "in_character", "consistency")
	default:
		names = append(names, "quality", "relevance", "naturalness")
	}
	out := make([]task.Measure, len(names))
	for i, name := range names {
		out[i] = Measure(name)
	}
	return out
}

// Measure describes a measure of judges and annotators; one that is not gorod's
// own has no title.
func Measure(name string) task.Measure {
	m := task.Measure{Name: name, Per: task.PerItem}
	titles := map[string][2]string{
		Win:            {"Лучший из двух ответов", "The better of two replies"},
		Own:            {"Принят за ответ самого человека", "Taken for the person's own"},
		"grammar":      {"Грамотность", "Grammar"},
		"quality":      {"Качество ответа", "Quality of the reply"},
		"relevance":    {"Уместность", "Relevance"},
		"naturalness":  {"Естественность", "Naturalness"},
		"in_character": {"В образе", "In character"},
		"consistency":  {"Не противоречит себе", "Consistent with itself"},
	}
	title, known := titles[name]
	if !known {
		return m
	}
	m.Title, m.Better, m.Judged = map[string]string{"ru": title[0], "en": title[1]}, 1, true
	if m.Low, m.High = 1, highest; name == Win || name == Own {
		m.Low, m.High = 0, 1
	}
	return m
}

// Scores are the names of what the judges of a task score.
func Scores(s *suite.Suite, t *suite.Task) []string {
	var out []string
	for _, name := range t.Judges {
		of := s.Judge(name)
		if of.Mode == suite.Pairwise {
			out = append(out, Win)
			continue
		}
		rubric, err := RubricOf(*of, t.Kind(), s.Language)
		if err != nil {
			continue // Check tells
		}
		for _, c := range rubric.Criteria {
			out = append(out, c.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
