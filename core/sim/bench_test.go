package sim_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
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

// simulate runs residents who ask an instant model each tick, and returns how
// long a tick took. A trace of nil is none.
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
		return sdk.Decision{Actions: []sdk.Action{{Kind: "say", Args: map[string]string{"text": "да"}}}}, err
	}}
	opts := simtest.Options(benchResidents, benchTicks, simtest.NewSquare(), mind, &simtest.Shelf{})
	opts.Trace = trace
	var err error
	if engine, err = sim.New(opts); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if _, err := engine.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	return time.Since(began) / benchTicks
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
// reports the median tick and what others take of it.
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
	median := func(name string) float64 {
		slices.Sort(took[name])
		return took[name][len(took[name])/2].Seconds()
	}
	none := median("none")
	b.ReportMetric(none*1e3, "ms/tick")
	for name := range all {
		if name != "none" {
			b.ReportMetric(median(name)/none, fmt.Sprintf("%s/none", name))
		}
	}
}
