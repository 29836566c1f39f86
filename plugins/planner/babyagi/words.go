package babyagi

import (
	"cmp"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxObjectives = 12
	maxObjective  = 200
)

// words are what the planner says in one language.
type words struct {
	first, idle, nothing string
	trade, life, day     string // objectives of who has no goals
	done, failed         string
	notAllowed           string
}

func wordsOf(language string) words {
	if language == "ru" {
		return words{
			first: "Составить список задач для цели", idle: "Список задач закончен.", nothing: "ничего не вышло",
			trade: "Хорошо делать своё дело: ", life: "Жить так, как тебе свойственно: ", day: "Прожить обычный день",
			done: "сделано", failed: "не вышло", notAllowed: "такого сейчас сделать нельзя",
		}
	}
	return words{
		first: "Develop a task list for the objective", idle: "The list of tasks is done.", nothing: "nothing came of it",
		trade: "Do your work well: ", life: "Live as is your way: ", day: "Live an ordinary day",
		done: "done", failed: "failed", notAllowed: "that cannot be done now",
	}
}

// objectives are an agent's goals, or where it has none one that its occupation
// or its biography gives. There is at least one.
func (w *words) objectives(a *sdk.Agent) []string {
	var out []string
	for _, goal := range a.Goals[:min(len(a.Goals), maxObjectives)] {
		if goal = text.Quote(goal, maxObjective); goal != "" {
			out = append(out, goal)
		}
	}
	switch {
	case len(out) > 0:
	case a.Persona == nil:
		out = []string{w.day}
	case a.Persona.Occupation != "":
		out = []string{w.trade + text.Quote(a.Persona.Occupation, maxObjective)}
	case a.Persona.Bio != "":
		out = []string{w.life + text.Quote(a.Persona.Bio, maxObjective)}
	default:
		out = []string{w.day}
	}
	return out
}

// outcome is what became of an action.
func (w *words) outcome(o *sdk.Outcome) string {
	s := text.Quote(o.Action.Kind, maxName)
	if said := text.Quote(o.Action.Arg("text"), maxTask); said != "" {
		s += ` "` + said + `"`
	}
	if o.OK {
		s += ": " + w.done
	} else {
		s += ": " + w.failed
	}
	if detail := text.Quote(o.Detail, maxTask); detail != "" {
		s += ", " + detail
	}
	return s
}

// refused says that an action of a kind is not allowed.
func (w *words) refused(kind string) string {
	return cmp.Or(text.Quote(kind, maxName), "?") + ": " + w.notAllowed + "."
}
