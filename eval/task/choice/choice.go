// Package choice is the task of questions with given answers, or with an answer
// that a text must match: items of its own in JSON Lines, tasks of
// lm-evaluation-harness in YAML, and data sets of MERA in JSON.
package choice

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

//go:embed data/items.jsonl
var shipped []byte

// The measures.
const (
	accuracy     = "accuracy"
	normalised   = "accuracy_norm"
	exactMatch   = "exact_match"
	lastMatch    = "exact_match_last"
	answered     = "answered"
	byLikelihood = "by_likelihood"
)

// Kind is the kind of tasks.
type Kind struct{}

var _ task.Kind = Kind{}

// Name implements task.Kind.
func (Kind) Name() string { return "choice" }

// Measures implements task.Kind.
func (Kind) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{
		task.YesNo(accuracy, 1, "Верный выбор", "Accuracy"),
		task.YesNo(normalised, 1, "Верный выбор, с поправкой на длину", "Accuracy, normalised by length"),
		task.YesNo(exactMatch, 1, "Точное совпадение", "Exact match"),
		task.YesNo(lastMatch, 1, "Точное совпадение, последний фильтр", "Exact match, last filter"),
		task.YesNo(answered, 1, "Ответ выбран", "An answer is chosen"),
		task.YesNo(byLikelihood, 0, "Выбор по правдоподобию", "Chosen by log-likelihood"),
	}
}

// question is an item as it is asked.
type question struct {
	id, cluster string
	text        string        // what is asked, without examples before it
	between     string        // between the text and the answer, where they are one text
	choices     items.Options // nil: the answer is written
	right       int           // index of the right choice
	words       bool          // the text says to answer with the words of a choice
	accepted    []string      // written answers that are right
}

// answer is the right one in words.
func (q *question) answer() string {
	if q.choices != nil {
		return q.choices[q.right]
	}
	return q.accepted[0]
}

// questions are a whole file of items.
type questions struct {
	about    string // before everything
	apart    string // between examples
	all      []question
	examples []question // solved before a question; all where there are none of their own
	shots    int        // examples of the file's own choice
	rule     rule       // for written answers
	files    []string   // that the file of items names
}

// Load implements task.Kind.
func (Kind) Load(_ context.Context, s task.Setup) (task.Task, error) {
	q, err := read(s)
	if err != nil {
		return nil, err
	}
	shots := s.Task.Choice.Shots
	if shots == 0 {
		shots = q.shots
	}
	pool := len(q.examples)
	if pool == 0 {
		q.examples, pool = q.all, len(q.all)-1
	}
	if shots > pool {
		return nil, spec.Problems{items.Problem(s, "choice.shots", fmt.Sprintf("%d shots", shots), fmt.Sprintf("there are %d other items to take them from", pool), "ask for fewer")}
	}
	out := &asked{questions: *q, shots: shots, at: map[string]int{}, language: s.Suite.Language}
	for i := range q.all {
		out.at[q.all[i].id] = i
		out.items = append(out.items, task.Item{ID: q.all[i].id, Cluster: q.all[i].cluster, Scored: len(q.all[i].choices)})
	}
	return out, nil
}

// asked is the task with its questions.
type asked struct {
	questions
	items    []task.Item
	at       map[string]int // by id
	shots    int
	language string
}

// Items implements task.Task.
func (a *asked) Items() []task.Item { return a.items }

// Sources implements task.Sourced.
func (a *asked) Sources() []string { return a.files }

var _ task.Sourced = (*asked)(nil)

// Whole implements task.Task: nothing is of all replies together.
func (*asked) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}

// Ask implements task.Task.
func (a *asked) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	q := &a.all[a.at[item.ID]]
	if q.choices == nil {
		return a.write(ctx, s, q)
	}
	out, scored, err := a.likelihoods(ctx, s, q)
	if err != nil || scored {
		return out, err
	}
	return a.choose(ctx, s, q)
}

// before are the examples that stand before a question: the first ones that are
// not itself.
func (a *asked) before(q *question) []*question {
	var out []*question
	for i := range a.examples {
		if len(out) < a.shots && a.examples[i].id != q.id {
			out = append(out, &a.examples[i])
		}
	}
	return out
}
