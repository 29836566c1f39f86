// Package mood is the task that gives a subject a mood: do its replies sound
// like it, and does an event change it the way that events like it do?
package mood

import (
	"context"
	"embed"
	"fmt"
	"text/template"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
)

//go:embed data prompts
var files embed.FS

// Kind is the kind mood.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "mood" }

// Names of measures.
const (
	agreement   = "agreement"
	distance    = "distance"
	correlation = "correlation"
	statedError = "stated_error"
	eventSign   = "event_sign"
	eventChange = "event_change"
)

// Measures implements task.Kind.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	return append([]task.Measure{
		task.YesNo(agreement, 1, "Тональность ответа того же знака, что настроение", "Reply sounds of the mood's sign"),
		{Name: distance, Title: task.Title("Расхождение тональности и настроения", "Distance of the reply's sentiment from the mood"), High: 2, Better: -1, Per: task.PerItem},
		// Of pseudo-values, which have no bounds.
		{Name: correlation, Title: task.Title("Корреляция тональности с настроением", "Correlation of sentiment with mood"), Better: 1, Per: task.PerSubject},
		{Name: statedError, Title: task.Title("Ошибка в названном настроении", "Error of the mood when asked"), High: 2, Better: -1, Per: task.PerItem},
		task.YesNo(eventSign, 1, "Событие меняет настроение в ожидаемую сторону", "Event changes mood as expected"),
		{Name: eventChange, Title: task.Title("Сдвиг настроения в ожидаемую сторону", "Change of mood in the expected direction"), Low: -2, High: 2, Better: 1, Per: task.PerItem},
	}, judge.Measures("mood")...)
}

// situation is a line of a file of items.
type situation struct {
	ID        string   `json:"id" required:"true"`
	Situation string   `json:"situation" required:"true"`
	Mood      sdk.Mood `json:"mood" required:"true"`
	Event     string   `json:"event" required:"true"`
	// Sign of the change that the event is expected to make: 1, −1, or 0 where none
	// is.
	Sign int `json:"sign" required:"true"`
}

// Load implements task.Kind.
func (Kind) Load(ctx context.Context, s task.Setup) (task.Task, error) {
	name := "data/" + s.Suite.Language + ".jsonl"
	shipped, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("items of the task mood: %w", err)
	}
	text, err := items.Open(s, "mood.situations", s.Task.Mood.Situations, name, shipped)
	if err != nil {
		return nil, err
	}
	lines, err := items.Lines(text, func(s *situation) string { return s.ID })
	if err != nil {
		return nil, err
	}
	if err := check(lines); err != nil {
		return nil, err
	}
	t := &moods{by: map[string]*situation{}}
	for i := range lines {
		t.lines = append(t.lines, &lines[i].Of)
		t.by[lines[i].Of.ID] = &lines[i].Of
	}
	if t.prompts, err = template.ParseFS(files, "prompts/"+s.Suite.Language+".tmpl"); err != nil {
		return nil, fmt.Errorf("prompts of the task mood: %w", err)
	}
	made, err := lexicon.Plugin().New(ctx, sdk.Setup{})
	if err != nil {
		return nil, fmt.Errorf("read the lexicon of sentiment: %w", err)
	}
	t.sentiment = made.(sdk.Classifier) // a sentiment plugin makes one
	return t, nil
}

func check(lines []items.Line[situation]) error {
	var problems spec.Problems
	for i := range lines {
		l := &lines[i]
		if m := l.Of.Mood; m.Valence < -1 || m.Valence > 1 || m.Arousal < 0 || m.Arousal > 1 {
			problems = append(problems, l.Problem("field mood is out of range", fmt.Sprintf("got valence %v and arousal %v", m.Valence, m.Arousal), "valence lies between -1 and 1, arousal between 0 and 1"))
		}
		if l.Of.Sign < -1 || l.Of.Sign > 1 {
			problems = append(problems, l.Problem("field sign is out of range", fmt.Sprintf("got %d", l.Of.Sign), "write 1 for better, -1 for worse, 0 for no change"))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}
