package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// traced is a span that notes what began and ended below it.
type traced struct {
	notes *notes
	path  string
}

type notes struct {
	mu    sync.Mutex
	begun map[string]sim.Part
	ended map[string]int
}

func (s traced) Begin(p sim.Part) sim.Span {
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	at := fmt.Sprintf("%s/%s %d.%d", s.path, p.Name, p.Tick, p.Batch)
	s.notes.begun[at] = p
	return traced{s.notes, at}
}

func (s traced) End(error) {
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	s.notes.ended[s.path]++
}

func TestARunIsTracedByTickAndPhaseABatchAtATime(t *testing.T) {
	t.Parallel()
	n := &notes{begun: map[string]sim.Part{}, ended: map[string]int{}}
	opts := simtest.Options(600, 3, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
	opts.Activity, opts.Trace = []float64{1}, traced{n, "run"}
	plain := simtest.Options(600, 3, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
	plain.Activity = []float64{1}
	if simtest.Run(t, opts).Digest != simtest.Run(t, plain).Digest {
		t.Error("a traced run is another run")
	}
	for tick := range 3 {
		at := fmt.Sprintf("run/tick %d.0", tick)
		want := []string{at}
		for _, phase := range []string{"direct", "turns", "act", "probe", "commit"} {
			want = append(want, fmt.Sprintf("%s/%s %d.0", at, phase, tick))
		}
		for batch := range 3 { // 600 agents, 256 a batch
			for _, phase := range []string{"observe", "appraise", "remember", "recall", "plan"} {
				want = append(want, fmt.Sprintf("%s/%s %d.%d", at, phase, tick, batch))
			}
		}
		for _, span := range want {
			if _, begun := n.begun[span]; !begun || n.ended[span] != 1 {
				t.Errorf("%s: begun %t, ended %d times", span, begun, n.ended[span])
			}
		}
	}
	if len(n.begun) != 3*(1+5+15) {
		t.Errorf("%d spans: as many as agents?", len(n.begun))
	}
	if p := n.begun["run/tick 0.0/plan 0.2"]; p.Agents != 600-2*256 {
		t.Errorf("the last batch: %+v", p)
	}
}

func TestAnAgentThatDecidesIsInItsBatchsPhase(t *testing.T) {
	t.Parallel()
	var engine *sim.Engine
	var mu sync.Mutex
	var seen []string
	mind := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, engine.Span(req.Agent.ID).(traced).path, engine.Span("mayor").(traced).path)
		return sdk.Decision{}, nil
	}}
	opts := simtest.Options(1, 1, simtest.NewSquare(), mind, &simtest.Shelf{})
	opts.Activity = []float64{1}
	opts.Trace = traced{&notes{begun: map[string]sim.Part{}, ended: map[string]int{}}, "run"}
	var err error
	if engine, err = sim.New(opts); err != nil {
		t.Fatal(err)
	}
	if got := engine.Span("a0000").(traced).path; got != "run" {
		t.Errorf("before the run: %s", got)
	}
	if _, err := engine.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []string{"run/tick 0.0/plan 0.0", "run/tick 0.0/turns 0.0"}) {
		t.Errorf("%q", seen)
	}
	if got := engine.Span("a0000").(traced).path; !strings.HasSuffix(got, "probe 0.0") {
		t.Errorf("after its decision an agent is still in %s", got)
	}
}
