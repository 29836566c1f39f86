// Package language is the task that asks for free text and looks at the language
// of the replies: which scripts they are in, what leaks in from another
// language, whether they go round in circles, and, by a judge, their grammar.
package language

import (
	"context"
	_ "embed"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

//go:embed data/prompts.jsonl
var shipped []byte

// english is the other language that replies may be expected in.
const english = "en"

// maxTokens is how long a reply may be: long enough to go round in circles.
const maxTokens = 512

// Kind is the kind of tasks.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "language" }

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	of := s.Task.Language
	text, err := items.Open(s, "language.prompts", of.Prompts, "shipped prompts", shipped)
	if err != nil {
		return nil, err
	}
	lines, err := items.Lines(text, func(p *prompt) string { return p.ID })
	if err != nil {
		return nil, err
	}
	out := &asked{expect: of.Expect, prompts: map[string]string{}}
	for _, l := range lines {
		p := l.Of.Prompt
		if of.Expect == english && l.Of.English != "" {
			p = l.Of.English
		}
		out.items = append(out.items, task.Item{ID: l.Of.ID, Judged: 1})
		out.prompts[l.Of.ID] = p
	}
	return out, nil
}

// prompt is a line of a file of prompts.
type prompt struct {
	ID      string `json:"id" required:"true"`
	Prompt  string `json:"prompt" required:"true"`
	English string `json:"en"` // instead, where English is expected
}

// asked is the task with its prompts.
type asked struct {
	expect  string
	items   []task.Item
	prompts map[string]string
}

// Items implements task.Task.
func (a *asked) Items() []task.Item { return a.items }

// Ask implements task.Task.
func (a *asked) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	p := a.prompts[item.ID]
	reply, err := s.Ask(ctx, task.Prompt{Which: "prompt", Messages: []sample.Message{{Role: "user", Content: p}}, MaxTokens: maxTokens})
	if err != nil {
		return task.Outcome{}, err
	}
	var t items.Tally
	i := t.Add(reply)
	a.score(ctx, &t, i, p)
	if why := items.Unusable(&reply); why != "" {
		t.Unjudged(i, why)
	} else {
		t.Judge(i)
	}
	return t.Outcome, nil
}

// Whole implements task.Task: nothing is of all replies together.
func (*asked) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}
