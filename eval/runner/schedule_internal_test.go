package runner

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

func goOn() bool { return false }

func never(error) bool { return false }

func wide(n int) func(string) room { return func(string) room { return room{slots: n, jobs: n} } }

func TestTheLongestJobsBeginFirst(t *testing.T) {
	t.Parallel()
	var done []int
	var all []*job
	for i, weight := range []int{1, 8, 1, 32, 8} {
		all = append(all, &job{lane: "m", order: i, weight: weight, do: func(context.Context) error { done = append(done, i); return nil }})
	}
	if err := run(t.Context(), all, wide(1), goOn, never); err != nil || !slices.Equal(done, []int{3, 1, 4, 0, 2}) {
		t.Error(done, err)
	}
}

func TestAJobWaitsForThoseBeforeIt(t *testing.T) {
	t.Parallel()
	for range 50 {
		var mu sync.Mutex
		var done []string
		named := func(name, lane string) *job {
			return &job{lane: lane, do: func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				done = append(done, name)
				return nil
			}}
		}
		a, b, judge, last := named("a", "x"), named("b", "y"), named("judge", "z"), named("last", "x")
		a.before(judge)
		b.before(judge)
		judge.before(last)
		if err := run(t.Context(), []*job{last, judge, b, a}, wide(3), goOn, never); err != nil || len(done) != 4 || done[2] != "judge" || done[3] != "last" {
			t.Fatal(done, err)
		}
	}
}

var errBad = errors.New("bad")

func TestAnErrorEndsTheRest(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	all := []*job{
		{lane: "a", do: func(context.Context) error { <-started; return errBad }},
		{lane: "b", do: func(ctx context.Context) error { close(started); <-ctx.Done(); return ctx.Err() }},
		{lane: "b", order: 1, do: func(context.Context) error { t.Error("a job began after the error"); return nil }},
	}
	if err := run(t.Context(), all, wide(1), goOn, never); !errors.Is(err, errBad) {
		t.Error(err)
	}
}

func TestAfterACalmErrorJobsUnderWayAreDone(t *testing.T) {
	t.Parallel()
	started, failed := make(chan struct{}), make(chan struct{})
	answered := false
	all := []*job{
		{lane: "a", do: func(context.Context) error { <-started; close(failed); return errBad }},
		{lane: "b", do: func(ctx context.Context) error {
			close(started)
			<-failed
			answered = ctx.Err() == nil
			return nil
		}},
		{lane: "b", order: 1, do: func(context.Context) error { t.Error("a job began after the error"); return nil }},
	}
	err := run(t.Context(), all, wide(1), goOn, func(err error) bool { return errors.Is(err, errBad) })
	if !errors.Is(err, errBad) || !answered {
		t.Error(err, answered)
	}
}

func TestAStopLeavesTheRest(t *testing.T) {
	t.Parallel()
	n := 0
	var all []*job
	for i := range 10 {
		all = append(all, &job{lane: "a", order: i, do: func(context.Context) error { n++; return nil }})
	}
	if err := run(t.Context(), all, wide(1), func() bool { return n == 3 }, never); !errors.Is(err, ErrStopped) || n != 3 {
		t.Error(n, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(ErrStopped)
	if err := run(ctx, all, wide(1), goOn, never); !errors.Is(err, ErrStopped) {
		t.Error(err)
	}
	if err := run(t.Context(), nil, wide(1), goOn, never); err != nil {
		t.Error(err)
	}
}
