// Package args reads the arguments of a resident's action, and refuses in the
// resident's language what cannot be meant.
package args

import (
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Bounds of what residents write, in characters. What is longer is refused,
// not cut: a resident should know what became of its words.
const (
	MaxText = 2000
	MaxName = 60
	maxPlan = 200
)

// Why arguments are refused.
const (
	missing       lang.Phrase = "Не указано: %s. ¦ Missing: %s."
	tooLong       lang.Phrase = "Слишком длинно: %s, не больше %d знаков. ¦ Too long: %s, at most %d characters."
	nobody        lang.Phrase = "Никого не зовут «%s». Укажите имя полностью или id. ¦ Nobody is called %q. Give the full name or the id."
	severalPeople lang.Phrase = "Так зовут нескольких: «%s». Укажите id. ¦ Several are called %q. Give the id."
	oneself       lang.Phrase = "Это вы сами. ¦ That is yourself."
)

// Args are the arguments of an action.
type Args struct {
	Action   sdk.Action
	Language string
	People   *people.Directory
	Self     int // place of who acts
}

// Refuse makes a refusal in the language of the society.
func (a Args) Refuse(p lang.Phrase, operands ...any) error { return p.Refuse(a.Language, operands...) }

// Missing refuses because an argument is not there.
func (a Args) Missing(name string) error { return a.Refuse(missing, name) }

// Text is a text argument, cleaned; absent is "".
func (a Args) Text(name string, limit int) (string, error) {
	s := a.Action.Arg(name)
	if len(s) > 8*limit { // before any work is done on it
		return "", a.Refuse(tooLong, name, limit)
	}
	if s = lang.Clean(s); utf8.RuneCountInString(s) > limit {
		return "", a.Refuse(tooLong, name, limit)
	}
	return s, nil
}

// Need is a text argument that must be there.
func (a Args) Need(name string, limit int) (string, error) {
	s, err := a.Text(name, limit)
	if err == nil && s == "" {
		err = a.Missing(name)
	}
	return s, err
}

// Line is a short text argument on one line.
func (a Args) Line(name string, limit int) (string, error) {
	s, err := a.Text(name, limit)
	return lang.Line(s), err
}

// Other is the place of the resident whom an argument means, by id or name.
func (a Args) Other(name string) (int, error) {
	who, err := a.Need(name, MaxName)
	if err != nil {
		return people.Nobody, err
	}
	i := a.People.Find(who)
	switch i {
	case people.Nobody:
		err = a.Refuse(nobody, who)
	case people.Several:
		err = a.Refuse(severalPeople, who)
	case a.Self:
		err = a.Refuse(oneself)
	}
	return i, err
}

// Plan is the plan that the arguments purpose and place make.
func (a Args) Plan(tick int64) (*sdk.Plan, error) {
	purpose, err := a.Need("purpose", maxPlan)
	if err != nil {
		return nil, err
	}
	where, err := a.Line("place", MaxName)
	if err != nil {
		return nil, err
	}
	return &sdk.Plan{Purpose: purpose, Place: where, Since: tick}, nil
}
