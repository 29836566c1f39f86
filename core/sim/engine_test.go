package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Not parallel: it sets GOMAXPROCS, which belongs to the whole process.
func TestDigestDoesNotDependOnProcessors(t *testing.T) {
	want := simtest.Run(t, simtest.Options(600, 6, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})).Digest
	for _, procs := range []int{1, 2, 8} {
		before := runtime.GOMAXPROCS(procs)
		got := simtest.Run(t, simtest.Options(600, 6, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})).Digest
		runtime.GOMAXPROCS(before)
		if got != want {
			t.Errorf("GOMAXPROCS=%d: digest %s, want %s", procs, got, want)
		}
	}
}

func TestDigestDependsOnTheSeed(t *testing.T) {
	t.Parallel()
	other := simtest.Options(20, 4, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
	other.Seed = 8
	if simtest.Run(t, other).Digest == simtest.Run(t, simtest.Options(20, 4, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})).Digest {
		t.Error("two seeds gave one digest")
	}
}

func TestResumeGivesTheDigestOfAnUninterruptedRun(t *testing.T) {
	t.Parallel()
	whole := &simtest.Shelf{}
	want := simtest.Run(t, simtest.Options(30, 8, simtest.NewSquare(), simtest.Mind{}, whole))
	for cut := range 8 {
		kept := whole.Commits[:cut+1]
		place := simtest.NewSquare()
		if err := place.Restore(rowsOf(kept)); err != nil {
			t.Fatal(err)
		}
		opts := simtest.Options(30, 8, place, simtest.Mind{}, &simtest.Shelf{})
		opts.Resume = &sim.Checkpoint{Tick: int64(cut), Digest: kept[cut].Digest, Agents: agentsOf(kept)}
		got := simtest.Run(t, opts)
		if got.Digest != want.Digest || got.Tick != want.Tick || !got.Done {
			t.Errorf("resumed after tick %d: %+v, want %+v", cut, got, want)
		}
	}
}

func rowsOf(commits []event.Commit) iter.Seq2[event.Row, error] {
	return func(yield func(event.Row, error) bool) {
		rows := commits[len(commits)-1].Rows
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func agentsOf(commits []event.Commit) []event.AgentState {
	latest := map[string]event.AgentState{}
	for _, c := range commits {
		for _, a := range c.Agents {
			latest[a.ID] = a
		}
	}
	var out []event.AgentState
	for _, a := range latest {
		out = append(out, a)
	}
	return out
}

func TestRefusedActionsAreRecordedAndTold(t *testing.T) {
	t.Parallel()
	var outcomes []sdk.Outcome
	m := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		if req.Tick == 1 {
			outcomes = req.Observation.Outcomes
		}
		return sdk.Decision{Actions: []sdk.Action{
			{Kind: "fly"}, {Kind: "say"}, {Kind: "shove"}, {Kind: "say", Args: map[string]string{"text": "hi", "tone": "shrill"}},
			{Kind: "say", Args: map[string]string{"text": "beyond the limit"}},
		}}, nil
	}}
	store := &simtest.Shelf{}
	opts := simtest.Options(1, 2, simtest.NewSquare(), m, store)
	opts.Activity, opts.MaxActions = []float64{1}, 4
	simtest.Run(t, opts)
	want := []string{`no such action here: "fly"`, "say needs text", "no shoving", `say: tone cannot be "shrill"`}
	if len(outcomes) != len(want) {
		t.Fatalf("outcomes %+v, want %d refusals", outcomes, len(want))
	}
	for i, o := range outcomes {
		if o.OK || o.Detail != want[i] {
			t.Errorf("outcome %d is %+v, want the refusal %q", i, o, want[i])
		}
	}
	if n := len(store.OfKind(event.KindInvalid)); n != 8 {
		t.Errorf("%d invalid events in two ticks, want 8", n)
	}
	if n := len(store.OfKind(event.KindAction)); n != 0 {
		t.Errorf("%d actions carried out, want none", n)
	}
}

func TestAReplyThatStaysBadSkipsTheTickOnly(t *testing.T) {
	t.Parallel()
	m := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		if req.Tick == 0 {
			return sdk.Decision{}, fmt.Errorf("plan: %w", sdk.Errorf(sdk.ErrModel, "not JSON"))
		}
		return simtest.Mind{}.Plan(context.Background(), req)
	}}
	store := &simtest.Shelf{}
	opts := simtest.Options(3, 2, simtest.NewSquare(), m, store)
	opts.Activity = []float64{1}
	if out := simtest.Run(t, opts); !out.Done {
		t.Fatalf("the run ended at tick %d", out.Tick)
	}
	invalid := store.OfKind(event.KindInvalid)
	if len(invalid) != 3 || !strings.Contains(string(invalid[0].Data), "not JSON") {
		t.Errorf("invalid events %v, want one an agent with the reason", invalid)
	}
	if n := len(store.OfKind(event.KindAction)); n != 3 {
		t.Errorf("%d actions in the second tick, want 3", n)
	}
}

func TestAPluginsOwnFaultEndsTheRun(t *testing.T) {
	t.Parallel()
	m := simtest.Mind{Decide: func(sdk.PlanRequest) (sdk.Decision, error) {
		return sdk.Decision{}, sdk.Errorf(sdk.ErrInternal, "nil map")
	}}
	store := &simtest.Shelf{}
	engine, err := sim.New(simtest.Options(3, 2, simtest.NewSquare(), m, store))
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := engine.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "nil map") || outcome.Tick != -1 || len(store.Commits) != 0 {
		t.Errorf("outcome %+v, error %v, %d commits; want an error and nothing committed", outcome, err, len(store.Commits))
	}
}

func TestAFailedCommitKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	store := &simtest.Shelf{FailAt: 3}
	engine, err := sim.New(simtest.Options(5, 6, simtest.NewSquare(), simtest.Mind{}, store))
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := engine.Run(t.Context())
	if !errors.Is(err, simtest.ErrFull) || outcome.Tick != 2 || outcome.Done || len(store.Commits) != 3 {
		t.Errorf("outcome %+v, error %v, %d commits; want ticks 0 to 2 and the disk's error", outcome, err, len(store.Commits))
	}
	short := simtest.Run(t, simtest.Options(5, 3, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{}))
	if outcome.Digest != short.Digest {
		t.Errorf("digest %s is not that of the committed ticks, %s", outcome.Digest, short.Digest)
	}
}

func TestStopEndsAtATick(t *testing.T) {
	t.Parallel()
	store := &simtest.Shelf{}
	opts := simtest.Options(5, 10, simtest.NewSquare(), simtest.Mind{}, store)
	asked := 0
	opts.Stop = func() bool { asked++; return asked > 4 }
	if out := simtest.Run(t, opts); out.Done || out.Tick != 3 || len(store.Commits) != 4 {
		t.Errorf("stopped with %+v and %d commits, want ticks 0 to 3", out, len(store.Commits))
	}
}

func TestAnEndedContextGivesItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("model is out of reach")
	ctx, cancel := context.WithCancelCause(t.Context())
	m := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		if req.Tick == 2 {
			cancel(cause)
			return sdk.Decision{}, sdk.Errorf(sdk.ErrInternal, "call failed")
		}
		return simtest.Mind{}.Plan(ctx, req)
	}}
	engine, err := sim.New(simtest.Options(4, 5, simtest.NewSquare(), m, &simtest.Shelf{}))
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := engine.Run(ctx)
	if !errors.Is(err, cause) || outcome.Tick != 1 {
		t.Errorf("outcome %+v, error %v; want tick 1 and the cause", outcome, err)
	}
}

func TestAnEnvironmentThatIsDoneEndsTheRun(t *testing.T) {
	t.Parallel()
	place := simtest.NewSquare()
	place.Limit = 2
	if out := simtest.Run(t, simtest.Options(3, 50, place, simtest.Mind{}, &simtest.Shelf{})); !out.Done || out.Tick != 2 {
		t.Errorf("ended with %+v, want done at tick 2", out)
	}
}

func TestSpokenTextsCarryTheirSentiment(t *testing.T) {
	t.Parallel()
	store := &simtest.Shelf{}
	simtest.Run(t, simtest.Options(3, 2, simtest.NewSquare(), simtest.Mind{}, store))
	for _, e := range store.OfKind(event.KindAction) {
		var a event.Action
		if err := json.Unmarshal(e.Data, &a); err != nil {
			t.Fatal(err)
		}
		if a.Sentiment == nil || a.Sentiment.Valence != float64(len(a.Text)%7)/3-1 {
			t.Fatalf("action %s: sentiment %+v", e.Data, a.Sentiment)
		}
	}
}

func TestNewsMovesTheMoodOfThoseItReaches(t *testing.T) {
	t.Parallel()
	store := &simtest.Shelf{}
	opts := simtest.Options(2, 2, simtest.NewSquare(), simtest.Mind{Decide: func(sdk.PlanRequest) (sdk.Decision, error) { return sdk.Decision{}, nil }}, store)
	opts.Activity = []float64{1}
	simtest.Run(t, opts)
	for _, e := range store.OfKind(event.KindMood) {
		var m event.Mood
		if err := json.Unmarshal(e.Data, &m); err != nil {
			t.Fatal(err)
		}
		told := e.Tick == 1 && e.Agent == "a0001"
		if (m.Stimuli == 1) != told {
			t.Errorf("tick %d, %s: %+v", e.Tick, e.Agent, m)
		}
	}
}
