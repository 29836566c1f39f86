package action

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task/items"
)

// Bounds of a list of choices; events are asked in pairs, both ways.
const (
	fewest     = 2
	most       = 26 // letters
	fewEvents  = 3
	mostEvents = 12
)

func check(lines []items.Line[situation]) error {
	var problems spec.Problems
	for i := range lines {
		l := &lines[i]
		switch {
		case len(l.Of.Events) > 0 && len(l.Of.Actions) > 0:
			problems = append(problems, l.Problem("actions and events", "an item asks for one of them", "make two items of it"))
		case len(l.Of.Events) > 0:
			problems = append(problems, list(l, "events", l.Of.Events, fewEvents, mostEvents)...)
		default:
			problems = append(problems, checkActions(l)...)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func checkActions(l *items.Line[situation]) spec.Problems {
	problems := list(l, "actions", l.Of.Actions, fewest, most)
	if strings.TrimSpace(l.Of.Situation) == "" {
		problems = append(problems, l.Problem("field situation is missing", "actions are chosen in one", "add it"))
	}
	for _, fit := range l.Of.Fits {
		if !slices.Contains(l.Of.Actions, fit) {
			problems = append(problems, l.Problem(fmt.Sprintf("fits has %q", fit), "it is none of actions", "write it as in actions"))
		}
	}
	switch n := len(l.Of.Fits); {
	case n == 0:
		problems = append(problems, l.Problem("field fits is missing", "", "list those of actions that fit"))
	case n >= len(l.Of.Actions):
		problems = append(problems, l.Problem("every action fits", "whatever is chosen is right then", "add one that does not"))
	}
	return problems
}

// list checks that choices can be told apart, and how many they are.
func list(l *items.Line[situation], field string, choices []string, least, top int) spec.Problems {
	var problems spec.Problems
	if n := len(choices); n < least || n > top {
		problems = append(problems, l.Problem(fmt.Sprintf("field %s has %d entries", field, n), fmt.Sprintf("allowed are %d to %d", least, top), "add some, or take some away"))
	}
	seen := map[string]bool{}
	for _, c := range choices {
		switch {
		case strings.TrimSpace(c) == "":
			problems = append(problems, l.Problem("an empty entry of "+field, "", "write it"))
		case seen[c]:
			problems = append(problems, l.Problem(fmt.Sprintf("%q twice in %s", c, field), "", "keep one"))
		}
		seen[c] = true
	}
	return problems
}
