package pool_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

// logNormal draws times with a mean.
func logNormal(mean time.Duration, sigma float64) func(int, llm.Request) time.Duration {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(1, 1))
	return func(int, llm.Request) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(float64(mean) * math.Exp(sigma*random.NormFloat64()-sigma*sigma/2))
	}
}

func TestSlotsAreBusyToTheEndOfATick(t *testing.T) {
	t.Parallel()
	const agents, slots, chain = 200, 16, 3
	synctest.Test(t, func(t *testing.T) {
		a := &fake{takes: logNormal(200*time.Millisecond, 0.5)}
		stats, p := one(pool.Model{Endpoints: endpoints(a), Parallel: slots})
		began := time.Now()
		for tick := range 5 {
			var group sync.WaitGroup
			for i := range agents {
				group.Go(func() {
					for k := range chain {
						if _, err := p.Generate(t.Context(), llm.Request{Agent: fmt.Sprint(i), Tick: int64(tick), Index: k}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait() // agents of the next tick see what these did
		}
		s := stats.Stats("m")
		used := s.Service.Seconds() / (slots * time.Since(began).Seconds())
		t.Logf("utilisation %.3f, median %v, 99th percentile %v", used, s.Latency.Quantile(0.5), s.Latency.Quantile(0.99))
		if used < 0.95 || s.Calls != agents*chain*5 {
			t.Errorf("%d calls, utilisation %.3f, want 0.95", s.Calls, used)
		}
	})
}

// instant answers at once.
type instant struct{}

func (instant) Generate(context.Context, llm.Request) (llm.Response, error) {
	return llm.Response{}, nil
}

func (instant) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, nil
}

// BenchmarkCall measures what the pool adds to a call.
func BenchmarkCall(b *testing.B) {
	for _, agents := range []int{1, 200, 10000} {
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			p := pool.New([]pool.Model{{Name: "m", Parallel: 8, Endpoints: []pool.Endpoint{
				{Name: "a", Provider: instant{}}, {Name: "b", Provider: instant{}},
			}}}, pool.Options{}).Model("m")
			var next atomic.Int64
			var group sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for i := range agents {
				agent := fmt.Sprint(i)
				group.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if _, err := p.Generate(b.Context(), llm.Request{Agent: agent}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
		})
	}
}
