package telemetry_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	v1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/telemetry"
	"github.com/llm-city/gorod/plugins/sdk"
)

// collected is what a fake collector took.
type collected struct {
	mu       sync.Mutex
	spans    []*v1.Span
	service  string
	raw      bytes.Buffer
	paths    []string
	problems []error
}

func (c *collected) take(r *http.Request) error {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return err
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	var req collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(data, &req); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(data)
	c.paths = append(c.paths, r.URL.Path)
	for _, r := range req.ResourceSpans {
		for _, a := range r.Resource.Attributes {
			if a.Key == "service.name" {
				c.service = a.Value.GetStringValue()
			}
		}
		for _, s := range r.ScopeSpans {
			c.spans = append(c.spans, s.Spans...)
		}
	}
	return nil
}

func collect(t *testing.T) (*collected, string) {
	t.Helper()
	c := &collected{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := c.take(r); err != nil {
			c.mu.Lock()
			c.problems = append(c.problems, err)
			c.mu.Unlock()
		}
	}))
	t.Cleanup(server.Close)
	return c, server.URL
}

// lines is a log that several goroutines write.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// named are the spans of a name.
func (c *collected) named(name string) (out []*v1.Span) {
	for _, s := range c.spans {
		if s.Name == name {
			out = append(out, s)
		}
	}
	return out
}

// said are a span's attributes.
func said(s *v1.Span) map[string]string {
	out := map[string]string{}
	for _, a := range s.Attributes {
		switch v := a.Value; {
		case v.GetStringValue() != "":
			out[a.Key] = v.GetStringValue()
		default:
			out[a.Key] = strings.TrimPrefix(v.String(), "int_value:")
		}
	}
	return out
}

func none(string) string { return "" }

func open(t *testing.T, opts telemetry.Options) *telemetry.Traces {
	t.Helper()
	if opts.Getenv == nil {
		opts.Getenv = none
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	traces, err := telemetry.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

// model answers with a secret, or fails with one.
type model struct{ fails bool }

func (m model) Generate(context.Context, llm.Request) (llm.Response, error) {
	if m.fails {
		return llm.Response{}, &llm.Error{Kind: llm.ServerError, Endpoint: "http://gpu1:11434", Err: errors.New("cannot say СЕКРЕТ")}
	}
	return llm.Response{Text: "СЕКРЕТ", PromptTokens: 20, ReplyTokens: 7, Endpoint: "http://gpu1:11434"}, nil
}

func (m model) Embed(_ context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{Tokens: len(req.Texts), Cached: true}, nil
}

func TestATraceHasTheRunItsTickAPhaseAndItsCalls(t *testing.T) {
	t.Parallel()
	c, url := collect(t)
	traces := open(t, telemetry.Options{Endpoint: url, Version: "v1.2.3"})
	run := traces.Begin(t.Context(), telemetry.Run{Study: "first", Cell: "a=1", Seed: 42, Agents: 3, Ticks: 2})
	tick := run.Begin(sim.Part{Name: "tick", Tick: 1})
	plan := tick.Begin(sim.Part{Name: "plan", Tick: 1, Batch: 2, Agents: 3})
	asks := telemetry.Layer(model{}, func(string) sim.Span { return plan })
	fails := telemetry.Layer(model{fails: true}, func(string) sim.Span { return plan })
	req := llm.Request{Model: "qwen3:4b", Agent: "Анна", Tick: 1, Purpose: "plan", Messages: []sdk.Message{{Role: "user", Content: "СЕКРЕТ"}}}
	for range 100 {
		if _, err := asks.Generate(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := fails.Generate(t.Context(), req); err == nil {
		t.Fatal("the layer swallows errors")
	}
	if _, err := asks.Embed(t.Context(), llm.EmbedRequest{Model: "bge", Texts: []string{"СЕКРЕТ", "x"}}); err != nil {
		t.Fatal(err)
	}
	plan.End(nil)
	tick.End(errors.New("disk is full of СЕКРЕТ"))
	run.End(nil)
	traces.Close(t.Context())

	if len(c.problems) > 0 || c.service != "gorod" || !slices.Contains(c.paths, "/v1/traces") {
		t.Fatalf("%v, service %q, paths %q", c.problems, c.service, c.paths)
	}
	for child, parent := range map[string]string{"tick": "run", "plan": "tick", "chat qwen3:4b": "plan"} {
		for _, s := range c.named(child) {
			if above := c.named(parent); len(above) != 1 || !bytes.Equal(s.ParentSpanId, above[0].SpanId) || !bytes.Equal(s.TraceId, above[0].TraceId) {
				t.Errorf("%s is not in %s", child, parent)
			}
		}
	}
	calls := c.named("chat qwen3:4b")
	if len(calls) != 32+1 {
		t.Fatalf("%d spans of 101 calls", len(calls))
	}
	first := said(calls[0])
	for key, want := range map[string]string{"gen_ai.request.model": "qwen3:4b", "gorod.endpoint": "http://gpu1:11434", "gorod.agent": "Анна",
		"gen_ai.usage.input_tokens": "20", "gen_ai.usage.output_tokens": "7", "gorod.cached": "bool_value:false", "gorod.purpose": "plan"} {
		if first[key] != want {
			t.Errorf("%s is %q, want %q", key, first[key], want)
		}
	}
	if bad := calls[len(calls)-1]; bad.Status.GetCode() != v1.Status_STATUS_CODE_ERROR || said(bad)["error.type"] != "server error" || said(bad)["gorod.endpoint"] == "" {
		t.Errorf("the call that failed: %v", bad)
	}
	sums := said(c.named("plan")[0])
	if sums["gorod.calls"] != "102" || sums["gorod.failed"] != "1" || sums["gorod.cached"] != "1" || sums["gen_ai.usage.input_tokens"] != "2000" || sums["gorod.batch"] != "2" {
		t.Errorf("%v", sums)
	}
	if c.named("tick")[0].Status.GetCode() != v1.Status_STATUS_CODE_ERROR || said(c.named("run")[0])["gorod.study"] != "first" {
		t.Error("a tick that failed, or the run's study, is not told")
	}
	if bytes.Contains(c.raw.Bytes(), []byte("СЕКРЕТ")) {
		t.Error("what was said to a model left the machine")
	}
}

func TestNothingIsTracedWithoutAnEndpoint(t *testing.T) {
	t.Parallel()
	for _, env := range []map[string]string{
		{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318", "OTEL_SDK_DISABLED": "true"}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318", "OTEL_TRACES_EXPORTER": "none"},
	} {
		traces := open(t, telemetry.Options{Getenv: func(key string) string { return env[key] }})
		if traces != nil {
			t.Errorf("%v: traces", env)
		}
		if traces.Begin(t.Context(), telemetry.Run{}) != nil {
			t.Error("a span of nothing")
		}
		traces.Close(t.Context())
	}
}

func TestTheEnvironmentNamesTheCollector(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "/otel/v1/traces", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "/otel"} {
		c, url := collect(t)
		traces := open(t, telemetry.Options{Getenv: func(key string) string {
			if key == name {
				return url + "/otel"
			}
			return ""
		}})
		traces.Begin(t.Context(), telemetry.Run{}).End(nil)
		traces.Close(t.Context())
		if len(c.spans) != 1 || c.paths[0] != want {
			t.Errorf("%s: %d spans to %q, want %s", name, len(c.spans), c.paths, want)
		}
	}
}

func TestAnEndpointThatCannotBeIsRefusedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"collector:4318", "ftp://x", "http://", "http://u:geheim@x", "http://x/?key=geheim", "http://geheim:%zz@x"} {
		_, err := telemetry.Open(t.Context(), telemetry.Options{Endpoint: endpoint, Getenv: none, Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), "telemetry.endpoint") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

func TestACollectorThatIsGoneCostsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	stuck := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck }))
	defer hangs.Close()
	defer close(stuck)
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer refuses.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, server := range map[string]*httptest.Server{"hangs": hangs, "refuses": refuses, "gone": gone} {
		t.Run(name, func(t *testing.T) {
			var log lines
			traces := open(t, telemetry.Options{Endpoint: server.URL, Log: slog.New(slog.NewTextHandler(&log, nil))})
			run := traces.Begin(t.Context(), telemetry.Run{})
			began := time.Now()
			for i := range 30_000 { // more than may wait
				run.Begin(sim.Part{Name: "tick", Tick: int64(i)}).End(nil)
			}
			run.End(nil)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("30,000 spans held the run up for %v", took)
			}
			began = time.Now()
			traces.Close(t.Context())
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("the end took %v", took)
			}
			if n := strings.Count(log.String(), "level=WARN"); n > 1 {
				t.Errorf("%d warnings: %s", n, fmt.Sprintf("%.600s", log.String()))
			}
		})
	}
}
