// Package retention is the task that asks the same questions in Russian and in
// English: what fine-tuning on one language gained there and lost in the other.
package retention

import (
	"context"
	_ "embed"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

//go:embed data/items.jsonl
var shipped []byte

// The measures.
const (
	correctRu  = "correct_ru"
	correctEn  = "correct_en"
	delta      = "delta"
	answeredRu = "answered_ru"
	answeredEn = "answered_en"
)

// Kind is the kind of tasks.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "retention" }

// Measures implements task.Kind.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{
		task.YesNo(correctRu, 1, "Верно по-русски", "Correct in Russian"),
		task.YesNo(correctEn, 1, "Верно по-английски", "Correct in English"),
		{
			Name: delta, Title: task.Title("Русский минус английский", "Russian minus English"),
			Low: -1, High: 1, Per: task.PerItem,
		},
		task.YesNo(answeredRu, 1, "Ответ выбран, по-русски", "An answer is chosen, in Russian"),
		task.YesNo(answeredEn, 1, "Ответ выбран, по-английски", "An answer is chosen, in English"),
	}
}

// line is one of a file of items.
type line struct {
	ID      string   `json:"id" required:"true"`
	Russian string   `json:"ru" required:"true"`
	English string   `json:"en" required:"true"`
	Ru      []string `json:"choices_ru" required:"true"`
	En      []string `json:"choices_en" required:"true"`
	Answer  any      `json:"answer" required:"true"`
}

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	text, err := items.Open(s, "retention.items", s.Task.Retention.Items, "shipped items", shipped)
	if err != nil {
		return nil, err
	}
	lines, err := items.Lines(text, func(l *line) string { return l.ID })
	if err != nil {
		return nil, err
	}
	out := &asked{questions: map[string]question{}}
	var problems spec.Problems
	for _, l := range lines {
		right, found := check(&l)
		problems = append(problems, found...)
		out.items = append(out.items, task.Item{ID: l.Of.ID, Asks: 2})
		out.questions[l.Of.ID] = question{ru: l.Of.Russian, en: l.Of.English, choicesRu: l.Of.Ru, choicesEn: l.Of.En, right: right}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

func check(l *items.Line[line]) (right int, problems spec.Problems) {
	if len(l.Of.Ru) != len(l.Of.En) {
		problems = append(problems, l.Problem("choices_ru and choices_en differ in number", "they are the same choices", "write each in both languages, in the same order"))
	}
	right, found := items.Right(l, l.Of.Ru, l.Of.Answer, "choices_ru")
	problems = append(problems, found...)
	if len(found) == 0 {
		_, found = items.Right(l, l.Of.En, items.Label(right), "choices_en")
		problems = append(problems, found...)
	}
	return right, problems
}

type question struct {
	ru, en               string
	choicesRu, choicesEn items.Options
	right                int
}

// asked is the task with its questions.
type asked struct {
	items     []task.Item
	questions map[string]question
}

// Items implements task.Task.
func (a *asked) Items() []task.Item { return a.items }

// Whole implements task.Task: nothing is of all replies together.
func (*asked) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}

// Ask implements task.Task.
func (a *asked) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	q := a.questions[item.ID]
	var t items.Tally
	ru, err := ask(ctx, s, &t, "ru", q.ru, q.choicesRu, q.right)
	if err != nil {
		return task.Outcome{}, err
	}
	en, err := ask(ctx, s, &t, "en", q.en, q.choicesEn, q.right)
	if err != nil {
		return task.Outcome{}, err
	}
	const last = 1 // sample
	switch {
	case ru.why != "":
		t.Missing(last, delta, "ru: "+ru.why)
	case en.why != "":
		t.Missing(last, delta, "en: "+en.why)
	default:
		t.Score(last, delta, items.Binary(ru.correct)-items.Binary(en.correct))
	}
	return t.Outcome, nil
}

// verdict is whether a reply is correct, or why that cannot be said.
type verdict struct {
	correct bool
	why     string
}

func ask(ctx context.Context, s task.Subject, t *items.Tally, language, asked string, choices items.Options, right int) (verdict, error) {
	correct, answered, turn := correctRu, answeredRu, int32(1)
	if language == "en" {
		correct, answered, turn = correctEn, answeredEn, 2
	}
	reply, err := s.Ask(ctx, task.Prompt{
		Which: language, Turn: turn, Schema: choices.Schema(), Temperature: new(float64),
		Messages:  []sample.Message{{Role: "user", Content: choices.Prompt(language, asked)}},
		Reference: items.Label(right) + ") " + choices[right],
	})
	if err != nil {
		return verdict{}, err
	}
	i := t.Add(reply)
	if why := items.Failed(&reply); why != "" {
		t.Missing(i, correct, why)
		t.Missing(i, answered, why)
		return verdict{why: why}, nil
	}
	chosen, ok := choices.Parse(reply.Reply)
	t.Truth(i, correct, ok && chosen == right)
	t.Truth(i, answered, ok)
	return verdict{correct: ok && chosen == right}, nil
}
