package telemetry

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
)

// mostCalls is how many calls of models have a span of their own within one
// phase of a batch, and as many of those that failed. All are counted.
const mostCalls = 32

// Run says which run a trace is of.
type Run struct {
	Study, Cell string
	Seed        uint64
	Agents      int
	Ticks       int
}

// Begin begins the span of a run; nil where nothing is traced.
func (t *Traces) Begin(ctx context.Context, r Run) sim.Span {
	if t == nil {
		return nil
	}
	return t.begin(ctx, "run", []attribute.KeyValue{
		attribute.String("gorod.study", r.Study), attribute.String("gorod.cell", r.Cell), attribute.Int64("gorod.seed", int64(r.Seed)),
		attribute.Int("gorod.agents", r.Agents), attribute.Int("gorod.ticks", r.Ticks),
	})
}

func (t *Traces) begin(ctx context.Context, name string, attributes []attribute.KeyValue) *span {
	_, s := t.tracer.Start(ctx, name, trace.WithAttributes(attributes...))
	return &span{traces: t, span: s}
}

// span is a piece of work, with the calls that were made in it.
type span struct {
	traces *Traces
	span   trace.Span

	calls, cached, failed, prompt, reply atomic.Int64
}

var _ sim.Span = (*span)(nil)

// within is the context of its parts.
func (s *span) within() context.Context { return trace.ContextWithSpan(context.Background(), s.span) }

// Begin implements sim.Span.
func (s *span) Begin(p sim.Part) sim.Span {
	attributes := []attribute.KeyValue{attribute.Int64("gorod.tick", p.Tick)}
	if p.Agents > 0 {
		attributes = append(attributes, attribute.Int("gorod.batch", p.Batch), attribute.Int("gorod.agents", p.Agents))
	}
	return s.traces.begin(s.within(), p.Name, attributes)
}

// End implements sim.Span.
func (s *span) End(err error) {
	if n := s.calls.Load(); n > 0 {
		s.span.SetAttributes(attribute.Int64("gorod.calls", n), attribute.Int64("gorod.cached", s.cached.Load()),
			attribute.Int64("gorod.failed", s.failed.Load()), attribute.Int64("gen_ai.usage.input_tokens", s.prompt.Load()),
			attribute.Int64("gen_ai.usage.output_tokens", s.reply.Load()))
	}
	fail(s.span, err)
	s.span.End()
}

// fail marks a span. What a server said stays out: it may repeat a prompt.
func fail(s trace.Span, err error) {
	e, ok := errors.AsType[*llm.Error](err)
	switch {
	case err == nil:
		return
	case ok:
		s.SetAttributes(attribute.String("error.type", string(e.Kind)))
	case errors.Is(err, context.Canceled):
		s.SetAttributes(attribute.String("error.type", "cancelled"))
	default:
		s.SetAttributes(attribute.String("error.type", "_OTHER"))
	}
	s.SetStatus(codes.Error, "")
}

// call notes a call of a model that has ended.
func (s *span) call(c call) {
	n := s.calls.Add(1)
	if c.cached {
		s.cached.Add(1)
	} else {
		s.prompt.Add(int64(c.prompt))
		s.reply.Add(int64(c.reply))
	}
	if c.err != nil {
		n = s.failed.Add(1)
		if e, ok := errors.AsType[*llm.Error](c.err); ok {
			c.endpoint = e.Endpoint
		}
	}
	if n > mostCalls {
		return
	}
	_, span := s.traces.tracer.Start(s.within(), c.operation+" "+c.model, trace.WithTimestamp(c.began), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(c.attributes()...))
	fail(span, c.err)
	span.End(trace.WithTimestamp(c.ended))
}

// call is a call of a model as a trace tells it.
type call struct {
	operation       string // chat or embeddings
	model, endpoint string
	agent, purpose  string
	tick            int64
	attempt         int
	texts           int // to embed
	prompt, reply   int // tokens
	cached          bool
	began, ended    time.Time
	err             error
}

func (c call) attributes() []attribute.KeyValue {
	out := []attribute.KeyValue{
		attribute.String("gen_ai.operation.name", c.operation), attribute.String("gen_ai.request.model", c.model),
		attribute.Int("gen_ai.usage.input_tokens", c.prompt), attribute.Int("gen_ai.usage.output_tokens", c.reply),
		attribute.Bool("gorod.cached", c.cached),
	}
	for key, value := range map[string]string{"gorod.endpoint": c.endpoint, "gorod.agent": c.agent, "gorod.purpose": c.purpose} {
		if value != "" {
			out = append(out, attribute.String(key, value))
		}
	}
	if c.texts > 0 {
		return append(out, attribute.Int("gorod.texts", c.texts))
	}
	return append(out, attribute.Int64("gorod.tick", c.tick), attribute.Int("gorod.attempt", c.attempt))
}
