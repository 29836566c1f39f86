// Package annotate has people judge the replies of an evaluation on a local page:
// which of two is better, which is the person's own, which mark one deserves.
// They see no names. Every answer is on the disk before the next question is
// shown.
package annotate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Options say what is asked.
type Options struct {
	Dir   string // of an evaluation that is done
	Task  string // name of the only task; empty: all whose replies judges see
	Limit int    // most questions; 0: all
	Ask   []Ask  // which questions; empty: Pairs and Own
	As    string // name of the only annotator; empty: the page asks for it
	// Kinds tell what is to be known of an item beside its conversation, as judges
	// are told. Where the data of a task is gone, it is not shown.
	Kinds []task.Kind
	Log   *slog.Logger
	Now   func() time.Time
}

// Ask is a kind of question.
type Ask string

// The kinds of questions.
const (
	Pairs Ask = "pairs" // which of two replies is better
	Own   Ask = "own"   // which of two replies is the person's own
	Marks Ask = "marks" // which mark a reply deserves, by the rubrics of the suite's judges
)

// Asks are the kinds of questions.
func Asks() []Ask { return []Ask{Pairs, Own, Marks} }

// Session is the questions about an evaluation and what was answered. It is used
// by several goroutines.
type Session struct {
	suite     *suite.Suite
	as        string
	questions []question
	at        map[string]int // by id

	mu    sync.Mutex
	store *store
	now   func() time.Time
}

// Open reads an evaluation and what people have answered about it. An evaluation
// whose rows are not written yet is evaluation.ErrNotDone.
func Open(ctx context.Context, o Options) (*Session, error) {
	as := nameOf(o.As)
	if as == "" && o.As != "" {
		return nil, fmt.Errorf("%q: %w of at most %d characters", o.As, ErrName, maxName)
	}
	m, err := runner.ReadManifest(o.Dir)
	if err != nil {
		return nil, err
	}
	if !m.Done() {
		return nil, fmt.Errorf("%s: %w; go on with: gorod eval run --resume %[1]s", o.Dir, evaluation.ErrNotDone)
	}
	what, err := runner.Load(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.Task != "" && what.Task(o.Task) == nil {
		return nil, NoQuestions("there is no task " + o.Task)
	}
	if len(o.Ask) == 0 {
		o.Ask = []Ask{Pairs, Own}
	}
	rows, err := readRows(o.Dir)
	if err != nil {
		return nil, err
	}
	all, err := questionsOf(what, rows, o)
	if err != nil {
		return nil, err
	}
	describe(ctx, what, all, o)
	s := &Session{suite: what, as: as, questions: all, at: map[string]int{}, now: o.Now}
	for i := range all {
		s.at[all[i].id] = i
	}
	s.store, err = openStore(ctx, o.Dir, m.Suite)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// describe tells what is to be known of the items that are asked.
func describe(ctx context.Context, what *suite.Suite, all []question, o Options) {
	for i := range what.Tasks {
		t := &what.Tasks[i]
		at := slices.IndexFunc(o.Kinds, func(k task.Kind) bool { return k.Name() == t.Kind() })
		if at < 0 || !slices.ContainsFunc(all, func(q question) bool { return q.of.Task == t.Name }) {
			continue
		}
		loaded, err := o.Kinds[at].Load(ctx, task.Setup{Suite: what, Task: t, Path: fmt.Sprintf("tasks[%d]", i)})
		if err != nil {
			o.Log.Warn("what is to be known of the items is not shown: their data cannot be read", "task", t.Name, "error", err)
			continue
		}
		about := map[string]string{}
		for _, item := range loaded.Items() {
			about[item.ID] = item.Criteria
		}
		for k := range all {
			if all[k].of.Task == t.Name {
				all[k].about = about[all[k].of.Item]
			}
		}
	}
}

// ErrName says that an annotator cannot be called so.
var ErrName = errors.New("an annotator's name is text")

// NoQuestions says why there is nothing to ask.
type NoQuestions string

// Error implements error.
func (n NoQuestions) Error() string { return "there is nothing to annotate: " + string(n) }

// Close writes what was answered as rows, and closes the file of answers.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.close()
}

// Questions is how many there are.
func (s *Session) Questions() int { return len(s.questions) }

// answered is how an annotator has answered the questions, by id.
func (s *Session) answered(annotator string) map[string]answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]answer{}
	for _, a := range s.store.answers {
		if _, asked := s.at[a.ID]; asked && a.Annotator == annotator {
			out[a.ID] = a
		}
	}
	return out
}

// next is the first question from a place on that an annotator has not answered,
// then from the beginning; ok is false where there is none.
func (s *Session) next(annotator string, from int) (at int, ok bool) {
	done := s.answered(annotator)
	for i := range s.questions {
		at = (from + i) % len(s.questions)
		if _, known := done[s.questions[at].id]; !known {
			return at, true
		}
	}
	return 0, false
}

// take keeps the answer of an annotator. known is false where the question has
// no button of that key.
func (s *Session) take(annotator string, at int, key string) (known bool, err error) {
	q := &s.questions[at]
	shown := q.show(annotator, s.suite.Language)
	i := slices.IndexFunc(shown.Buttons, func(b button) bool { return b.Key == key })
	if i < 0 {
		return false, nil
	}
	a := q.answer(shown.Buttons[i].value, shown.first)
	a.Annotator, a.At = annotator, s.now().UTC().Truncate(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	return true, s.store.add(a)
}
