// Package telemetry sends traces of runs to an OpenTelemetry collector: runs,
// their ticks and phases, and calls of models, with no text of a prompt or a
// reply. A collector that is slow or gone costs a run nothing but the traces. It
// is the only place that knows OpenTelemetry.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Bounds of what waits to be sent, and for how long.
const (
	mostWaiting = 8192 // spans; more are dropped
	mostAtOnce  = 512
	sendEvery   = 2 * time.Second
	sendTime    = 10 * time.Second
	endTime     = 2 * time.Second
)

// Options say where traces go.
type Options struct {
	// Endpoint is the base URL of OTLP over HTTP, such as
	// http://127.0.0.1:4318; where it is empty, the usual variables of the
	// environment name it.
	Endpoint string
	Getenv   func(string) string
	Version  string
	Log      *slog.Logger
}

// Traces are sent as they come. A nil Traces traces nothing.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	log      *slog.Logger
}

// Open begins to trace where an endpoint is named, else it returns nil. Nobody
// is asked yet. Headers, certificates, compression, the sampler and the
// resource's attributes are those of the environment (OTEL_…).
func Open(ctx context.Context, opts Options) (*Traces, error) {
	at, err := opts.url()
	if err != nil || at == "" {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(at), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{
		Enabled: true, InitialInterval: time.Second, MaxInterval: sendTime / 2, MaxElapsedTime: sendTime,
	}))
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", "gorod"), attribute.String("service.version", opts.Version),
	), resource.WithFromEnv())
	if err != nil {
		opts.Log.Warn("OTEL_RESOURCE_ATTRIBUTES is not understood", "error", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(
		&patient{SpanExporter: exporter, log: opts.Log},
		sdktrace.WithMaxQueueSize(mostWaiting), sdktrace.WithMaxExportBatchSize(mostAtOnce),
		sdktrace.WithBatchTimeout(sendEvery), sdktrace.WithExportTimeout(sendTime),
	))
	return &Traces{provider, provider.Tracer("github.com/llm-city/gorod", trace.WithInstrumentationVersion(opts.Version)), opts.Log}, nil
}

// url is where traces are posted to; "" for nowhere.
func (o Options) url() (string, error) {
	if strings.EqualFold(o.Getenv("OTEL_SDK_DISABLED"), "true") || o.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return "", nil
	}
	for _, named := range []struct{ name, value string }{
		{"telemetry.endpoint", o.Endpoint},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", o.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")}, // as it is
		{"OTEL_EXPORTER_OTLP_ENDPOINT", o.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")},
	} {
		if named.value == "" {
			continue
		}
		u, err := url.Parse(named.value)
		switch {
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			return "", fmt.Errorf("%s is not the URL of a collector: write it as http://127.0.0.1:4318", named.name)
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return "", fmt.Errorf("%s has a password, ? or #: put a key into OTEL_EXPORTER_OTLP_HEADERS", named.name)
		case named.name == "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT":
			return u.String(), nil
		}
		return u.JoinPath("v1/traces").String(), nil
	}
	return "", nil
}

// Close sends what waits, for a moment at most.
func (t *Traces) Close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Info("the last traces were not sent", "error", err)
	}
}

// patient is an exporter that fails in the log alone, and there at first and
// when it works again.
type patient struct {
	sdktrace.SpanExporter
	log  *slog.Logger
	lost int // spans since it worked; it is asked by one goroutine at a time
}

// ExportSpans implements sdktrace.SpanExporter.
func (p *patient) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := p.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err == nil && p.lost > 0:
		p.log.Info("traces are taken again", "lost", p.lost)
		p.lost = 0
	case err != nil && p.lost == 0 && !errors.Is(err, context.Canceled):
		p.log.Warn("traces are not taken; runs go on without", "error", err)
	}
	if err != nil {
		p.lost += len(spans)
	}
	return nil
}
