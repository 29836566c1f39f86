// Package action is the task that gives a subject a role and a situation with
// choices, or events to choose from: does it choose what fits, does the order of
// the choices decide, and is what it prefers consistent?
package action

import (
	"context"
	"embed"
	"fmt"
	"text/template"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

//go:embed data prompts
var files embed.FS

// Kind is the kind action.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "action" }

// Names of measures.
const (
	fits           = "fits"
	first          = "first"
	stable         = "stable"
	swapConsistent = "swap_consistent"
	transitive     = "transitive"
)

// Measures implements task.Kind.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{
		task.YesNo(fits, 1, "Выбор подходит роли и ситуации", "Choice fits role and situation"),
		// Over both orders, a choice without bias is first as often as one of as many
		// options as there are.
		task.YesNo(first, 0, "Выбран первый из показанных вариантов", "The option shown first is chosen"),
		task.YesNo(stable, 1, "Тот же выбор при обратном порядке", "Same choice in the reverse order"),
		{Name: swapConsistent, Title: task.Title("Предпочтение не зависит от порядка пары", "Preference holds when the pair is swapped"), High: 1, Better: 1, Per: task.PerItem},
		{Name: transitive, Title: task.Title("Предпочтения без круга", "Preferences without a cycle"), High: 1, Better: 1, Per: task.PerItem},
	}
}

// situation is a line of a file of items: actions to choose from, or events.
type situation struct {
	ID        string   `json:"id" required:"true"`
	Role      string   `json:"role" required:"true"`
	Situation string   `json:"situation"`
	Actions   []string `json:"actions"`
	Fits      []string `json:"fits"` // those of Actions that fit
	Events    []string `json:"events"`
}

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	name := "data/" + s.Suite.Language + ".jsonl"
	shipped, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("items of the task action: %w", err)
	}
	text, err := items.Open(s, "action.situations", s.Task.Action.Situations, name, shipped)
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
	t := &choices{seed: s.Suite.Seed, by: map[string]*situation{}}
	for i := range lines {
		t.lines = append(t.lines, &lines[i].Of)
		t.by[lines[i].Of.ID] = &lines[i].Of
	}
	if t.prompts, err = template.ParseFS(files, "prompts/"+s.Suite.Language+".tmpl"); err != nil {
		return nil, fmt.Errorf("prompts of the task action: %w", err)
	}
	return t, nil
}

// choices is the loaded task.
type choices struct {
	seed    uint64
	lines   []*situation
	by      map[string]*situation
	prompts *template.Template
}

var _ task.Task = (*choices)(nil)

// Items implements task.Task.
func (t *choices) Items() []task.Item {
	out := make([]task.Item, len(t.lines))
	for i, l := range t.lines {
		asks := 2 // the choices in both orders
		if n := len(l.Events); n > 0 {
			asks = n * (n - 1) // each two both ways
		}
		out[i] = task.Item{ID: l.ID, Cluster: l.ID, Criteria: l.Role, Asks: asks}
	}
	return out
}

// Ask implements task.Task.
func (t *choices) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	line, ok := t.by[item.ID]
	if !ok {
		return task.Outcome{}, fmt.Errorf("no situation %q", item.ID)
	}
	a := &asking{choices: t, line: line, subject: s}
	var err error
	if len(line.Events) > 0 {
		err = a.prefer(ctx)
	} else {
		err = a.choose(ctx)
	}
	if err != nil {
		return task.Outcome{}, fmt.Errorf("%s: %w", item.ID, err)
	}
	return a.tally.Outcome, nil
}

// Whole implements task.Task.
func (*choices) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}
