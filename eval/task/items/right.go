package items

import (
	"fmt"
	"math"
	"strings"

	"github.com/llm-city/gorod/core/spec"
)

// Prompt is a question with its options, in a language.
func (o Options) Prompt(language, question string) string {
	ask := "Выберите один верный вариант. Ответьте объектом JSON с полем answer: буква варианта."
	if language == "en" {
		ask = "Choose the one right option. Answer with a JSON object with the field answer: the letter of the option."
	}
	return question + "\n\n" + o.List() + "\n" + ask
}

// Right is the index of the right option of an item, where its answer is a
// label, an index from 0, or the words of an option; and what is wrong with the
// options, which stand in the field choices, or the answer.
func Right[T any](l *Line[T], o Options, answer any, choices string) (int, spec.Problems) {
	var problems spec.Problems
	if len(o) < 2 || len(o) > MaxOptions {
		return 0, append(problems, l.Problem(fmt.Sprintf("%d %s", len(o), choices), fmt.Sprintf("a question has 2 to %d", MaxOptions), ""))
	}
	seen := map[string]bool{}
	for _, option := range o {
		key := strings.TrimSpace(option)
		if key == "" || seen[key] {
			problems = append(problems, l.Problem(fmt.Sprintf("%s has %q", choices, option), "options are different texts", ""))
		}
		seen[key] = true
	}
	i, ok := o.answer(answer)
	if !ok {
		problems = append(problems, l.Problem(fmt.Sprintf("answer %v is none of %d %s", answer, len(o), choices), "", "give its letter, its index from 0, or its words"))
	}
	return i, problems
}

func (o Options) answer(answer any) (int, bool) {
	switch a := answer.(type) {
	case float64:
		return int(a), a == math.Trunc(a) && a >= 0 && int(a) < len(o)
	case string:
		for i, option := range o {
			if strings.TrimSpace(option) == strings.TrimSpace(a) {
				return i, true
			}
		}
		if len(a) == 1 && a[0] >= 'A' && int(a[0]-'A') < len(o) {
			return int(a[0] - 'A'), true
		}
	}
	return 0, false
}
