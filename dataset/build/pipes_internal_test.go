package build

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errBroken = errors.New("broken")

func TestOrderedGivesResultsInTheOrderOfTheJobs(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			var got []int
			err := ordered(t.Context(), count, func() func(int) int {
				return func(job int) int {
					time.Sleep(time.Duration(job*7919%13) * time.Millisecond)
					return job * job
				}
			}, func(_ context.Context, job func(int) error) error {
				for i := range 100 {
					if err := job(i); err != nil {
						return err
					}
				}
				return nil
			}, func(result int) error { got = append(got, result); return nil })
			want := make([]int, 100)
			for i := range want {
				want[i] = i * i
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v: %v", err, got)
			}
		})
	}
}

// Wherever it breaks, the error comes out and no goroutine stays behind: within
// a bubble of synctest one that does is a deadlock.
func TestOrderedEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	endless := func(_ context.Context, job func(int) error) error {
		for i := 0; ; i++ {
			if err := job(i); err != nil {
				return err
			}
		}
	}
	fine := func(int) error { return nil }
	for name, run := range map[string]func(t *testing.T) error{
		"producer": func(t *testing.T) error {
			t.Helper()
			return ordered(t.Context(), 3, identity, func(_ context.Context, job func(int) error) error {
				for i := range 20 {
					if err := job(i); err != nil {
						return err
					}
				}
				return errBroken
			}, fine)
		},
		"taker": func(t *testing.T) error {
			t.Helper()
			n := 0
			return ordered(t.Context(), 3, identity, endless, func(int) error {
				if n++; n == 10 {
					return errBroken
				}
				return nil
			})
		},
		"context": func(t *testing.T) error {
			t.Helper()
			ctx, cancel := context.WithCancelCause(t.Context())
			n := 0
			return ordered(ctx, 3, identity, endless, func(int) error {
				if n++; n == 10 {
					cancel(errBroken)
				}
				return nil
			})
		},
		"context before": func(t *testing.T) error {
			t.Helper()
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(errBroken)
			return ordered(ctx, 3, identity, endless, fine)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if err := run(t); !errors.Is(err, errBroken) {
					t.Error(err)
				}
			})
		})
	}
}

func identity() func(int) int { return func(i int) int { return i } }

func TestFanOutHandsEverythingToEveryOutput(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := make([][]int, 3)
		var outputs []func(<-chan int) error
		for i := range got {
			outputs = append(outputs, func(items <-chan int) error {
				for item := range items {
					time.Sleep(time.Duration(i) * time.Millisecond)
					got[i] = append(got[i], item)
				}
				return nil
			})
		}
		err := fanOut(t.Context(), outputs, func(_ context.Context, hand func(int) error) error {
			for i := range 50 {
				if err := hand(i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(got[0]) != 50 || fmt.Sprint(got[0]) != fmt.Sprint(got[1]) || fmt.Sprint(got[1]) != fmt.Sprint(got[2]) {
			t.Errorf("%v: %v", err, got)
		}
	})
}

func TestFanOutEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	drain := func(items <-chan int) error {
		for range items {
		}
		return nil
	}
	endless := func(_ context.Context, hand func(int) error) error {
		for {
			if err := hand(1); err != nil {
				return err
			}
		}
	}
	breaks := func(items <-chan int) error { <-items; return errBroken }
	late := func(items <-chan int) error { _ = drain(items); return errBroken } // as a full disk at the end does
	few := func(_ context.Context, hand func(int) error) error { return hand(1) }
	for name, c := range map[string]struct {
		outputs []func(<-chan int) error
		source  func(context.Context, func(int) error) error
		cancel  bool
	}{
		"output":         {[]func(<-chan int) error{drain, breaks, drain}, endless, false},
		"output at once": {[]func(<-chan int) error{func(<-chan int) error { return errBroken }}, endless, false},
		"output at last": {[]func(<-chan int) error{drain, late}, few, false},
		"source":         {[]func(<-chan int) error{drain, drain}, func(context.Context, func(int) error) error { return errBroken }, false},
		"context":        {[]func(<-chan int) error{drain, drain}, endless, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				if c.cancel {
					cancel(errBroken)
				}
				if err := fanOut(ctx, c.outputs, c.source); !errors.Is(err, errBroken) {
					t.Error(err)
				}
			})
		})
	}
}

// Workers do run side by side.
func TestOrderedUsesItsWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var busy, most atomic.Int32
		began := time.Now()
		err := ordered(t.Context(), 4, func() func(int) int {
			return func(int) int {
				most.Store(max(most.Load(), busy.Add(1)))
				time.Sleep(time.Second)
				busy.Add(-1)
				return 0
			}
		}, func(_ context.Context, job func(int) error) error {
			for i := range 40 {
				if err := job(i); err != nil {
					return err
				}
			}
			return nil
		}, func(int) error { return nil })
		if err != nil || time.Since(began) != 10*time.Second || busy.Load() != 0 {
			t.Errorf("%v after %v with %d at a time on %d processors", err, time.Since(began), most.Load(), runtime.NumCPU())
		}
	})
}
