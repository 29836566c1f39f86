package annotate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

// Person is the other side of a verdict where a reply was compared with what the
// person really answered. No subject can be called so.
const Person = "the person"

// question is one that is asked of every annotator.
type question struct {
	id        string
	ask       Ask
	of        *sample.Sample
	other     *sample.Sample // of pairs
	criterion judge.Criterion
	about     string // what is to be known of the item
}

// questionsOf are all questions in their order, which is random and the same
// every time.
func questionsOf(what *suite.Suite, r *rows, o Options) ([]question, error) {
	var out []question
	for i := range what.Tasks {
		t := &what.Tasks[i]
		if o.Task != "" && t.Name != o.Task || o.Task == "" && !r.tasks[t.Name] && !personal(t) {
			continue
		}
		found, err := ofTask(what, t, r, o.Ask)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		return nil, NoQuestions("no replies to compare: name a --task whose subjects, two or more, wrote text, or --ask marks where a judge of the suite has a rubric")
	}
	order := map[string]uint64{}
	for i := range out {
		order[out[i].id] = draw(what.Seed, "order", out[i].id)
	}
	slices.SortFunc(out, func(a, b question) int {
		if order[a.id] < order[b.id] {
			return -1
		}
		return 1
	})
	if o.Limit > 0 && o.Limit < len(out) {
		out = out[:o.Limit]
	}
	return out, nil
}

// personal reports whether the references of a task are what a person said.
func personal(t *suite.Task) bool { return t.Dialogue != nil || t.Style != nil }

func ofTask(what *suite.Suite, t *suite.Task, r *rows, ask []Ask) (out []question, err error) {
	var criteria []judge.Criterion
	if slices.Contains(ask, Marks) {
		if criteria, err = criteriaOf(what, t); err != nil {
			return nil, err
		}
	}
	for _, group := range r.of(t.Name, t.Subjects) {
		own := slices.Contains(ask, Own) && personal(t) && group[0].Reference != ""
		if own && slices.Contains(ask, Pairs) && len(group) > 1 {
			// Whoever has compared the replies to an item knows that none of them is the
			// person's.
			own = draw(what.Seed, "which", group[0].Item)%2 == 0
		}
		switch {
		case own:
			// One a place: a reply that comes again is the person's.
			of := group[draw(what.Seed, "whose", t.Name+"\x00"+group[0].Item)%uint64(len(group))]
			out = append(out, question{ask: Own, of: of})
		case slices.Contains(ask, Pairs):
			out = append(out, pairs(r, group)...)
		}
		for _, s := range group {
			for _, c := range criteria {
				out = append(out, question{ask: Marks, of: s, criterion: c})
			}
		}
	}
	for i := range out {
		out[i].id = out[i].name()
	}
	return out, nil
}

func pairs(r *rows, group []*sample.Sample) (out []question) {
	for i, a := range group {
		for _, b := range group[i+1:] {
			if x, y, ok := r.compared(a, b); ok {
				out = append(out, question{ask: Pairs, of: x, other: y})
			}
		}
	}
	return out
}

// criteriaOf are what the judges of a task mark it by; where no judge does, what
// they would.
func criteriaOf(what *suite.Suite, t *suite.Task) ([]judge.Criterion, error) {
	var out []judge.Criterion
	for _, name := range t.Judges {
		of := what.Judge(name)
		if of.Mode != suite.Rubric {
			continue
		}
		rubric, err := judge.RubricOf(*of, t.Kind(), what.Language)
		if err != nil {
			return nil, fmt.Errorf("judge %s: %w", name, err)
		}
		for _, c := range rubric.Criteria {
			if !slices.ContainsFunc(out, func(x judge.Criterion) bool { return x.Name == c.Name }) {
				out = append(out, c)
			}
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	rubric, err := judge.RubricOf(suite.Judge{}, t.Kind(), what.Language)
	if err != nil {
		return nil, err
	}
	return rubric.Criteria, nil
}

// name is the id of a question: nobody can read subjects out of it.
func (q *question) name() string {
	parts := []string{string(q.ask), q.of.ID, q.criterion.Name}
	if q.other != nil {
		parts = append(parts, q.other.ID)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// draw is a random number of its own for each purpose.
func draw(seed uint64, purpose, name string) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", seed, purpose, name))
	return binary.LittleEndian.Uint64(sum[:])
}

// answer is what is kept of an answer to the question.
func (q *question) answer(value float64, first bool) answer {
	a := answer{
		ID: q.id, Ask: q.ask, Sample: q.of.ID, Task: q.of.Task, Subject: q.of.Subject, Item: q.of.Item, Cluster: q.of.Cluster, Repeat: q.of.Repeat,
		Turn: q.of.Turn, Value: value, First: first,
	}
	switch q.ask {
	case Pairs:
		a.Measure, a.Other, a.Length = judge.Win, q.other.Subject, runes(q.of.Reply)-runes(q.other.Reply)
	case Own:
		a.Measure, a.Other, a.Length = judge.Own, Person, runes(q.of.Reply)-runes(q.of.Reference)
	case Marks:
		a.Measure, a.First, a.Length = q.criterion.Name, false, runes(q.of.Reply)
	}
	return a
}

func runes(s string) int32 { return int32(min(utf8.RuneCountInString(s), math.MaxInt32/2)) }
