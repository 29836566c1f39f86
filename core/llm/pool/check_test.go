package pool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

// checked is a fake that can be asked whether it is there.
type checked struct {
	*fake
	there  func(n int) error // nil: always
	checks atomic.Int64
}

func (c *checked) Models(ctx context.Context) ([]llm.ModelInfo, error) {
	n := int(c.checks.Add(1))
	if c.there == nil {
		return nil, nil
	}
	err := c.there(n - 1)
	if llm.IsKind(err, llm.Timeout) { // it takes the connection and says nothing
		<-ctx.Done()
	}
	return nil, err
}

// watched is a pool of checked fakes, with what it told of them.
type watched struct {
	*pool.Pool
	llm.Provider
	mu   sync.Mutex
	told []string
}

func watch(m pool.Model, servers ...llm.Provider) *watched {
	w := &watched{}
	m.Name = "m"
	for i, s := range servers {
		m.Endpoints = append(m.Endpoints, pool.Endpoint{Name: fmt.Sprintf("http://%d", i), Provider: s})
	}
	w.Pool = pool.New([]pool.Model{m}, pool.Options{Rand: half, OnChange: func(c pool.Change) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, c.Endpoint+" "+string(c.State))
	}})
	w.Provider = w.Model("m")
	return w
}

func (w *watched) states() (out []pool.State) {
	for _, h := range w.Health() {
		out = append(out, h.State)
	}
	return out
}

func TestADrainedServerTakesNoCallBeforeItAnswersAChecks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dies := &checked{fake: &fake{}}
		dies.there = until(3, fail(llm.Unavailable))
		dies.fails = func(n int) error {
			if n >= 2 && dies.checks.Load() < 4 {
				return fail(llm.Unavailable)
			}
			return nil
		}
		w := watch(pool.Model{Parallel: 1, Retries: 1}, dies, &fake{})
		agents := []string{"a", "b"}
		for i := range 40 {
			var group sync.WaitGroup
			for _, agent := range agents {
				group.Go(func() {
					if _, err := w.Generate(t.Context(), llm.Request{Agent: agent}); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			if i == 3 && !slices.Equal(w.states(), []pool.State{pool.Drained, pool.Well}) {
				t.Errorf("after the failure: %v", w.states())
			}
		}
		if n := dies.checks.Load(); n != 4 {
			t.Errorf("%d checks, of which three failed", n)
		}
		if !slices.Equal(w.told, []string{"http://0 drained", "http://0 well"}) {
			t.Errorf("told %q", w.told)
		}
		if n := dies.count(); n < 10 || !slices.Equal(w.states(), []pool.State{pool.Well, pool.Well}) {
			t.Errorf("%d calls at the server that came back: %v", n, w.states())
		}
	})
}

func TestACallThatHangsAtAServerThatIsGoneIsAnsweredElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hangs := &checked{fake: &fake{takes: func(int, llm.Request) time.Duration { return time.Hour }}, there: func(int) error { return fail(llm.Unavailable) }}
		w := watch(pool.Model{Timeout: 2 * time.Hour}, hangs, &fake{})
		began := time.Now()
		resp, err := w.Generate(t.Context(), llm.Request{Agent: "a"})
		if took := time.Since(began); err != nil || resp.Endpoint != "http://1" || took > 40*time.Second {
			t.Errorf("%+v, %v after %v", resp, err, took)
		}
		if hangs.count() != 1 {
			t.Errorf("%d calls", hangs.count())
		}
	})
}

func TestAServerThatIsBusyWithALongCallIsLeftToIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy := &checked{fake: &fake{takes: func(int, llm.Request) time.Duration { return 4 * time.Minute }}, there: func(int) error { return fail(llm.Timeout) }}
		w := watch(pool.Model{}, busy, &fake{})
		resp, err := w.Generate(t.Context(), llm.Request{Agent: "a"})
		if err != nil || resp.Endpoint != "http://0" || len(w.told) > 0 || busy.checks.Load() < 4 {
			t.Errorf("%+v, %v, told %q after %d checks", resp, err, w.told, busy.checks.Load())
		}
		time.Sleep(time.Minute) // the last check ends
	})
}

func TestAServerThatFailsOnceIsCheckedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		breaks := &checked{fake: &fake{fails: always(llm.ServerError)}, there: func(int) error { return fail(llm.Unavailable) }}
		hiccup := &checked{fake: &fake{fails: until(1, fail(llm.ServerError))}}
		for name, c := range map[string]struct {
			server *checked
			state  pool.State
		}{"it is gone": {breaks, pool.Drained}, "it answers": {hiccup, pool.Well}} {
			w := watch(pool.Model{Retries: 1}, c.server, &fake{})
			if _, err := w.Generate(t.Context(), llm.Request{Agent: "a"}); err != nil {
				t.Fatal(name, err)
			}
			synctest.Wait()
			if w.states()[0] != c.state || c.server.checks.Load() != 1 {
				t.Errorf("%s: %s after %d checks", name, w.states()[0], c.server.checks.Load())
			}
		}
	})
}

func TestAServerThatAsksForALongPauseHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		full := &llm.Error{Kind: llm.ServerError, Status: 503, After: 5 * time.Hour, Err: errors.New("loading")}
		loads := &checked{fake: &fake{fails: until(1, full)}}
		w := watch(pool.Model{}, loads, &fake{}) // no retries
		began := time.Now()
		for range 20 {
			if _, err := w.Generate(t.Context(), llm.Request{Agent: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 20*time.Second || loads.count() != 1 || loads.checks.Load() != 0 {
			t.Errorf("%v, %d calls, %d checks", took, loads.count(), loads.checks.Load())
		}
		time.Sleep(5 * time.Hour)
		for i := range 4 {
			if _, err := w.Generate(t.Context(), llm.Request{Agent: fmt.Sprint("b", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if loads.count() < 2 || w.states()[0] != pool.Well {
			t.Errorf("%d calls, %v after its pause", loads.count(), w.states())
		}
	})
}

func TestAServerThatSlowsDownKeepsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		a := &fake{takes: func(int, llm.Request) time.Duration {
			if slow.Load() {
				return 20 * time.Second
			}
			return time.Second
		}}
		b := &fake{}
		w := watch(pool.Model{Parallel: 4}, a, b)
		round := func() time.Duration {
			began := time.Now()
			var group sync.WaitGroup
			for i := range 16 {
				group.Go(func() {
					if _, err := w.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i)}); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			return time.Since(began)
		}
		for range 4 {
			round()
		}
		slow.Store(true)
		for range 3 {
			round()
		}
		before := a.count()
		round()
		if went := a.count() - before; went > 2 || w.states()[0] != pool.Slow || !slices.Contains(w.told, "http://0 slow") {
			t.Errorf("%d of 16 calls went to the slow server: %v, told %q", went, w.states(), w.told)
		}
		slow.Store(false)
		for range 12 {
			round()
		}
		before = a.count()
		round()
		if went := a.count() - before; went < 6 || w.states()[0] != pool.Well {
			t.Errorf("%d of 16 calls went to the server that is well again: %v, told %q", went, w.states(), w.told)
		}
	})
}

func TestHealthSaysWhy(t *testing.T) {
	t.Parallel()
	limited := &llm.Error{Kind: llm.RateLimited, After: time.Hour, Err: errors.New("slow down")}
	w := watch(pool.Model{}, &fake{fails: always(llm.Unavailable)}, &fake{fails: until(9, limited)})
	if _, err := w.Generate(t.Context(), llm.Request{}); err == nil {
		t.Fatal("an answer from nobody")
	}
	h := w.Health()
	if h[0].State != pool.Drained || !strings.Contains(h[0].Why, "as told") || h[0].Failures != 1 || h[0].Slots != 1 {
		t.Errorf("%+v", h[0])
	}
	if h[1].State != pool.Waiting || slices.Contains(w.told, "http://1 drained") {
		t.Errorf("%+v, told %q", h[1], w.told)
	}
}
