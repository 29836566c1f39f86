package sim_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// A plugin that is restarted in the middle of a tick must find what it changed
// in this tick and in those that are computed but not yet stored.
func TestRecordsIncludeWhatIsNotYetCommitted(t *testing.T) {
	t.Parallel()
	var engine *sim.Engine
	got := map[string]string{}
	store := &simtest.Shelf{}
	opts := simtest.Options(1, 3, simtest.NewSquare(), simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		if req.Tick == 2 {
			for r, err := range engine.Records(context.Background(), sim.SlotMemory) {
				if err != nil {
					return sdk.Decision{}, err
				}
				got[r.Key] = string(r.JSON)
			}
		}
		return sdk.Decision{}, nil
	}}, store)
	opts.Activity = []float64{1}
	var err error
	if engine, err = sim.New(opts); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"0", "1", "2"}; !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		t.Errorf("records %v, want keys %v", got, want)
	}
}

func TestRecordsComeInOrderWithChangesLaidOver(t *testing.T) {
	t.Parallel()
	var engine *sim.Engine
	var got []string
	change := func(key, value string, del bool) sdk.RecordChange {
		return sdk.RecordChange{Record: sdk.Record{Agent: "a0001", Key: key, JSON: []byte(value)}, Delete: del}
	}
	script := [][]sdk.RecordChange{
		{change("b", "1", false), change("d", "1", false), change("e", "1", false)},
		{change("a", "2", false), change("c", "2", false), change("d", "", true), change("e", "2", false), change("f", "2", false)},
	}
	m := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		if req.Tick < 2 {
			return sdk.Decision{Changes: script[req.Tick]}, nil
		}
		return sdk.Decision{}, nil
	}}
	opts := simtest.Options(1, 2, simtest.NewSquare(), m, &simtest.Shelf{FailAt: 1}) // the second tick stays uncommitted
	opts.Activity = []float64{1}
	var err error
	if engine, err = sim.New(opts); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Run(t.Context()); err == nil {
		t.Fatal("the second commit was to fail")
	}
	for r, err := range engine.Records(t.Context(), sim.SlotPlanner) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s=%s", r.Key, r.JSON))
	}
	if want := []string{"a=2", "b=1", "c=2", "e=2", "f=2"}; !slices.Equal(got, want) {
		t.Errorf("records %v, want %v", got, want)
	}
}

func TestStreamsDependOnEveryNameAndNothingElse(t *testing.T) {
	t.Parallel()
	base := sim.Stream{Seed: 1, Agent: "a1", Tick: 2, Purpose: "feed", Index: 3}
	others := []sim.Stream{
		{Seed: 2, Agent: "a1", Tick: 2, Purpose: "feed", Index: 3}, {Seed: 1, Agent: "a", Tick: 2, Purpose: "1feed", Index: 3},
		{Seed: 1, Agent: "a1", Tick: 3, Purpose: "feed", Index: 3}, {Seed: 1, Agent: "a1", Tick: 2, Purpose: "seed", Index: 3},
		{Seed: 1, Agent: "a1", Tick: 2, Purpose: "feed", Index: 4},
	}
	same := base
	if same.Derive() != base.Derive() || same.Rand().Uint64() != base.Rand().Uint64() {
		t.Error("the same names gave two streams")
	}
	for _, o := range others {
		if o.Derive() == base.Derive() || o.Rand().Uint64() == base.Rand().Uint64() {
			t.Errorf("%+v is the same stream as %+v", o, base)
		}
	}
}
