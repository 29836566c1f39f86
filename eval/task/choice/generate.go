package choice

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// choose has the subject say which choice is right, in JSON.
func (a *asked) choose(ctx context.Context, s task.Subject, q *question) (task.Outcome, error) {
	var messages []sample.Message
	say := func(role, text string) { messages = append(messages, sample.Message{Role: role, Content: text}) }
	for _, e := range a.before(q) {
		say("user", a.ask(e))
		say("assistant", `{"answer":`+quoted(e.label())+`}`)
	}
	say("user", a.ask(q))
	messages[0].Content = a.about + messages[0].Content
	reply, err := s.Ask(ctx, task.Prompt{Which: "choice", Messages: messages, Schema: q.schema(), Temperature: new(float64), Reference: q.answer()})
	if err != nil {
		return task.Outcome{}, err
	}
	if reply.Error != "" {
		return missing(reply), nil
	}
	var t items.Tally
	i := t.Add(reply)
	chosen, ok := q.choices.Parse(reply.Reply)
	t.Truth(i, accuracy, ok && chosen == q.right)
	t.Outcome.Scores[0].Words = "generation"
	t.Missing(i, normalised, "no log-likelihood: the answer was generated")
	t.Truth(i, answered, ok)
	t.Truth(i, byLikelihood, false)
	return t.Outcome, nil
}

// ask is a question with its choices, unless they are labels of what the text
// already shows.
func (a *asked) ask(q *question) string {
	if !q.labels() {
		return q.choices.Prompt(a.language, q.text)
	}
	list := strings.Join(q.choices, ", ")
	if a.language == "en" {
		return q.text + "\n\nAnswer with a JSON object with the field answer, one of: " + list + "."
	}
	return q.text + "\n\nОтветьте объектом JSON с полем answer, одно из: " + list + "."
}

// labels reports whether the choices are names of answers that stand in the
// text: A, B, C; 1, 2; or words that it asks for.
func (q *question) labels() bool {
	if q.words {
		return true
	}
	for _, c := range q.choices {
		if utf8.RuneCountInString(strings.TrimSpace(c)) > 2 {
			return false
		}
	}
	return true
}

// label is what the right choice is called in a reply.
func (q *question) label() string {
	if q.labels() {
		return q.answer()
	}
	return items.Label(q.right)
}

func (q *question) schema() []byte {
	if !q.labels() {
		return q.choices.Schema()
	}
	words, _ := json.Marshal(q.choices) // texts are always JSON
	return []byte(`{"type":"object","properties":{"answer":{"type":"string","enum":` + string(words) + `}},"required":["answer"],"additionalProperties":false}`)
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a text is always JSON
	return string(b)
}

// write has the subject write an answer, and looks for it in what the filters
// leave of the reply.
func (a *asked) write(ctx context.Context, s task.Subject, q *question) (task.Outcome, error) {
	temperature := a.rule.temperature
	reply, err := s.Ask(ctx, task.Prompt{
		Which: "answer", Messages: []sample.Message{{Role: "user", Content: a.context(q)}},
		MaxTokens: a.rule.maxTokens, Temperature: &temperature, Reference: q.answer(),
	})
	if err != nil {
		return task.Outcome{}, err
	}
	var t items.Tally
	i := t.Add(reply)
	measures := []string{exactMatch, lastMatch}[:min(len(a.rule.filters), 2)]
	if reply.Error != "" && !items.Silent(&reply) {
		for _, m := range append(measures, answered) {
			t.Missing(i, m, items.Failed(&reply))
		}
		return t.Outcome, nil
	}
	said := a.rule.stopped(reply.Reply)
	for n, m := range measures {
		filter := a.rule.filters[0]
		if n > 0 {
			filter = a.rule.filters[len(a.rule.filters)-1]
		}
		left := filter.apply(said)
		t.Truth(i, m, a.rule.matches(left, q.accepted))
		t.Outcome.Scores[n].Words = filter.name + ": " + clip(left)
	}
	t.Truth(i, answered, !items.Empty(said))
	return t.Outcome, nil
}

// clip bounds what is told of a reply.
func clip(s string) string {
	const most = 200
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
