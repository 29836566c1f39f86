package pool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

func TestSlotsAreNeverExceededAndAllUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := &fake{}, &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(a, b), Parallel: 3})
		began := time.Now()
		var group sync.WaitGroup
		for i := range 60 {
			group.Go(func() {
				if _, err := p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if a.peak != 3 || b.peak != 3 {
			t.Errorf("at most %d and %d at once, want 3 and 3", a.peak, b.peak)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("60 calls of 1 s in 6 slots took %v", took)
		}
	})
}

func TestOneAfterTheOtherIsTheDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(a)})
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { _, _ = p.Generate(t.Context(), llm.Request{}) })
		}
		group.Wait()
		if a.peak != 1 || a.calls != 3 {
			t.Errorf("%d at once of %d", a.peak, a.calls)
		}
	})
}

func TestWhoCameFirstGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(a)})
		var want []string
		var group sync.WaitGroup
		for i := range 20 {
			agent := fmt.Sprint("a", i)
			want = append(want, agent)
			group.Go(func() { // each asks twice: a chain goes behind those that wait
				for range 2 {
					_, _ = p.Generate(t.Context(), llm.Request{Agent: agent})
				}
			})
			synctest.Wait()
		}
		group.Wait()
		if want = append(want, want...); !slices.Equal(a.agents, want) {
			t.Errorf("came in the order %v", a.agents)
		}
	})
}

func TestModelsAtOneServerShareItsSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &fake{}
		p := pool.New([]pool.Model{
			{Name: "big", Endpoints: endpoints(server), Parallel: 1},
			{Name: "small", Endpoints: endpoints(server), Parallel: 2},
		}, pool.Options{})
		var group sync.WaitGroup
		for i := range 20 {
			name := []string{"big", "small"}[i%2]
			group.Go(func() { _, _ = p.Model(name).Generate(t.Context(), llm.Request{Agent: name}) })
			synctest.Wait()
		}
		group.Wait()
		if server.peak != 2 {
			t.Errorf("%d at once, want 2", server.peak)
		}
		if first := server.agents[:10]; !slices.Contains(first, "big") || !slices.Contains(first, "small") {
			t.Errorf("one model waited for the other: %v", server.agents)
		}
	})
	if pool.New(nil, pool.Options{}).Model("none") != nil {
		t.Error("a model that nobody named has a provider")
	}
}

func TestAgentsStayWhereTheirPrefixIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		servers := []*fake{{}, {}, {}}
		_, p := one(pool.Model{Endpoints: endpoints(servers...), Parallel: 2})
		homes := make([]map[string]bool, 30)
		var group sync.WaitGroup
		for i := range homes {
			homes[i] = map[string]bool{}
			group.Go(func() {
				for range 10 {
					resp, err := p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i)})
					if err != nil {
						t.Error(err)
					}
					homes[i][resp.Endpoint] = true
				}
			})
		}
		group.Wait()
		moved := 0
		for _, h := range homes {
			moved += len(h) - 1
		}
		if moved > 0 {
			t.Errorf("agents moved %d times although all servers were equally busy", moved)
		}
		for i, s := range servers {
			if s.calls < 80 || s.calls > 120 {
				t.Errorf("server %d had %d of 300 calls", i, s.calls)
			}
		}
	})
}

func TestAgentsDoNotWaitForTheirServerWhileAnotherIsFree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := &fake{}, &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(a, b)})
		first, _ := p.Generate(t.Context(), llm.Request{Agent: "x"})
		began := time.Now()
		var group sync.WaitGroup
		for range 2 { // both are at home at the first server
			group.Go(func() { _, _ = p.Generate(t.Context(), llm.Request{Agent: "x"}) })
			synctest.Wait()
		}
		group.Wait()
		if took := time.Since(began); took != time.Second || a.calls+b.calls != 3 || a.calls == 0 || b.calls == 0 {
			t.Errorf("after %s: %d and %d calls in %v", first.Endpoint, a.calls, b.calls, took)
		}
	})
}

func TestAWaitThatIsCalledOffFreesItsPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{}
		stats, p := one(pool.Model{Endpoints: endpoints(a)})
		go func() { _, _ = p.Generate(t.Context(), llm.Request{Agent: "first"}) }()
		synctest.Wait()
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 2)
		for range 2 {
			go func() { _, err := p.Generate(ctx, llm.Request{Agent: "second"}); ended <- err }()
		}
		synctest.Wait()
		if s := stats.Stats("m"); s.Queued != 2 || s.InFlight != 1 || s.Slots != 1 {
			t.Errorf("%+v", s)
		}
		why := errors.New("the run is over")
		cancel(why)
		for range 2 {
			if err := <-ended; !errors.Is(err, why) {
				t.Errorf("%v", err)
			}
		}
		if _, err := p.Generate(t.Context(), llm.Request{Agent: "third"}); err != nil {
			t.Error(err)
		}
		if s := stats.Stats("m"); s.Queued != 0 || s.InFlight != 0 || !slices.Equal(a.agents, []string{"first", "third"}) {
			t.Errorf("%+v, asked by %v", s, a.agents)
		}
	})
}

func TestACallThatIsCalledOffInFlightSaysNothingOfTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{}
		stats, p := one(pool.Model{Endpoints: endpoints(a), Retries: 3})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { _, err := p.Generate(ctx, llm.Request{}); ended <- err }()
		synctest.Wait()
		cancel()
		var e *llm.Error
		if err := <-ended; !errors.Is(err, context.Canceled) || errors.As(err, &e) {
			t.Errorf("%v", err)
		}
		began := time.Now()
		if _, err := p.Generate(t.Context(), llm.Request{}); err != nil || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if s := stats.Stats("m"); s.Failures != 0 || s.Calls != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestManyTextsAreEmbeddedInSeveralSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(a), Parallel: 4})
		texts := make([]string, 200)
		for i := range texts {
			texts[i] = string(make([]byte, i))
		}
		began := time.Now()
		resp, err := p.Embed(t.Context(), llm.EmbedRequest{Texts: texts})
		if err != nil || len(resp.Vectors) != 200 || resp.Tokens != 200 || a.texts != 200 {
			t.Fatalf("%d vectors, %d tokens, %v", len(resp.Vectors), resp.Tokens, err)
		}
		for i, v := range resp.Vectors {
			if v[0] != float32(i) {
				t.Fatalf("vector %d is of text %v", i, v[0])
			}
		}
		if a.peak != 4 || time.Since(began) != time.Second {
			t.Errorf("%d at once, in %v", a.peak, time.Since(began))
		}
	})
}

func TestTheMostUrgentGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(a)})
		var group sync.WaitGroup
		for i, urgency := range []int{0, 0, 3, 0, 7, 3} {
			group.Go(func() { _, _ = p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i), Urgency: urgency}) })
			synctest.Wait()
		}
		group.Wait()
		if want := []string{"0", "4", "2", "5", "1", "3"}; !slices.Equal(a.agents, want) {
			t.Errorf("came in the order %v", a.agents)
		}
	})
}
