//go:build unix

package sim_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/core/telemetry"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	benchResidents = 2000
	benchTicks     = 4
)

// instant is a model that takes no time.
type instant struct{}

func (instant) Generate(context.Context, llm.Request) (llm.Response, error) {
	return llm.Response{Text: "да", PromptTokens: 100, ReplyTokens: 2}, nil
}

func (instant) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, nil
}

// nothing is a span that tells nobody.
type nothing struct{}

func (nothing) Begin(sim.Part) sim.Span { return nothing{} }
func (nothing) End(error)               {}

// collector takes traces and does nothing with them. Each run has an exporter of
// its own, as it has in life.
func collector(b *testing.B) *telemetry.Traces {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	b.Cleanup(server.Close)
	traces, err := telemetry.Open(b.Context(), telemetry.Options{Endpoint: server.URL, Getenv: func(string) string { return "" }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { traces.Close(b.Context()) })
	return traces
}

// simulate runs residents who ask an instant model each tick, and returns the
// processors' time of a tick. A trace of nil is none.
func simulate(b *testing.B, trace sim.Span) time.Duration {
	b.Helper()
	var engine *sim.Engine
	var model llm.Provider = instant{}
	if trace != nil {
		defer trace.End(nil)
		model = telemetry.Layer(model, func(agent string) sim.Span { return engine.Span(agent) })
	}
	mind := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		_, err := model.Generate(b.Context(), llm.Request{Model: "m", Agent: req.Agent.ID, Tick: req.Tick, Purpose: "plan"})
		return sdk.Decision{}, err // what all say would be heard by all, and cost more than all else
	}}
	opts := simtest.Options(benchResidents, benchTicks, simtest.NewSquare(), mind, &simtest.Shelf{})
	opts.Trace = trace
	var err error
	if engine, err = sim.New(opts); err != nil {
		b.Fatal(err)
	}
	runtime.GC() // what others left
	began := spent(b)
	if _, err := engine.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	return (spent(b) - began) / benchTicks
}

// spent is the processors' time of this process until now: others on the machine
// make a run longer, not that.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkTick is the engine alone: its residents' minds and the place cost next
// to nothing.
func BenchmarkTick(b *testing.B) {
	traces := collector(b)
	for name, begin := range tracers(traces) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				simulate(b, begin(b))
			}
		})
	}
}

// tracers begin the span of a run. Traces is what the runner has where a
// collector is named; off is what it has where none is.
func tracers(traces *telemetry.Traces) map[string]func(*testing.B) sim.Span {
	return map[string]func(*testing.B) sim.Span{
		"none":      func(*testing.B) sim.Span { return nil },
		"off":       func(b *testing.B) sim.Span { return (*telemetry.Traces)(nil).Begin(b.Context(), telemetry.Run{}) },
		"noop":      func(*testing.B) sim.Span { return nothing{} },
		"exporting": func(b *testing.B) sim.Span { return traces.Begin(b.Context(), telemetry.Run{Study: "bench"}) },
	}
}

// BenchmarkTracing takes turns, as a machine is never equally fast for long, and
// reports a tick at its best and what others take of it. The collector and what
// sends to it are of the same process, and count.
func BenchmarkTracing(b *testing.B) {
	all := tracers(collector(b))
	took := map[string][]time.Duration{}
	names := []string{"none", "off", "noop", "exporting"}
	for b.Loop() {
		for _, name := range names {
			took[name] = append(took[name], simulate(b, all[name](b)))
		}
		names = append(names[1:], names[0]) // nobody is always first
	}
	none := slices.Min(took["none"]).Seconds()
	b.ReportMetric(none*1e3, "cpu-ms/tick")
	for _, name := range []string{"off", "noop", "exporting"} {
		b.ReportMetric(slices.Min(took[name]).Seconds()/none, name+"/none")
	}
}
