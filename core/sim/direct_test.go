package sim_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// directing is a Director made of a function.
type directing func(t env.Tick, w *sim.World) (sim.Direction, error)

func (d directing) Direct(_ context.Context, t env.Tick, w *sim.World) (sim.Direction, error) {
	return d(t, w)
}

// probing is a Probe made of a function.
type probing func(t env.Tick, w *sim.World) (event.Findings, error)

func (p probing) Probe(_ context.Context, t env.Tick, w *sim.World) (event.Findings, error) {
	return p(t, w)
}

func countEvents(t *testing.T, w *sim.World) (n int, last int64) {
	t.Helper()
	last = -1
	for e, err := range w.Events(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		n, last = n+1, e.Tick
	}
	return n, last
}

// reform changes residents in tick 3: goals, mood and model of the first, who
// may be asleep, a newcomer, and something told.
func reform(t env.Tick, _ *sim.World) (sim.Direction, error) {
	if t.Number != 3 {
		return sim.Direction{}, nil
	}
	goals, mood, model := []string{"молчать"}, sdk.Mood{Valence: -0.9, Arousal: 0.9}, "other"
	return sim.Direction{
		Events: []event.Event{event.New(t.Number, "", event.KindInvalid, event.Invalid{Why: "a reform"})},
		Tell:   []sim.Due{{Tick: 99, Told: event.Told{Event: "reform", Text: "Реформа!"}, Agents: []string{"a0002"}}},
		Agents: []sim.AgentChange{{Agent: "a0001", Goals: &goals, Mood: &mood, Model: &model}},
		Newcomers: []spec.Resident{{
			ID: "a9999", Model: "default", Group: "new", Persona: &sdk.Persona{Name: "Новосёл"}, Goals: []string{"осмотреться"},
		}},
		Records: []event.PluginChanges{{Plugin: "mayor", Changes: []sdk.RecordChange{{Record: sdk.Record{Key: "term", JSON: []byte("1")}}}}},
	}, nil
}

func TestDirectorsChangeResidentsAndTheTickHoldsIt(t *testing.T) {
	t.Parallel()
	store := &simtest.Shelf{}
	opts := simtest.Options(3, 6, simtest.NewSquare(), simtest.Mind{}, store)
	opts.Activity = []float64{0} // everybody sleeps: changes are kept all the same
	opts.Directors = []sim.Director{directing(reform)}
	engine, err := sim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := store.Commits[3]
	if got := []event.Kind{c.Events[0].Kind, c.Events[1].Kind}; !slices.Equal(got, []event.Kind{event.KindInvalid, event.KindTold}) {
		t.Errorf("events %v", got)
	}
	state := map[string]event.AgentState{}
	for _, a := range c.Agents {
		state[a.ID] = a
	}
	if a := state["a0001"]; a.Model != "other" || a.Mood.Valence != -0.9 || !slices.Equal(a.Goals, []string{"молчать"}) {
		t.Errorf("the first resident is %+v", a)
	}
	if a := state["a9999"]; !slices.Equal(a.Goals, []string{"осмотреться"}) {
		t.Errorf("the newcomer is %+v", a)
	}
	if len(c.Newcomers) != 1 || c.Newcomers[0].Name != "Новосёл" || len(c.Records) != 1 || c.Records[0].Plugin != "mayor" {
		t.Errorf("newcomers %+v, records %+v", c.Newcomers, c.Records)
	}
	for agent, want := range map[string]string{"a0001": "other", "a0002": "default", "a9999": "default"} {
		if got, ok := engine.Model(agent); !ok || got != want {
			t.Errorf("%s thinks with %q", agent, got)
		}
	}
}

func TestWhatADirectorDidSurvivesAResume(t *testing.T) {
	t.Parallel()
	directed := func(ticks int, store *simtest.Shelf, from *sim.Checkpoint, place *simtest.Square, all []spec.Resident) sim.Options {
		opts := simtest.Options(3, ticks, place, simtest.Mind{}, store)
		opts.Directors, opts.Resume = []sim.Director{directing(reform)}, from
		if all != nil {
			opts.Residents = all
		}
		return opts
	}
	whole := simtest.Run(t, directed(8, &simtest.Shelf{}, nil, simtest.NewSquare(), nil))

	store, place := &simtest.Shelf{}, simtest.NewSquare()
	simtest.Run(t, directed(5, store, nil, place, nil))
	states := map[string]event.AgentState{}
	for _, c := range store.Commits {
		for _, a := range c.Agents {
			states[a.ID] = a
		}
	}
	from := &sim.Checkpoint{Tick: 4, Digest: store.Commits[4].Digest}
	for _, s := range states {
		from.Agents = append(from.Agents, s)
	}
	all := append(simtest.Residents(3), spec.Resident{ID: "a9999", Model: "default", Group: "new", Persona: &sdk.Persona{Name: "Новосёл"}})
	opts := directed(8, store, from, place, all)
	engine, err := sim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if model, _ := engine.Model("a0001"); model != "other" {
		t.Errorf("after the resume the resident thinks with %q", model)
	}
	resumed, err := engine.Run(t.Context())
	if err != nil || resumed.Digest != whole.Digest {
		t.Errorf("digest %s, uninterrupted %s, %v", resumed.Digest, whole.Digest, err)
	}
}

func TestADirectorSeesAllTicksBeforeItsOwnAndMayEndTheRun(t *testing.T) {
	t.Parallel()
	opts := simtest.Options(3, 20, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
	opts.Directors = []sim.Director{directing(func(at env.Tick, w *sim.World) (sim.Direction, error) {
		if _, last := countEvents(t, w); last != at.Number-1 {
			t.Errorf("in tick %d events go up to %d", at.Number, last)
		}
		n := 0
		for r, s := range w.Agents() {
			if r.ID != s.ID {
				t.Errorf("%s has the state of %s", r.ID, s.ID)
			}
			n++
		}
		if n != 3 {
			t.Errorf("%d residents", n)
		}
		return sim.Direction{End: at.Number == 4}, nil
	})}
	if outcome := simtest.Run(t, opts); outcome.Tick != 4 || !outcome.Done {
		t.Errorf("ended as %+v", outcome)
	}
}

func TestADirectorMayStopTheRunBeforeATickAndFindThings(t *testing.T) {
	t.Parallel()
	store := &simtest.Shelf{}
	opts := simtest.Options(3, 20, simtest.NewSquare(), simtest.Mind{}, store)
	opts.Directors = []sim.Director{directing(func(at env.Tick, _ *sim.World) (sim.Direction, error) {
		if at.Number == 4 {
			return sim.Direction{}, fmt.Errorf("told so: %w", sim.ErrStop)
		}
		return sim.Direction{Findings: event.Findings{Answers: []event.Answer{{Survey: "d", Tick: at.Number}}}}, nil
	})}
	opts.Probes = []sim.Probe{probing(func(at env.Tick, _ *sim.World) (event.Findings, error) {
		return event.Findings{Answers: []event.Answer{{Survey: "p", Tick: at.Number}}}, nil
	})}
	if outcome := simtest.Run(t, opts); outcome.Tick != 3 || outcome.Done {
		t.Errorf("ended as %+v", outcome)
	}
	for _, c := range store.Commits {
		if a := c.Findings.Answers; len(a) != 2 || a[0].Survey != "d" || a[1].Survey != "p" {
			t.Errorf("tick %d found %+v", c.Tick, a)
		}
	}
}

func TestDirectorsThatMakeNoSenseStopTheRun(t *testing.T) {
	t.Parallel()
	broken := errors.New("the town hall burnt down")
	for name, d := range map[string]directing{
		"fails": func(env.Tick, *sim.World) (sim.Direction, error) { return sim.Direction{}, broken },
		"changes a ghost": func(env.Tick, *sim.World) (sim.Direction, error) {
			return sim.Direction{Agents: []sim.AgentChange{{Agent: "ghost"}}}, nil
		},
		"welcomes a twin": func(env.Tick, *sim.World) (sim.Direction, error) {
			return sim.Direction{Newcomers: simtest.Residents(1)}, nil
		},
	} {
		opts := simtest.Options(2, 3, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
		opts.Directors = []sim.Director{d}
		engine, err := sim.New(opts)
		if err != nil {
			t.Fatal(err)
		}
		if outcome, err := engine.Run(t.Context()); err == nil || outcome.Tick != -1 {
			t.Errorf("%s: %+v, %v", name, outcome, err)
		}
	}
}

func TestProbesSeeTheWholeTickAndLeaveNoTrace(t *testing.T) {
	t.Parallel()
	plain := simtest.Run(t, simtest.Options(3, 6, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{}))
	store := &simtest.Shelf{}
	opts := simtest.Options(3, 6, simtest.NewSquare(), simtest.Mind{}, store)
	opts.Probes = []sim.Probe{probing(func(at env.Tick, w *sim.World) (event.Findings, error) {
		n, last := countEvents(t, w)
		if last != at.Number {
			t.Errorf("after tick %d events go up to %d", at.Number, last)
		}
		return event.Findings{Answers: []event.Answer{{Survey: "s", Question: fmt.Sprint(n), Agent: "a0001", Tick: at.Number}}}, nil
	})}
	probed := simtest.Run(t, opts)
	if probed.Digest != plain.Digest {
		t.Errorf("digest %s with a probe, %s without", probed.Digest, plain.Digest)
	}
	for _, c := range store.Commits {
		if len(c.Findings.Answers) != 1 || c.Findings.Answers[0].Tick != c.Tick {
			t.Errorf("tick %d found %+v", c.Tick, c.Findings)
		}
	}
}
