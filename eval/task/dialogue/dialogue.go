// Package dialogue is the task that asks for a reply in dialogues that somebody
// really had. How good replies are, judges say; how near they are to what the
// person replied is computed.
package dialogue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// The measures.
const (
	win         = "win"
	quality     = "quality"
	relevance   = "relevance"
	naturalness = "naturalness"
	lengthRatio = "length_ratio"
	likeness    = "chrf"
	empty       = "empty"
	refusal     = "refusal"
)

// Kind is the kind of tasks.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "dialogue" }

// Measures implements task.Kind.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	mark := func(name, ru, en string) task.Measure {
		return task.Measure{Name: name, Title: task.Title(ru, en), Low: 1, High: 5, Better: 1, Judged: true, Per: task.PerItem}
	}
	return []task.Measure{
		{Name: win, Title: task.Title("Лучший из двух ответов", "The better of two replies"), High: 1, Better: 1, Judged: true, Per: task.PerItem},
		mark(quality, "Качество ответа", "Quality of the reply"),
		mark(relevance, "Уместность", "Relevance"),
		mark(naturalness, "Естественность", "Naturalness"),
		{Name: likeness, Title: task.Title("Близость к ответу человека (chrF)", "Likeness to the person's reply (chrF)"), High: 100, Better: 1, Per: task.PerItem},
		{Name: lengthRatio, Title: task.Title("Длина относительно ответа человека", "Length relative to the person's reply"), Per: task.PerItem},
		task.YesNo(empty, -1, "Пустой ответ", "Empty reply"),
		task.YesNo(refusal, -1, "Отказ", "Refusal"),
	}
}

// errEnough ends reading once there are as many dialogues as the task asks.
var errEnough = errors.New("enough")

// Load implements task.Kind. Examples that begin with the reply are passed over:
// there is nothing to answer.
func (Kind) Load(ctx context.Context, s task.Setup) (task.Task, error) {
	of := s.Task.Dialogue
	file, err := sample.Split(of.Dataset, of.Split)
	if err != nil {
		return nil, spec.Problems{items.Problem(s, "dialogue.dataset", "cannot be read", err.Error(), "name the folder of a dataset that gorod dataset build has made, or a file")}
	}
	out := &asked{dialogues: map[string]dialogue{}}
	err = sample.Examples(file, func(e *sample.Example) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n := len(e.Turns); n == 0 || e.Turns[n-1].Role != "assistant" {
			return fmt.Errorf("%s: example %q does not end with a reply", file, e.ID)
		}
		d := dialogueOf(e)
		if len(d.messages) == 0 {
			return nil
		}
		if _, twice := out.dialogues[e.ID]; twice {
			return fmt.Errorf("%s: the id %q is there twice", file, e.ID)
		}
		out.dialogues[e.ID] = d
		out.items = append(out.items, task.Item{ID: e.ID, Cluster: e.Cluster(), Criteria: criteria(s.Suite.Language, e), Judged: 1})
		if n := s.Task.Limit; n > 0 && len(out.items) == n {
			return errEnough
		}
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.Is(err, errEnough):
		return nil, spec.Problems{items.Problem(s, "dialogue.dataset", "cannot be read", err.Error(), "")}
	case len(out.items) == 0:
		return nil, spec.Problems{items.Problem(s, "dialogue.dataset", "no dialogues", file+" has none with something to answer", "name another split")}
	}
	return out, nil
}

// asked is the task with its dialogues.
type asked struct {
	items     []task.Item
	dialogues map[string]dialogue
}

// Items implements task.Task.
func (a *asked) Items() []task.Item { return a.items }

// Whole implements task.Task: nothing is of all replies together.
func (*asked) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}

// Ask implements task.Task.
func (a *asked) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	d := a.dialogues[item.ID]
	reply, err := s.Ask(ctx, task.Prompt{Which: "reply", Messages: d.messages, Reference: d.reference})
	if err != nil {
		return task.Outcome{}, err
	}
	var t items.Tally
	i := t.Add(reply)
	if why := items.Failed(&reply); why != "" && !items.Silent(&reply) {
		for _, m := range []string{likeness, lengthRatio, empty, refusal} {
			t.Missing(i, m, why)
		}
		t.Unjudged(i, why)
		return t.Outcome, nil
	}
	if why := items.Unusable(&reply); items.Silent(&reply) {
		t.Unjudged(i, why)
	} else { // a refusal is judged: it answers, badly
		t.Judge(i)
	}
	t.Truth(i, empty, items.Silent(&reply))
	t.Truth(i, refusal, items.Refusal(reply.Reply))
	if strings.TrimSpace(d.reference) == "" {
		t.Missing(i, likeness, wordless)
		t.Missing(i, lengthRatio, wordless)
		return t.Outcome, nil
	}
	t.Score(i, likeness, min(chrF(reply.Reply, d.reference), 100))
	t.Score(i, lengthRatio, runes(reply.Reply)/runes(d.reference))
	return t.Outcome, nil
}

// wordless is why there is nothing to compare a reply with.
const wordless = "the person replied without words"

// runes is how many characters a text has, without space around it.
func runes(s string) float64 { return float64(utf8.RuneCountInString(strings.TrimSpace(s))) }
