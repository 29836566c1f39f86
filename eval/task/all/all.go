// Package all registers the kinds of tasks.
package all

import "github.com/llm-city/gorod/eval/task"

// Kinds are the kinds of tasks, in the order of the YAML.
func Kinds() []task.Kind { return []task.Kind{} }
