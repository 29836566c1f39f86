package control

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/spec"
)

// Bounds of what may be asked.
const (
	maxText      = 4000 // runes of a text
	maxName      = 200  // runes of a name, an id, an option
	maxSteps     = 1_000_000
	maxGoals     = 50
	maxPeople    = 10_000 // named in an audience
	maxQuestions = 50
	maxOptions   = 100
	maxSaid      = 200
)

// BadOrder says what is wrong with an order, in words for who gave it.
type BadOrder struct {
	Why string
	// Key names the reason and Args are its particulars, for whoever says it in
	// another language. It is empty for what no form of a page could bring about.
	Key  string
	Args []any
}

// Error implements error.
func (e *BadOrder) Error() string { return "the order cannot be taken: " + e.Why }

func bad(format string, args ...any) error { return &BadOrder{Why: fmt.Sprintf(format, args...)} }

// because is bad with a key.
func because(key, format string, args ...any) error {
	return &BadOrder{Why: fmt.Sprintf(format, args...), Key: key, Args: args}
}

// Check finds what no run could carry out. Whom and what an order names is known
// to its run alone, which may refuse it still. The error is a *BadOrder.
func (o Order) Check() error {
	switch n := count(o.Pause, o.Resume, o.Step != 0, o.Stop, o.Effect != nil, o.Visit != nil, o.Ask != nil); {
	case n == 0:
		return because("nothing", "it asks for nothing")
	case n > 1:
		return bad("it asks for %d things: an order is for one", n)
	case o.Step < 0 || o.Step > maxSteps:
		return because("step", "a step has 1 to %d ticks, not %d", maxSteps, o.Step)
	case o.Effect != nil:
		return checkEffect(*o.Effect)
	case o.Visit != nil:
		return checkVisit(*o.Visit)
	case o.Ask != nil:
		return o.Ask.check()
	}
	return nil
}

func count(is ...bool) (n int) {
	for _, yes := range is {
		if yes {
			n++
		}
	}
	return n
}

// checkText checks a text that must say something.
func checkText(what, text string, limit int) error {
	if strings.TrimSpace(text) == "" {
		return because("empty", "%s is empty", what)
	}
	return checkLength(what, text, limit)
}

// checkLength checks a text that may be empty.
func checkLength(what, text string, limit int) error {
	if n := utf8.RuneCountInString(text); n > limit {
		return because("long", "%s has %d characters: at most %d are taken", what, n, limit)
	}
	if !utf8.ValidString(text) {
		return because("utf8", "%s is not UTF-8", what)
	}
	return nil
}

// first is the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkAudience(a spec.Audience) error {
	if count(a.To != "", a.Group != "", len(a.Agents) > 0) > 1 {
		return because("audience", "it is for everybody, a group or some residents: give one of to, group and agents")
	}
	if a.To != "" && a.To != "all" {
		return bad("to cannot be %.40q: all is everybody", a.To)
	}
	if len(a.Agents) > maxPeople {
		return because("people", "%d residents are named: at most %d are taken", len(a.Agents), maxPeople)
	}
	for _, name := range a.Agents {
		if err := checkText("the name of a resident", name, maxName); err != nil {
			return err
		}
	}
	return checkLength("the name of a group", a.Group, maxName)
}

func (a Ask) check() error {
	switch n := len(a.Questions); {
	case n == 0:
		return because("noquestion", "there is no question")
	case n > maxQuestions:
		return because("questions", "%d questions: at most %d are taken", n, maxQuestions)
	case n > 1 && (a.Table || len(a.Said) > 0):
		return because("onequestion", "%d questions: a talk takes one after the other", n)
	case len(a.Said) > maxSaid:
		return because("remarks", "%d remarks were made before: at most %d are taken", len(a.Said), maxSaid)
	}
	ids := map[string]bool{}
	for _, q := range a.filled().Questions {
		if ids[q.ID] {
			return bad("question %.40q twice: answers are told apart by it", q.ID)
		}
		ids[q.ID] = true
		if err := checkQuestion(q); err != nil {
			return err
		}
	}
	for _, r := range a.Said {
		if err := first(checkText("a remark", r.Text, maxText), checkLength("the id of who made a remark", r.Who, maxName)); err != nil {
			return err
		}
	}
	return checkAudience(a.Audience)
}

// filled is an order that is taken as it is kept: with its defaults, and its
// visitor as networks know it.
func (o Order) filled() Order {
	if o.Ask != nil {
		ask := o.Ask.filled()
		o.Ask = &ask
	}
	if o.Visit != nil {
		if visit, err := o.Visit.Checked(); err == nil {
			o.Visit = &visit
		}
	}
	return o
}

// filled is a with the defaults of its questions, which are those of a survey.
func (a Ask) filled() Ask {
	a.Questions = slices.Clone(a.Questions)
	for i := range a.Questions {
		q := &a.Questions[i]
		if q.ID == "" {
			q.ID = fmt.Sprintf("q%d", i+1)
		}
		if q.Type == "" {
			q.Type = spec.Open
		}
		if q.Type == spec.Scale && q.Min == 0 && q.Max == 0 {
			q.Min, q.Max = 1, 7
		}
	}
	return a
}

func checkQuestion(q spec.Question) error {
	switch {
	case !slices.Contains([]string{spec.Single, spec.Multiple, spec.Scale, spec.Open}, q.Type):
		return bad("a question of type %.40q: single, multiple, scale and open are asked", q.Type)
	case q.Type == spec.Scale && (q.Min >= q.Max || q.Max > 1000 || q.Min < -1000):
		return because("scale", "a scale from %d to %d: give min below max, both within a thousand", q.Min, q.Max)
	case q.Type != spec.Scale && q.Low+q.High != "":
		return bad("low and high are for questions of type scale")
	}
	return first(checkText("the id of a question", q.ID, maxName), checkText("a question", q.Text, maxText),
		checkLength("low", q.Low, maxName), checkLength("high", q.High, maxName), checkOptions(q))
}

func checkOptions(q spec.Question) error {
	switch choice := q.Type == spec.Single || q.Type == spec.Multiple; {
	case choice && len(q.Options) < 2:
		return because("options", "a question of type %s needs at least two options", q.Type)
	case !choice && len(q.Options) > 0:
		return because("nooptions", "a question of type %s has no options", q.Type)
	case len(q.Options) > maxOptions:
		return because("manyoptions", "%d options: at most %d are taken", len(q.Options), maxOptions)
	}
	for i, option := range q.Options {
		if slices.Contains(q.Options[:i], option) {
			return because("twice", "option %.40q twice: answers could not be told apart", option)
		}
		if err := checkText("an option", option, maxName); err != nil {
			return err
		}
	}
	return nil
}
