package main_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// spansOf runs the small study with a collector and counts spans by name.
func spansOf(t *testing.T, args ...string) (map[string]int, answer) {
	t.Helper()
	var mu sync.Mutex
	spans := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		data, _ := io.ReadAll(body)
		var req collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(data, &req); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, r := range req.ResourceSpans {
			for _, scope := range r.ScopeSpans {
				for _, s := range scope.Spans {
					name, _, _ := strings.Cut(s.Name, " ")
					spans[name]++
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	cmd := command(t, write(t, small), args...)
	cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+server.URL)
	a := finish(t, cmd)
	mu.Lock()
	defer mu.Unlock()
	return spans, a
}

func TestARunIsTracedWhereACollectorIsNamed(t *testing.T) {
	t.Parallel()
	spans, a := spansOf(t, "run", "--json", "--no-report", "study.yaml")
	traced := lastLine(t, a)
	for name, want := range map[string]int{"run": 1, "tick": 8, "observe": 8, "appraise": 8, "recall": 8, "plan": 8, "act": 8, "commit": 8} {
		if spans[name] != want {
			t.Errorf("%d spans %s, want %d", spans[name], name, want)
		}
	}
	if spans["chat"] == 0 {
		t.Error("no call of a model is traced")
	}
	dead := command(t, write(t, small), "run", "--json", "--no-report", "study.yaml")
	dead.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9")
	untraced := lastLine(t, gorod(t, write(t, small), "run", "--json", "--no-report", "study.yaml"))
	for what, d := range map[string]done{"no collector": untraced, "a dead one": lastLine(t, finish(t, dead))} {
		if d.Runs[0].Status != "done" || d.Runs[0].Digest != traced.Runs[0].Digest {
			t.Errorf("%s: %+v, traced: %+v", what, d.Runs[0], traced.Runs[0])
		}
	}
}

func TestACollectorsAddressIsCheckedBeforeARunBegins(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	cmd := command(t, dir, "run", "study.yaml")
	cmd.Env = append(os.Environ(), "GOROD_TELEMETRY_ENDPOINT=collector:4318")
	if a := finish(t, cmd); a.code != 2 || !strings.Contains(a.stderr, "telemetry.endpoint") {
		t.Error(a)
	}
	if _, err := os.Stat(dir + "/runs"); err == nil {
		t.Error("a folder of runs was made")
	}
}
