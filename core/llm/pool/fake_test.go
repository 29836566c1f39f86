package pool_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

// fake is a server whose answers take a time, and fail as told.
type fake struct {
	takes func(n int, req llm.Request) time.Duration // nil: a second
	fails func(n int) error                          // nil: never

	mu       sync.Mutex
	calls    int
	inFlight int
	peak     int
	agents   []string // in the order in which they came
	texts    int
	last     int // texts of the last request
}

func (f *fake) begin(agent string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n = f.calls
	f.calls++
	f.inFlight++
	f.peak = max(f.peak, f.inFlight)
	f.agents = append(f.agents, agent)
	return n
}

func (f *fake) work(ctx context.Context, req llm.Request) error {
	n := f.begin(req.Agent)
	defer func() { f.mu.Lock(); f.inFlight--; f.mu.Unlock() }()
	takes := time.Second
	if f.takes != nil {
		takes = f.takes(n, req)
	}
	if f.fails != nil {
		if err := f.fails(n); err != nil {
			return err
		}
	}
	select {
	case <-time.After(takes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *fake) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	return llm.Response{Text: "да " + req.Agent}, f.work(ctx, req)
}

func (f *fake) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	out := llm.EmbedResponse{Tokens: len(req.Texts)}
	for _, text := range req.Texts {
		out.Vectors = append(out.Vectors, []float32{float32(len(text)), 1})
	}
	f.mu.Lock()
	f.texts += len(req.Texts)
	f.last = len(req.Texts)
	f.mu.Unlock()
	return out, f.work(ctx, llm.Request{})
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// fail makes an error of a kind.
func fail(kind llm.ErrorKind) error {
	return &llm.Error{Kind: kind, Endpoint: "http://x", Model: "m", Hint: "start it", Err: errors.New("as told")}
}

// always fails.
func always(kind llm.ErrorKind) func(int) error { return func(int) error { return fail(kind) } }

// until fails the first n calls.
func until(n int, err error) func(int) error {
	return func(i int) error {
		if i < n {
			return err
		}
		return nil
	}
}

// endpoints names fakes http://0, http://1, …
func endpoints(fakes ...*fake) (out []pool.Endpoint) {
	for i, f := range fakes {
		out = append(out, pool.Endpoint{Name: "http://" + string(rune('0'+i)), Provider: f})
	}
	return out
}

func half() float64 { return 0.5 }

// one is a pool of one model.
func one(m pool.Model) (*pool.Pool, llm.Provider) {
	m.Name = "m"
	p := pool.New([]pool.Model{m}, pool.Options{Rand: half})
	return p, p.Model("m")
}
