package room

import (
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/lang"
)

var _ env.Leavable = (*Environment)(nil)

const wordLeft lang.Phrase = "ушёл из разговора ¦ left the conversation"

// Absent implements env.Leavable: those who left do not come back.
func (e *Environment) Absent(agent string) string {
	if i := e.people.Index(agent); i >= 0 && e.seats[i].left {
		return wordLeft.In(e.language)
	}
	return ""
}
