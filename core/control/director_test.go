package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// square is a place that can be visited and changed.
type square struct {
	*simtest.Square
	visits   []social.Visit
	adjusted []env.Adjustment
	broken   error
}

func (s *square) Visit(_ context.Context, t env.Tick, v social.Visit) (env.Result, error) {
	if v.Kind == "vote" {
		return env.Result{}, fmt.Errorf("visit: %w", &env.Refusal{Why: "nothing to vote in"})
	}
	s.visits = append(s.visits, v)
	return env.Result{Event: event.Action{ID: fmt.Sprint("p", t.Number), Text: v.Text}}, s.broken
}

func (s *square) Adjust(_ context.Context, a env.Adjustment) error {
	s.adjusted = append(s.adjusted, a)
	return nil
}

// desk answers every question.
type desk struct {
	asked []probe.Inquiry
	err   error
	mute  bool
	// during, where set, happens while residents are asked.
	during func()
}

func (d *desk) Inquire(_ context.Context, t env.Tick, _ *sim.World, q probe.Inquiry) ([]event.Answer, error) {
	d.asked = append(d.asked, q)
	if d.during != nil {
		d.during()
	}
	a := event.Answer{Survey: q.ID, Question: q.Questions[0].ID, Type: spec.Open, Agent: "a0001", Tick: t.Number, Text: "Да"}
	if d.mute {
		a.Text, a.Missing = "", "it rambles"
	}
	return []event.Answer{a}, d.err
}

func (d *desk) Memories(_ *sim.World, _ probe.Inquiry, all []event.Answer) ([]probe.Memory, error) {
	return []probe.Memory{{Agents: []string{"a0001"}, Text: "Был разговор: " + all[0].Text}}, nil
}

// shelf is a store that says what it committed, until it is deaf.
type shelf struct {
	*simtest.Shelf
	committed func(ctx context.Context, tick int64)
	deaf      bool
}

func (s *shelf) Commit(ctx context.Context, c event.Commit) error {
	err := s.Shelf.Commit(ctx, c)
	if err == nil && !s.deaf {
		s.committed(ctx, c.Tick)
	}
	return err
}

// world is a run with a queue; it can be gone on with.
type world struct {
	path  string
	place *square
	desk  *desk
	store *shelf
	study *spec.Study
	waits int
	wait  func(n int) error // while the run pauses
	log   strings.Builder
	// director is that of the process that ran it last.
	director *control.Director
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{
		path: filepath.Join(t.TempDir(), control.File), place: &square{Square: simtest.NewSquare()}, desk: &desk{}, store: &shelf{Shelf: &simtest.Shelf{}},
		study: &spec.Study{Models: map[string]spec.Model{"default": {}}},
	}
}

func (w *world) queue(t *testing.T) *control.Queue {
	t.Helper()
	q, err := control.Open(t.Context(), w.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// answers are those committed.
func (w *world) answers() (all []event.Answer) {
	for _, c := range w.store.Commits {
		all = append(all, c.Findings.Answers...)
	}
	return all
}

func (w *world) past() control.Past {
	return control.Past{
		Controls: func(yield func(event.Event, error) bool) {
			for _, e := range w.store.OfKind(event.KindControl) {
				if !yield(e, nil) {
					return
				}
			}
		},
		Answers: func(yield func(event.Answer, error) bool) {
			for _, a := range w.answers() {
				if !yield(a, nil) {
					return
				}
			}
		},
	}
}

// goOn runs the world up to a tick, as a process of its own would.
func (w *world) goOn(t *testing.T, ticks int) (sim.Outcome, error) {
	t.Helper()
	w.director = control.New(control.Options{
		Study: w.study, Environment: w.place, Desk: w.desk, Path: w.path, Past: w.past(), Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Wait: func(context.Context) error {
			w.waits++
			return w.wait(w.waits)
		},
	})
	w.store.committed = w.director.Committed
	opts := w.options(ticks)
	opts.Directors = []sim.Director{w.director}
	engine, err := sim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := engine.Run(t.Context())
	if w.store.deaf {
		return outcome, err // killed: nothing is noted any more
	}
	if err := w.director.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return outcome, err
}

func (w *world) options(ticks int) sim.Options {
	opts := simtest.Options(3, ticks, w.place, simtest.Mind{}, w.store)
	opts.Activity = []float64{1}
	if n := len(w.store.Commits); n > 0 {
		last := w.store.Commits[n-1]
		opts.Resume = &sim.Checkpoint{Tick: last.Tick, Digest: last.Digest, Agents: last.Agents}
	}
	return opts
}

func (w *world) ran(t *testing.T, ticks int) sim.Outcome {
	t.Helper()
	outcome, err := w.goOn(t, ticks)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func (w *world) controls(t *testing.T) (all []event.Control) {
	t.Helper()
	for _, e := range w.store.OfKind(event.KindControl) {
		var c event.Control
		if err := json.Unmarshal(e.Data, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func states(t *testing.T, q *control.Queue) (all []control.State) {
	t.Helper()
	found, err := q.List(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found {
		all = append(all, c.State)
	}
	return all
}

func visit(kind string) control.Order {
	return control.Order{Visit: &social.Visit{ID: "7", Visitor: social.Visitor{ID: "@alice"}, Kind: kind, Text: "Привет", Target: "p1"}}
}

func remembered(text string) control.Order {
	return control.Order{Ask: &control.Ask{Remember: true, Questions: []spec.Question{{Text: text}}}}
}

func TestWhatWasCommittedAndNotNotedIsNotCarriedOutAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	for _, o := range []control.Order{tell("раз"), visit("post"), visit("vote"), ask(spec.Audience{}, spec.Question{Text: "Как?"}), remembered("Что?")} {
		add(t, q, o)
	}
	w.store.deaf = true
	w.ran(t, 3)
	if got := states(t, q); !slices.Equal(got, []control.State{control.Waiting, control.Waiting, control.Waiting, control.Done, control.Done}) {
		t.Errorf("killed: %v", got)
	}
	if len(w.controls(t)) != 4 || len(w.answers()) != 2 { // the question that is not remembered is no event
		t.Fatalf("%+v %+v", w.controls(t), w.answers())
	}
	w.store.deaf = false
	add(t, q, tell("два"))
	w.ran(t, 6)
	if got := states(t, q); !slices.Equal(got, []control.State{control.Done, control.Done, control.Refused, control.Done, control.Done, control.Done}) {
		t.Errorf("resumed: %v", got)
	}
	if all := w.controls(t); len(all) != 5 || all[4].ID != 6 || len(w.answers()) != 2 || len(w.place.visits) != 1 || len(w.desk.asked) != 2 {
		t.Errorf("%+v\n%+v\n%+v", all, w.answers(), w.place.visits)
	}
	if c, err := q.Get(t.Context(), 3); err != nil || c.Tick != 0 || c.Why != "nothing to vote in" {
		t.Errorf("%+v %v", c, err)
	}
	w.ran(t, 8)
	if len(w.controls(t)) != 5 || len(w.answers()) != 2 {
		t.Errorf("resumed again: %+v %+v", w.controls(t), w.answers())
	}
}

func TestWhatWasAnsweredAndNotCommittedIsKeptWithTheNextTick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ran(t, 2)
	q := w.queue(t)
	add(t, q, control.Order{Pause: true})
	add(t, q, remembered("Что?"))
	add(t, q, tell("потом"))
	w.wait = func(int) error { return errors.New("killed") }
	if _, err := w.goOn(t, 4); err == nil {
		t.Fatal("it went on")
	}
	if c, err := q.Get(t.Context(), 2); err != nil || c.State != control.Done || c.Reply[0] != (control.Remark{Who: "a0001", Text: "Да"}) || len(w.answers()) > 0 {
		t.Errorf("%+v %v", c, err)
	}
	add(t, q, control.Order{Resume: true})
	w.ran(t, 4)
	if all := w.controls(t); len(all) != 2 || all[0].ID != 2 || all[0].Effects[0].Detail != "Был разговор: Да" || len(w.desk.asked) != 1 {
		t.Errorf("%+v, asked %+v", all, w.desk.asked)
	}
	if all := w.answers(); len(all) != 1 || all[0].Tick != 2 || all[0].Survey != "control-2" {
		t.Errorf("%+v", all)
	}
}

func TestAnAnswerThatCannotBeNotedIsNotKeptTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, ask(spec.Audience{}, spec.Question{Text: "Как?"}))
	add(t, q, remembered("Что?"))
	w.desk.during = func() { w.director.Deny(t) }
	w.ran(t, 3)
	if got := states(t, q); !slices.Equal(got, []control.State{control.Waiting, control.Waiting}) {
		t.Errorf("%v", got)
	}
	w.desk.during = nil
	w.ran(t, 6)
	if got := states(t, q); !slices.Equal(got, []control.State{control.Done, control.Done}) {
		t.Errorf("%v", got)
	}
	if all := w.answers(); len(all) != 2 || len(w.controls(t)) != 1 {
		t.Errorf("%+v\n%+v", all, w.controls(t))
	}
}

func TestAQueueThatIsBegunAnewDoesNotRepeatNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, tell("раз"))
	add(t, q, tell("два"))
	w.ran(t, 2)
	w.path = filepath.Join(t.TempDir(), control.File)
	lost := w.queue(t)
	c, err := lost.Add(t.Context(), "другая", "", now(), tell("три"))
	if err != nil {
		t.Fatal(err)
	}
	w.ran(t, 4)
	if got, err := lost.Get(t.Context(), c.ID); err != nil || got.State != control.Refused || !strings.Contains(got.Why, "anew") {
		t.Errorf("%+v %v", got, err)
	}
	if next := add(t, lost, tell("четыре")); next.ID != 3 {
		t.Errorf("%+v", next)
	}
	w.ran(t, 6)
	if all := w.controls(t); len(all) != 3 || all[2].ID != 3 {
		t.Errorf("%+v", all)
	}
}

func TestReconcileNotesWhatARunThatIsOverHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := control.Reconcile(t.Context(), w.path, w.past()); err != nil {
		t.Errorf("no queue: %v", err)
	}
	q := w.queue(t)
	add(t, q, tell("раз"))
	w.store.deaf = true
	w.ran(t, 1)
	add(t, q, tell("поздно"))
	if err := control.Reconcile(t.Context(), w.path, w.past()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, q); !slices.Equal(got, []control.State{control.Done, control.Waiting}) {
		t.Errorf("%v", got)
	}
}

func TestTheEngineWaitsWhileTheRunPauses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, control.Order{Step: 2})
	w.wait = func(n int) error {
		switch n {
		case 1:
			if n := w.store.Len(); n > 2 {
				t.Errorf("%d ticks after a step of 2", n)
			}
		case 3:
			add(t, q, tell("во время паузы"))
		case 5:
			add(t, q, control.Order{Step: 1})
		case 8:
			add(t, q, control.Order{Resume: true})
		}
		return nil
	}
	if o := w.ran(t, 5); o.Tick != 4 || w.waits != 8 {
		t.Errorf("%+v after %d waits", o, w.waits)
	}
	if all := w.store.OfKind(event.KindControl); len(all) != 1 || all[0].Tick != 2 {
		t.Errorf("%+v", all)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	effect := func(e spec.Effect) control.Order { return control.Order{Effect: &e} }
	nobody := spec.Audience{Agents: []string{"Р1", "Глеб"}}
	for name, tt := range map[string]struct {
		order control.Order
		study func(*spec.Study)
		desk  desk
		why   string
	}{
		"an unknown resident":       {order: effect(spec.Effect{Mood: &spec.MoodChange{Valence: 1, Audience: nobody}}), why: `no resident "Глеб"`},
		"an unknown follower":       {order: effect(spec.Effect{Follow: &spec.Ties{Who: nobody}}), why: `no resident "Глеб"`},
		"an unknown group":          {order: effect(spec.Effect{Goals: &spec.GoalChange{Add: []string{"x"}, Audience: spec.Audience{Group: "гости"}}}), why: `group "гости"`},
		"an unknown model":          {order: effect(spec.Effect{Model: &spec.ModelSwap{Use: "gpt"}}), why: `no entry "gpt"`},
		"a feed without embeddings": {order: effect(spec.Effect{Feed: &spec.FeedChange{Rank: "interest"}}), why: "embeddings"},
		"an id that is taken":       {order: tell("x"), study: func(s *spec.Study) { s.Events = []spec.Event{{ID: "control-1"}} }, why: "control-1"},
		"a survey's id":             {order: remembered("x"), study: func(s *spec.Study) { s.Surveys = []spec.Survey{{ID: "control-1"}} }, why: "control-1"},
		"a question to nobody":      {order: ask(nobody, spec.Question{Text: "x"}), why: `no resident "Глеб"`},
		"a broken model":            {order: remembered("x"), desk: desk{err: errors.New("the server is gone")}, why: "the server is gone"},
		"a model that rambles":      {order: remembered("x"), desk: desk{mute: true}, why: "nobody answered: it rambles"},
	} {
		w := newWorld(t)
		if tt.study != nil {
			tt.study(w.study)
		}
		w.desk = &tt.desk
		q := w.queue(t)
		add(t, q, tt.order)
		w.ran(t, 2)
		if c, err := q.Get(t.Context(), 1); err != nil || c.State != control.Refused || !strings.Contains(c.Why, tt.why) || c.Tick != 0 {
			t.Errorf("%s: %+v %v", name, c, err)
		}
		if len(w.answers())+len(w.place.adjusted) > 0 {
			t.Errorf("%s: %+v %+v", name, w.answers(), w.place.adjusted)
		}
	}
}

func TestATableHasSeatsForSome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, control.Order{Ask: &control.Ask{Table: true, Questions: []spec.Question{{Text: "x"}}}})
	opts := w.options(1)
	opts.Residents = simtest.Residents(21)
	director := control.New(control.Options{Study: w.study, Environment: w.place, Desk: w.desk, Path: w.path, Past: w.past(), Log: slog.New(slog.DiscardHandler)})
	w.store.committed, opts.Directors = director.Committed, []sim.Director{director}
	simtest.Run(t, opts)
	if err := director.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, err := q.Get(t.Context(), 1); err != nil || c.State != control.Refused || !strings.Contains(c.Why, "20 seats") {
		t.Errorf("%+v %v", c, err)
	}
}

func TestAPlaceThatCannotBeVisitedOrChangedRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, visit("post"))
	add(t, q, control.Order{Effect: &spec.Effect{Feed: &spec.FeedChange{Rank: "hot"}}})
	opts := w.options(1)
	opts.Environment = w.place.Square
	director := control.New(control.Options{Study: w.study, Environment: w.place.Square, Desk: w.desk, Path: w.path, Past: w.past(), Log: slog.New(slog.DiscardHandler)})
	w.store.committed, opts.Directors = director.Committed, []sim.Director{director}
	simtest.Run(t, opts)
	if err := director.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, q); !slices.Equal(got, []control.State{control.Refused, control.Refused}) {
		t.Errorf("%v", got)
	}
}

func TestAPlaceThatBreaksEndsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.place.broken = errors.New("the square is flooded")
	q := w.queue(t)
	add(t, q, visit("post"))
	if o, err := w.goOn(t, 3); !errors.Is(err, w.place.broken) || o.Tick != -1 {
		t.Errorf("%+v %v", o, err)
	}
	if got := states(t, q); !slices.Equal(got, []control.State{control.Waiting}) {
		t.Errorf("%v", got)
	}
}

func TestAStopEndsTheRunBeforeTheTick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ran(t, 2)
	q := w.queue(t)
	add(t, q, tell("раз"))
	add(t, q, control.Order{Stop: true})
	if o := w.ran(t, 5); o.Tick != 1 || o.Done {
		t.Errorf("%+v", o)
	}
	if o := w.ran(t, 5); o.Tick != 4 || !o.Done || len(w.controls(t)) != 1 {
		t.Errorf("%+v %+v", o, w.controls(t))
	}
}

func TestAReplayDoesWhatTheRunDid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	for _, o := range orders() {
		if o.Effect != nil && o.Effect.Stop || o.Pause || o.Step > 0 || o.Stop {
			continue
		}
		add(t, q, o)
	}
	some := spec.Audience{Agents: []string{"Р1", "Р2"}}
	for _, e := range []spec.Effect{
		{Tell: &spec.Tell{Text: "Снег"}}, {Goals: &spec.GoalChange{Add: []string{"петь"}, Audience: some}}, {Goals: &spec.GoalChange{Add: []string{"пить"}}},
		{Mood: &spec.MoodChange{Valence: 0.3, Audience: some}}, {Mood: &spec.MoodChange{Arousal: 0.9}}, {Follow: &spec.Ties{Who: some}}, {Model: &spec.ModelSwap{Use: "default"}},
	} {
		add(t, q, control.Order{Effect: &e})
	}
	add(t, q, visit("vote"))
	add(t, q, remembered("Что?"))
	want := w.ran(t, 4)

	again := newWorld(t)
	opts := again.options(4)
	again.store.deaf = true
	opts.Directors = []sim.Director{&control.Replay{Study: again.study, Environment: again.place, Recorded: func(_ context.Context, tick int64) iter.Seq2[event.Event, error] {
		return func(yield func(event.Event, error) bool) {
			for _, e := range w.store.OfKind(event.KindControl) {
				if e.Tick == tick && !yield(e, nil) {
					return
				}
			}
		}
	}}}
	if got := simtest.Run(t, opts); got.Digest != want.Digest || len(w.controls(t)) < 10 || len(again.desk.asked) > 0 || len(again.place.visits) != len(w.place.visits) {
		t.Errorf("replayed to %s, the run has %s and %d events", got.Digest, want.Digest, len(w.controls(t)))
	}
}
