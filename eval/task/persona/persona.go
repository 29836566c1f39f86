// Package persona is the task that holds long conversations with a subject that
// speaks as somebody, and asks who it is on the way. What is asked is asked of a
// copy of the conversation, which goes on as if nobody had asked.
package persona

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

//go:embed data prompts
var files embed.FS

// Kind is the kind persona.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "persona" }

// Names of measures.
const (
	traitError  = "trait_error"
	viewError   = "view_error"
	drift       = "drift"
	slope       = "drift_slope"
	adherence   = "adherence"
	overNeutral = "over_neutral"
	broken      = "break"
	leftRole    = "left_role"
)

// Measures implements task.Kind. Traits and views lie between −1 and 1.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	m := func(name, ru, en string, low, high float64, better int) task.Measure {
		return task.Measure{Name: name, Title: task.Title(ru, en), Low: low, High: high, Better: better, Per: task.PerItem}
	}
	return append([]task.Measure{
		m(traitError, "Ошибка черт", "Trait error", 0, 2, -1),
		m(viewError, "Ошибка взглядов", "View error", 0, 2, -1),
		m(drift, "Дрейф", "Drift", 0, 2, -1),
		m(slope, "Наклон дрейфа на 10 реплик", "Drift slope per 10 turns", 0, 0, -1),
		m(adherence, "Верность персоне", "Adherence", 0, 1, 1),
		m(overNeutral, "Выигрыш над агентом без персоны", "Gain over a neutral agent", 0, 0, 1),
		m(broken, "Срыв персоны", "Break of persona", 0, 1, -1),
		task.YesNo(leftRole, -1, "Отвечает как программа", "Answers as a program"),
	}, judge.Measures("persona")...)
}

// longest conversation in turns: every turn asks with all that was said before.
const longest = 200

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	probes := slices.Compact(slices.Sorted(slices.Values(s.Task.Persona.Probes)))
	if len(probes) == 0 || probes[0] < 1 || probes[len(probes)-1] > longest {
		return nil, spec.Problems{items.Problem(s, "persona.probes", "probes are out of range", fmt.Sprintf("got %v, allowed 1 to %d", probes, longest), "name turns of the conversation, such as [1, 8, 16, 32]")}
	}
	t, err := newTexts(s.Suite.Language)
	if err != nil {
		return nil, err
	}
	people, err := residents(s, t)
	if err != nil {
		return nil, err
	}
	return &conversations{texts: t, seed: s.Suite.Seed, probes: probes, people: people}, nil
}

// conversations is the loaded task.
type conversations struct {
	texts  *texts
	seed   uint64
	probes []int // turns, in order
	people []*resident
}

var _ task.Task = (*conversations)(nil)

// Items implements task.Task: an item is a conversation with one persona.
func (c *conversations) Items() []task.Item {
	asks := c.probes[len(c.probes)-1] + len(c.probes) + 2 // turns, probes and the two anchors
	out := make([]task.Item, len(c.people))
	for i, p := range c.people {
		out[i] = task.Item{ID: p.id, Cluster: p.id, Criteria: p.self, Asks: asks, Judged: len(c.probes)}
	}
	return out
}

// Whole implements task.Task.
func (*conversations) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}
