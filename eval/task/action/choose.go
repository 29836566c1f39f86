package action

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// asking is an item under way.
type asking struct {
	*choices
	line    *situation
	subject task.Subject
	tally   items.Tally
}

// option as it is shown.
type option struct{ Letter, Text string }

// choose asks for an action twice: in an order drawn for the item, and in the
// reverse.
func (a *asking) choose(ctx context.Context) error {
	order := a.random().Perm(len(a.line.Actions))
	at, chosen, why, err := a.pick(ctx, "choice", "choice", order, a.line.Actions, 0)
	if err != nil {
		return err
	}
	slices.Reverse(order)
	atReversed, again, whyAgain, err := a.pick(ctx, "reversed", "choice", order, a.line.Actions, 1)
	if err != nil {
		return err
	}
	for _, asked := range []struct {
		at, chosen, first int
		why               string
	}{{at, chosen, order[len(order)-1], why}, {atReversed, again, order[0], whyAgain}} {
		if asked.why != "" {
			a.tally.Missing(asked.at, fits, asked.why)
			a.tally.Missing(asked.at, first, asked.why)
			continue
		}
		a.tally.Truth(asked.at, fits, slices.Contains(a.line.Fits, a.line.Actions[asked.chosen]))
		a.tally.Truth(asked.at, first, asked.chosen == asked.first)
	}
	if why += whyAgain; why != "" {
		a.tally.Missing(atReversed, stable, "one of the two orders has no choice: "+why)
		return nil
	}
	a.tally.Truth(atReversed, stable, chosen == again)
	return nil
}

// pick asks for one of the choices, shown in an order, and gives its index; why
// says why there is none.
func (a *asking) pick(ctx context.Context, which, prompt string, order []int, choices []string, turn int32) (at, chosen int, why string, err error) {
	options := make([]option, len(order))
	letters := make([]string, len(order))
	for i, of := range order {
		letters[i] = string(rune('A' + i))
		options[i] = option{letters[i], choices[of]}
	}
	role, err := a.render("role", a.line.Role)
	if err != nil {
		return 0, 0, "", err
	}
	text, err := a.render(prompt, map[string]any{"Situation": a.line.Situation, "Options": options})
	if err != nil {
		return 0, 0, "", err
	}
	zero := 0.0
	got, err := a.subject.Ask(ctx, task.Prompt{
		Which: which, Schema: schemaOf(letters), Temperature: &zero, Turn: turn,
		Messages: []sample.Message{{Role: "system", Content: role}, {Role: "user", Content: text}},
	})
	if err != nil {
		return 0, 0, "", fmt.Errorf("%s: %w", which, err)
	}
	got.Turn = turn
	at = a.tally.Add(got)
	if got.Error != "" {
		return at, 0, got.Error, nil
	}
	var reply struct{ Choice string }
	err = json.Unmarshal([]byte(got.Reply), &reply)
	place := slices.Index(letters, strings.ToUpper(strings.TrimSpace(reply.Choice)))
	if err != nil || place < 0 {
		return at, 0, "the reply is none of the choices", nil
	}
	return at, order[place], "", nil
}

// schemaOf is the schema of a letter.
func schemaOf(letters []string) []byte {
	// Strings can always be written as JSON.
	out, _ := json.Marshal(map[string]any{
		"type": "object", "additionalProperties": false, "required": []string{"choice"},
		"properties": map[string]any{"choice": map[string]any{"type": "string", "enum": letters}},
	})
	return out
}

// random is the item's own stream.
func (a *asking) random() *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, a.line.ID)
	return rand.New(rand.NewPCG(a.seed, h.Sum64()))
}

func (t *choices) render(name string, data any) (string, error) {
	var b strings.Builder
	if err := t.prompts.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("prompt %s of the task action: %w", name, err)
	}
	return b.String(), nil
}
