// Package simtest holds the smallest world that the engine runs: a square where
// everybody hears everybody, minds that say what tick it is, and a store in
// memory. Tests of what acts on a run from outside stand on it.
package simtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/agent"
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Square is a place where everybody hears what was said in the last tick.
type Square struct {
	told  map[string][]sdk.Item
	said  []sdk.Item // last tick
	now   []sdk.Item // this tick
	Limit int64      // done after this tick, if positive
	done  bool
}

// NewSquare makes an empty square.
func NewSquare() *Square { return &Square{told: map[string][]sdk.Item{}} }

// Restore implements env.Environment.
func (s *Square) Restore(rows iter.Seq2[event.Row, error]) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := json.Unmarshal(row.JSON, &s.said); err != nil {
			return err
		}
	}
	return nil
}

// Tell implements env.Environment.
func (s *Square) Tell(_ env.Tick, told event.Told, agents []string) {
	for _, a := range agents {
		s.told[a] = append(s.told[a], sdk.Item{Kind: sdk.ItemEvent, Text: told.Text, Event: told.Event})
	}
}

// Turns implements env.Environment: whoever is awake speaks.
func (s *Square) Turns(_ context.Context, t env.Tick, awake []string) ([]env.Turn, error) {
	turns := make([]env.Turn, len(awake))
	for i, a := range awake {
		turns[i] = env.Turn{Agent: a, Acts: true}
	}
	s.done = s.Limit > 0 && t.Number >= s.Limit
	return turns, nil
}

// Observe implements env.Environment.
func (s *Square) Observe(_ context.Context, t env.Tick, a string) (sdk.Observation, []event.Event, error) {
	return sdk.Observation{Tick: t.Number, Time: t.Time.Format(time.RFC3339), Notifications: s.told[a], Timeline: s.said},
		[]event.Event{event.New(t.Number, a, event.KindExposure, event.Exposure{Feed: "square"})}, nil
}

// Actions implements env.Environment: say and shove, which is refused.
func (s *Square) Actions(string) []sdk.ActionSpec {
	return []sdk.ActionSpec{
		{Kind: "say", Args: []sdk.ArgSpec{{Name: "text", Required: true}, {Name: "tone", Values: []string{"low", "loud"}}}},
		{Kind: "shove"},
	}
}

// Apply implements env.Environment.
func (s *Square) Apply(_ context.Context, t env.Tick, a string, action sdk.Action) (env.Result, error) {
	if action.Kind == "shove" {
		return env.Result{}, &env.Refusal{Why: "no shoving"}
	}
	item := sdk.Item{ID: fmt.Sprintf("m%d-%d", t.Number, len(s.now)), Kind: sdk.ItemMessage, Author: a, Text: action.Arg("text")}
	s.now = append(s.now, item)
	return env.Result{Event: event.Action{Action: action, ID: item.ID, Text: item.Text}, Detail: "heard"}, nil
}

// Changes implements env.Environment.
func (s *Square) Changes() []event.Row {
	s.said, s.now, s.told = s.now, nil, map[string][]sdk.Item{}
	data, _ := json.Marshal(s.said)
	return []event.Row{{Kind: "said", ID: "last", JSON: data}}
}

// Done implements env.Environment.
func (s *Square) Done() bool { return s.done }

// Mind is a memory, a planner and a classifier whose goroutines take turns in
// no order at all.
type Mind struct {
	Decide func(sdk.PlanRequest) (sdk.Decision, error)
}

// Observe implements sdk.Memory: a record a tick.
func (Mind) Observe(_ context.Context, tick int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	var changes []sdk.RecordChange
	for _, s := range seen {
		data, _ := json.Marshal(len(s.Observation.Timeline) + len(s.Observation.Notifications))
		changes = append(changes, sdk.RecordChange{Record: sdk.Record{Agent: s.Agent.ID, Key: fmt.Sprint(tick), Kind: "seen", JSON: data}})
	}
	return changes, nil
}

// Recall implements sdk.Memory.
func (Mind) Recall(_ context.Context, _ int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	out := make([]sdk.Recollection, len(queries))
	for i, q := range queries {
		out[i].Text = "I am " + q.Agent.ID
	}
	return out, nil
}

// Plan implements sdk.Planner.
func (m Mind) Plan(_ context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	runtime.Gosched()
	if m.Decide != nil {
		return m.Decide(req)
	}
	text := fmt.Sprintf("%s at %d after %d", req.Recollection.Text, req.Tick, len(req.Observation.Timeline))
	return sdk.Decision{
		Plan:    &sdk.Plan{Purpose: fmt.Sprintf("talk %d", req.Tick/2)},
		Actions: []sdk.Action{{Kind: "say", Args: map[string]string{"text": text}}},
		Changes: []sdk.RecordChange{{Record: sdk.Record{Agent: req.Agent.ID, Key: "last", JSON: []byte(fmt.Sprint(req.Tick))}}},
	}, nil
}

// Classify implements sdk.Classifier by the length of texts.
func (Mind) Classify(_ context.Context, _ int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	for i, t := range texts {
		out[i] = sdk.Sentiment{Valence: float64(len(t)%7)/3 - 1, Label: sdk.Neutral}
	}
	return out, nil
}

// Shelf is a Store in memory that can fail at a tick.
type Shelf struct {
	mu      sync.Mutex
	Commits []event.Commit
	FailAt  int64
}

// ErrFull is the error of a Shelf that fails.
var ErrFull = errors.New("disk full")

// Commit implements sim.Store.
func (s *Shelf) Commit(_ context.Context, c event.Commit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.FailAt > 0 && c.Tick == s.FailAt {
		return ErrFull
	}
	s.Commits = append(s.Commits, c)
	return nil
}

// Len is how many commits there are by now.
func (s *Shelf) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.Commits)
}

// Records implements sim.Store.
func (s *Shelf) Records(_ context.Context, slot string) iter.Seq2[sdk.Record, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[[2]string]sdk.Record{}
	for _, c := range s.Commits {
		for _, p := range c.Records {
			for _, change := range p.Changes {
				if p.Plugin == slot {
					found[[2]string{change.Agent, change.Key}] = change.Record
				}
			}
		}
	}
	records := make([]sdk.Record, 0, len(found))
	for _, r := range found {
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b sdk.Record) int {
		return strings.Compare(a.Agent+"\x00"+a.Key, b.Agent+"\x00"+b.Key)
	})
	return func(yield func(sdk.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Events implements sim.Store.
func (s *Shelf) Events(_ context.Context, from int64) iter.Seq2[event.Event, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	commits := slices.Clone(s.Commits)
	return func(yield func(event.Event, error) bool) {
		for _, c := range commits {
			for _, e := range c.Events {
				if e.Tick >= from && !yield(e, nil) {
					return
				}
			}
		}
	}
}

// OfKind are the committed events of a kind.
func (s *Shelf) OfKind(kind event.Kind) []event.Event {
	var out []event.Event
	for _, c := range s.Commits {
		for _, e := range c.Events {
			if e.Kind == kind {
				out = append(out, e)
			}
		}
	}
	return out
}

// Residents are n agents with ids from a0001.
func Residents(n int) []spec.Resident {
	out := make([]spec.Resident, n)
	for i := range out {
		out[i] = spec.Resident{ID: fmt.Sprintf("a%04d", i+1), Model: "default", Persona: &sdk.Persona{
			Name: fmt.Sprint("Р", i), Traits: map[string]float64{"neuroticism": float64(i%3) - 1},
		}}
	}
	return out
}

// Options run n residents for some ticks; most are awake in each.
func Options(n, ticks int, place env.Environment, m Mind, store sim.Store) sim.Options {
	return sim.Options{
		Seed: 7, Clock: spec.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: ticks},
		Residents: Residents(n), Activity: []float64{0.8}, MaxActions: 2, Mood: agent.MoodRule{Decay: 0.8, Gain: 0.3},
		Events:      []sim.Due{{Tick: 1, Told: event.Told{Event: "news", Text: "Снег!"}, Agents: []string{"a0001"}}},
		Environment: place, Minds: func() sim.Minds { return sim.Minds{Memory: m, Planner: m, Classifier: m} }, Store: store,
	}
}

// Run runs to the end and fails the test where that cannot be.
func Run(t testing.TB, opts sim.Options) sim.Outcome {
	t.Helper()
	engine, err := sim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := engine.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}
