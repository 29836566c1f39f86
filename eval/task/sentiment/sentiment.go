// Package sentiment is the task of classifiers: models and sentiment plugins
// tell whether texts that people labelled are negative, neutral or positive.
package sentiment

import (
	"context"
	_ "embed"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

//go:embed data/texts.csv
var shipped []byte

// The measures.
const (
	accuracy = "accuracy"
	brier    = "brier"
	answered = "answered"
	macroF1  = "macro_f1"
	ece      = "ece"
	speed    = "texts_per_second"
)

// Kind is the kind of tasks.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "sentiment" }

// Measures implements task.Kind. Those of the whole have no bounds: their rows
// are pseudo-values.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{
		task.YesNo(accuracy, 1, "Верная тональность", "Accuracy"),
		{Name: macroF1, Title: task.Title("Макро-F1", "Macro-F1"), Better: 1, Per: task.PerSubject},
		{Name: brier, Title: task.Title("Оценка Брайера", "Brier score"), High: 2, Better: -1, Per: task.PerItem},
		{Name: ece, Title: task.Title("Ошибка калибровки (ECE)", "Calibration error (ECE)"), Better: -1, Per: task.PerSubject},
		task.YesNo(answered, 1, "Тональность названа", "A sentiment is named"),
		{Name: speed, Title: task.Title("Текстов в секунду, по одному", "Texts per second, one at a time"), Unit: "1/s", Better: 1, Per: task.PerSubject},
	}
}

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	texts, err := read(s)
	if err != nil {
		return nil, err
	}
	out := &asked{texts: map[string]labelled{}, prompt: instruction(s.Suite.Language)}
	for _, t := range texts {
		out.items = append(out.items, task.Item{ID: t.id})
		out.texts[t.id] = t
	}
	return out, nil
}

func instruction(language string) string {
	if language == "en" {
		return "What is the sentiment of the user's message: negative, neutral or positive? " +
			"Answer with a JSON object: label is the sentiment, confidence how sure you are, from 0 to 1."
	}
	return "Какова тональность сообщения пользователя: negative (отрицательная), neutral (нейтральная) или positive (положительная)? " +
		"Ответьте объектом JSON: label — тональность, confidence — насколько вы уверены, от 0 до 1."
}

// schema is that of a model's reply.
func schema() []byte {
	return []byte(`{"type":"object","properties":{"label":{"type":"string","enum":["negative","neutral","positive"]},` +
		`"confidence":{"type":"number","minimum":0,"maximum":1}},"required":["label","confidence"],"additionalProperties":false}`)
}

// asked is the task with its texts.
type asked struct {
	items  []task.Item
	texts  map[string]labelled
	prompt string
}

// Items implements task.Task.
func (a *asked) Items() []task.Item { return a.items }

// Ask implements task.Task. A plugin reads the last message and passes over the
// instruction.
func (a *asked) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	of := a.texts[item.ID]
	reply, err := s.Ask(ctx, task.Prompt{
		Which: "text", Messages: []sample.Message{{Role: "system", Content: a.prompt}, {Role: "user", Content: of.text}},
		Schema: schema(), Temperature: new(float64), Reference: of.label,
	})
	if err != nil {
		return task.Outcome{}, err
	}
	var t items.Tally
	i := t.Add(reply)
	if why := items.Failed(&reply); why != "" {
		for _, m := range []string{accuracy, brier, answered} {
			t.Missing(i, m, why)
		}
		return t.Outcome, nil
	}
	r := parse(reply.Reply)
	t.Truth(i, accuracy, r.label == of.label)
	t.Truth(i, answered, r.label != "")
	if r.p == nil {
		t.Missing(i, brier, noProbabilities)
	} else {
		t.Score(i, brier, r.brier(of.label))
	}
	return t.Outcome, nil
}
