// Package style is the task that has a subject reply as one person of a dataset
// does, and measures how far its replies are from the person's: placed between
// other people of the dataset, the floor, and the same person later, the ceiling.
package style

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// Kind is the kind style.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "style" }

// position is the mean of the middle half of the positions by feature.
const position = "position"

// Measures implements task.Kind: where the replies lie between floor (0) and
// ceiling (1) by each feature, and how far from the person.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	m := func(name, ru, en string, better int) task.Measure {
		return task.Measure{Name: name, Title: task.Title(ru, en), Better: better, Per: task.PerSubject}
	}
	out := []task.Measure{m(position, "Положение между чужими и самим человеком", "Position between others and the person", 1)}
	for _, f := range features() {
		out = append(out, m("position_"+f.name, f.ru+": положение", f.en+": position", 1))
	}
	for _, f := range features() {
		out = append(out, m("distance_"+f.name, f.ru+": расстояние", f.en+": distance", -1))
	}
	return append(out, judge.Measures("style")...)
}

// Bounds of what is read of a dataset.
const (
	mostTexts   = 20_000 // of the person's profile, and of each other person
	fewestTexts = 5      // of another person who counts
)

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	problem := func(what, why, do string) error {
		return spec.Problems{items.Problem(s, "style.dataset", what, why, do)}
	}
	var train []exchange
	var test []*sample.Example
	err := items.Examples(s.Task.Style.Dataset, "train", func(e *sample.Example) { train = append(train, exchangeOf(e)) })
	if err == nil {
		err = items.Examples(s.Task.Style.Dataset, "test", func(e *sample.Example) { test = append(test, e) })
	}
	if err != nil {
		return nil, problem("the dataset cannot be read", err.Error(), "name a folder that gorod dataset build wrote")
	}
	target, err := targetOf(train, s.Task.Style.Target)
	if err != nil {
		return nil, spec.Problems{items.Problem(s, "style.target", "no such person", err.Error(), "name one of them, or leave it out")}
	}
	t := &imitation{target: target, by: map[string]*sample.Example{}, seed: s.Suite.Seed}
	for _, e := range test {
		full := s.Task.Limit > 0 && len(t.asked) >= s.Task.Limit // the rest is not asked
		if e.Target == target && len(e.Turns) > 1 && !full {
			t.asked = append(t.asked, e)
			t.by[e.ID] = e
		}
	}
	if len(t.asked) == 0 {
		return nil, problem(fmt.Sprintf("nothing of %s to ask", target), "the test split has no replies of this person", "choose another person, or split the dataset otherwise")
	}
	t.read(train)
	return t, nil
}

// exchange is what a profile takes of an example: earlier turns stand in many.
type exchange struct{ target, reply, asker, asked string }

func exchangeOf(e *sample.Example) exchange {
	x := exchange{target: e.Target, reply: e.Reply()}
	if n := len(e.Turns); n > 1 && e.Turns[n-2].Role == "user" && e.Turns[n-2].Speaker != e.Target {
		x.asker, x.asked = e.Turns[n-2].Speaker, e.Turns[n-2].Text
	}
	return x
}

// targetOf is the person who is imitated: the one with the most replies where
// none is named.
func targetOf(train []exchange, named string) (string, error) {
	replies := map[string]int{}
	for _, e := range train {
		replies[e.target]++
	}
	people := slices.SortedFunc(maps.Keys(replies), func(a, b string) int {
		return cmp.Or(cmp.Compare(replies[b], replies[a]), cmp.Compare(a, b))
	})
	switch {
	case len(people) == 0:
		return "", errors.New("the training split is empty")
	case named == "":
		return people[0], nil
	case replies[named] == 0:
		return "", fmt.Errorf("%q has no replies in the training split, which has those of %v", named, people[:min(len(people), 5)])
	}
	return named, nil
}
