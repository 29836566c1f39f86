package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/eval/runner"
)

// shownEval is what is shown of an evaluation whose clock goes on by step an
// item.
func shownEval(s *State, step time.Duration) (stdout, stderr string) {
	var out, err strings.Builder
	now := time.Unix(0, 0)
	s.Stdout, s.Stderr, s.Now = &out, &err, func() time.Time { return now }
	p := newEvalProgress(s)
	p.Progress(runner.Progress{Total: 4})
	for done := range 4 {
		now = now.Add(step)
		p.Progress(runner.Progress{Done: done + 1, Total: 4, Replies: int64(6 * (done + 1)), Hits: 2, Unusable: int64(done / 3), ReplyTokens: 12_000})
	}
	p.Progress(runner.Progress{Done: 1, Total: 4}) // it came late
	p.close()
	p.close()
	return out.String(), err.String()
}

func TestAnEvaluationsProgressIsLinesNowAndThenOffATerminal(t *testing.T) {
	t.Parallel()
	stdout, stderr := shownEval(&State{}, 3*time.Second)
	want := "asked 2 of 4, 2.0 replies/s, 2 hits, 12k tok, 6s left\n" +
		"asked 4 of 4, 2.0 replies/s, 2 hits, 12k tok, 1 unusable, 0s left\n"
	if stdout != "" || stderr != want {
		t.Errorf("stdout %q, stderr %q, want %q", stdout, stderr, want)
	}
}

func TestAnEvaluationsProgressIsJSONLinesForMachines(t *testing.T) {
	t.Parallel()
	stdout, stderr := shownEval(&State{json: true}, 700*time.Millisecond)
	if strings.Count(stdout, "\n") != 2 || !strings.Contains(stdout, `"done":4`) || !strings.Contains(stdout, `"replies_per_second":8.57`) || stderr != "" {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}

func TestAnEvaluationsProgressIsABarOnATerminal(t *testing.T) {
	t.Parallel()
	stdout, stderr := shownEval(&State{Terminal: true, Width: 120}, time.Second)
	if stdout != "" || !strings.Contains(stderr, "4/4") || !strings.Contains(stderr, "replies/s") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}
