package pool_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

func TestWhatMayPassIsTriedAgainLaterAndLater(t *testing.T) {
	t.Parallel()
	for _, kind := range []llm.ErrorKind{llm.Unavailable, llm.RateLimited, llm.ServerError, llm.Timeout} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := &fake{fails: until(3, fail(kind))}
				stats, p := one(pool.Model{Endpoints: endpoints(a), Retries: 3})
				began := time.Now()
				resp, err := p.Generate(t.Context(), llm.Request{Agent: "x"})
				if err != nil || resp.Text != "да x" || resp.Latency != time.Second {
					t.Fatalf("%+v, %v", resp, err)
				}
				// Pauses of 1, 2 and 4 s, three quarters of each with this jitter.
				if took := time.Since(began) - time.Second; took != 5250*time.Millisecond {
					t.Errorf("waited %v in all", took)
				}
				if s := stats.Stats("m"); s.Calls != 1 || s.Failures != 3 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

func TestWhatWillNotPassIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []llm.ErrorKind{llm.ModelMissing, llm.Unauthorized, llm.BadRequest, llm.BadReply} {
		a := &fake{fails: always(kind)}
		_, p := one(pool.Model{Endpoints: endpoints(a), Retries: 3})
		if _, err := p.Generate(t.Context(), llm.Request{}); !llm.IsKind(err, kind) || a.calls != 1 {
			t.Errorf("%s: %v after %d calls", kind, err, a.calls)
		}
	}
}

func TestARefusalAfterAFailureIsTheOneReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &fake{fails: func(n int) error {
			return fail([]llm.ErrorKind{llm.ServerError, llm.ModelMissing}[n])
		}}
		_, p := one(pool.Model{Endpoints: endpoints(a), Retries: 3})
		if _, err := p.Generate(t.Context(), llm.Request{}); !llm.IsKind(err, llm.ModelMissing) {
			t.Error(err)
		}
	})
}

func TestTheServersRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limited := &llm.Error{Kind: llm.RateLimited, After: 42 * time.Second, Err: errors.New("slow down")}
		a := &fake{fails: until(1, limited)}
		_, p := one(pool.Model{Endpoints: endpoints(a), Parallel: 4, Retries: 1})
		began := time.Now()
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if _, err := p.Generate(t.Context(), llm.Request{}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		group.Wait()
		if took := time.Since(began); took != 43*time.Second && took != 44*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestAVeryLongRetryAfterIsGivenBack(t *testing.T) {
	t.Parallel()
	limited := &llm.Error{Kind: llm.RateLimited, After: 5 * time.Hour, Err: errors.New("quota")}
	a := &fake{fails: until(9, limited)}
	_, p := one(pool.Model{Endpoints: endpoints(a), Retries: 5})
	if _, err := p.Generate(t.Context(), llm.Request{}); !llm.IsKind(err, llm.RateLimited) || !strings.Contains(err.Error(), "5h0m0s") || a.calls != 1 {
		t.Errorf("%v after %d calls", err, a.calls)
	}
}

func TestARequestThatTakesTooLongIsATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hour := &fake{takes: func(int, llm.Request) time.Duration { return time.Hour }}
		_, p := one(pool.Model{Endpoints: endpoints(hour), Timeout: 3 * time.Second, Retries: 1})
		began := time.Now()
		_, err := p.Generate(t.Context(), llm.Request{Model: "qwen"})
		if !llm.IsKind(err, llm.Timeout) || hour.calls != 2 {
			t.Fatalf("%v after %d calls", err, hour.calls)
		}
		for _, want := range []string{"http://0", "model qwen", "after 2 tries", "no answer in 3s", "`timeout`"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
		if took := time.Since(began); took < 6*time.Second || took > 8*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestWorkGoesOnAtOnceWhereAServerIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dead, well := &fake{fails: always(llm.Unavailable)}, &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(dead, well), Parallel: 2, Retries: 2})
		began := time.Now()
		var group sync.WaitGroup
		for i := range 100 {
			group.Go(func() {
				if _, err := p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if took := time.Since(began); took != 50*time.Second {
			t.Errorf("100 calls of 1 s in the 2 slots that are left took %v", took)
		}
		if n := dead.count(); n > 10 {
			t.Errorf("the dead server was asked %d times", n)
		}
	})
}

func TestAServerThatComesBackIsUsedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		back := &fake{fails: func(int) error {
			if time.Since(began) < 10*time.Second {
				return fail(llm.Unavailable)
			}
			return nil
		}}
		well := &fake{}
		_, p := one(pool.Model{Endpoints: endpoints(back, well), Retries: 2})
		var group sync.WaitGroup
		for i := range 60 {
			group.Go(func() { _, _ = p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i)}) })
		}
		group.Wait()
		if took := time.Since(began); took > 45*time.Second || back.count() < 15 {
			t.Errorf("60 calls took %v, %d at the server that came back", took, back.count())
		}
	})
}

func TestOneProbeStandsForAllThatWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dead := &fake{fails: always(llm.Unavailable)}
		_, p := one(pool.Model{Endpoints: endpoints(dead), Parallel: 4, Retries: 3})
		began := time.Now()
		var group sync.WaitGroup
		for i := range 500 {
			group.Go(func() {
				if _, err := p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i)}); !llm.IsKind(err, llm.Unavailable) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if took := time.Since(began); took > 12*time.Second || dead.count() > 10 {
			t.Errorf("500 agents learned in %v and %d requests that the server is down", took, dead.count())
		}
	})
}

func TestWhenAllAreDownTheErrorNamesEachAndWhatToDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := &fake{fails: always(llm.Unavailable)}, &fake{fails: always(llm.ServerError)}
		down := &llm.Error{Kind: llm.Unavailable, Endpoint: "http://0", Err: errors.New("connection refused"), Hint: "start it with `ollama serve`"}
		a.fails = func(int) error { return down }
		ill := &llm.Error{Kind: llm.ServerError, Endpoint: "http://1", Err: errors.New("HTTP 500"), Hint: "see its log"}
		b.fails = func(int) error { return ill }
		_, p := one(pool.Model{Endpoints: endpoints(a, b), Retries: 4})
		_, err := p.Generate(t.Context(), llm.Request{Model: "m"})
		for _, want := range []string{"http://0", "http://1", "2 endpoints", "5 tries", "connection refused", "HTTP 500", "ollama serve", "see its log"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	})
}

func TestALateCallLearnsWhatTheProbesFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dead := &fake{fails: always(llm.Unavailable)}
		_, p := one(pool.Model{Endpoints: endpoints(dead)})
		if _, err := p.Generate(t.Context(), llm.Request{}); !llm.IsKind(err, llm.Unavailable) {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := p.Generate(t.Context(), llm.Request{}); !llm.IsKind(err, llm.Unavailable) {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited == 0 || dead.count() != 2 {
			t.Errorf("%d requests, the second after %v", dead.count(), waited)
		}
	})
}

func TestAModelWithoutEndpointsSaysSo(t *testing.T) {
	t.Parallel()
	_, p := one(pool.Model{})
	if _, err := p.Generate(t.Context(), llm.Request{}); err == nil || !strings.Contains(err.Error(), "no endpoints") {
		t.Error(err)
	}
}
