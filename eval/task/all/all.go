// Package all registers the kinds of tasks.
package all

import (
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/action"
	"github.com/llm-city/gorod/eval/task/choice"
	"github.com/llm-city/gorod/eval/task/dialogue"
	"github.com/llm-city/gorod/eval/task/language"
	"github.com/llm-city/gorod/eval/task/memorisation"
	"github.com/llm-city/gorod/eval/task/mood"
	"github.com/llm-city/gorod/eval/task/persona"
	"github.com/llm-city/gorod/eval/task/retention"
	"github.com/llm-city/gorod/eval/task/sentiment"
	"github.com/llm-city/gorod/eval/task/society"
	"github.com/llm-city/gorod/eval/task/style"
)

// Kinds are the kinds of tasks, in the order of the YAML.
func Kinds() []task.Kind {
	return []task.Kind{
		dialogue.Kind{},
		language.Kind{},
		retention.Kind{},
		persona.Kind{},
		mood.Kind{},
		action.Kind{},
		style.Kind{},
		memorisation.Kind{},
		sentiment.Kind{},
		society.Kind{},
		choice.Kind{},
	}
}
