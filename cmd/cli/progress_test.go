package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
)

// watched runs four ticks of a run before a progress whose clock goes on by
// step a tick.
func watched(s *State, step time.Duration) (stdout, stderr string) {
	var out, err strings.Builder
	now := time.Unix(0, 0)
	s.Stdout, s.Stderr, s.Now = &out, &err, func() time.Time { return now }
	run := runner.Planned{Cell: spec.Cell{Name: "planner=а"}, Seed: 7, Dir: "d"}
	p := newProgress(s, []runner.Planned{run, {}})
	p.Started(run, 4)
	for tick := range int64(4) {
		now = now.Add(step)
		p.Ticked(run, sim.Progress{Tick: tick, Ticks: 4, Steps: 3}, runner.Usage{Calls: 10 * (tick + 1), Hits: 1, PromptTokens: 12_000})
	}
	p.Ended(run, runner.Result{Status: journal.Done, Ticks: 4})
	p.close()
	return out.String(), err.String()
}

func TestProgressIsLinesNowAndThenOffATerminal(t *testing.T) {
	t.Parallel()
	stdout, stderr := watched(&State{}, 3*time.Second)
	want := "planner=а 7: tick 2/4, 3 agents, 20 calls, 1 hits, 12k tokens, 6s left\n" +
		"planner=а 7: tick 4/4, 3 agents, 40 calls, 1 hits, 12k tokens, 0s left\n" +
		"planner=а 7: done after 4 ticks (1 of 2 runs)\n"
	if stdout != "" || stderr != want {
		t.Errorf("stdout %q, stderr %q, want %q", stdout, stderr, want)
	}
	if _, stderr := watched(&State{}, time.Millisecond); strings.Count(stderr, "\n") != 1 {
		t.Errorf("a short run prints %q", stderr)
	}
}

func TestProgressIsEventsWithJSON(t *testing.T) {
	t.Parallel()
	stdout, stderr := watched(&State{json: true}, time.Second)
	if strings.Count(stdout, `"event":"tick"`) != 4 || !strings.Contains(stdout, `"calls":40,"cell":"planner=а","event":"tick","hits":1`) || stderr != "" {
		t.Errorf("stdout %s, stderr %q", stdout, stderr)
	}
}

func TestProgressIsABarOnATerminal(t *testing.T) {
	t.Parallel()
	stdout, stderr := watched(&State{Terminal: true, Width: 120}, time.Second)
	if stdout != "" || !strings.Contains(stderr, "4/4") || !strings.Contains(stderr, "40 calls, 1 hits") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}
