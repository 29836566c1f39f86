package api_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/api/apitest"
	"github.com/llm-city/gorod/core/social/view"
)

// crowd is a study of many residents who do much.
func crowd(residents, ticks int) string {
	var names []string
	for i := range residents {
		names = append(names, fmt.Sprintf("{name: Житель %d, gender: женский, occupation: врач, bio: Любит чай., interests: [трамваи]}", i+1))
	}
	return fmt.Sprintf(`apiVersion: gorod/v1
kind: Experiment
name: crowd
clock: {start: 2026-03-02T08:00, step: 1h, ticks: %d}
population:
  - group: соседи
    inline: [%s]
agents: {activity: [1]}
environment:
  network: {feed: {rank: hot}, follows: {graph: small-world}}
`, ticks, strings.Join(names, ", "))
}

// sink takes an answer and keeps its size.
type sink struct {
	header http.Header
	status int
	size   int
}

func (s *sink) Header() http.Header            { return s.header }
func (s *sink) WriteHeader(status int)         { s.status = status }
func (s *sink) Flush()                         {}
func (*sink) SetWriteDeadline(time.Time) error { return nil }
func (*sink) SetReadDeadline(time.Time) error  { return nil }
func (s *sink) Write(p []byte) (int, error)    { s.size += len(p); return len(p), nil }

// newCrowd is a town of 500 residents after 8 ticks.
func newCrowd(b *testing.B) *town {
	b.Helper()
	w := &town{apitest.New(b, crowd(500, 100), func(o *api.Options) { o.Requests = 1 << 40 })}
	for range 7 {
		w.Step(b)
	}
	b.Logf("%d posts", w.View.Run().Posts)
	return w
}

// What a request costs.
func BenchmarkRequest(b *testing.B) {
	w := newCrowd(b)
	for _, path := range []string{
		"/public", "/@zhitel_1", "/api/v1/timelines/public?limit=20", "/api/v1/timelines/public?limit=40", "/api/v2/instance", "/api/v1/trends/tags", "/api/v1/accounts/1/statuses",
		"/api/v1/accounts/1", "/api/v2/search?type=accounts&q=1", "/avatars/1.svg",
	} {
		b.Run(strings.ReplaceAll(path, "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out := &sink{header: http.Header{}}
				w.Config.Handler.ServeHTTP(out, httptest.NewRequest("GET", "http://localhost"+path, nil))
				if out.size < 2 || out.status > 200 {
					b.Fatalf("%d bytes, %d", out.size, out.status)
				}
			}
		})
	}
}

// What it costs to tell 200 streams of 500 residents' tick: the time until the
// last has all of it.
func BenchmarkStreams(b *testing.B) {
	for _, stream := range []string{"public", "public:local"} {
		b.Run(strings.ReplaceAll(stream, ":", "_"), func(b *testing.B) {
			w := newCrowd(b)
			b.ReportAllocs()
			var size atomic.Int64
			for range b.N {
				b.StopTimer()
				ctx, stop := context.WithCancel(b.Context())
				var readers sync.WaitGroup
				heard := make(chan struct{}, 200)
				for range 200 {
					readers.Go(func() {
						out := &listener{sink: sink{header: http.Header{}}, end: []byte("конец"), heard: heard}
						r := httptest.NewRequestWithContext(ctx, "GET", "http://localhost/api/v1/streaming/"+strings.ReplaceAll(stream, ":", "/"), nil)
						w.Config.Handler.ServeHTTP(out, r)
						size.Add(int64(out.size))
					})
				}
				for range 200 { // all listen
					<-heard
				}
				w.Stepped.Step()
				last := social.Visit{ID: fmt.Sprint(view.VisitID(1000, rand.Int64N(1000))), Visitor: social.Visitor{ID: "@end"}, Kind: "post", Text: "конец", At: time.Now()}
				if _, err := w.Queue.Add(ctx, "@end", "", last.At, control.Order{Visit: &last}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := w.View.Sync(ctx); err != nil {
					b.Fatal(err)
				}
				for range 200 {
					<-heard
				}
				b.StopTimer()
				stop()
				readers.Wait()
			}
			b.ReportMetric(float64(size.Load())/float64(b.N)/200/1000, "kB/reader")
		})
	}
}

// listener says when it is told anything, and when it is told the end.
type listener struct {
	sink
	end   []byte
	heard chan<- struct{}
	begun bool
}

func (l *listener) Write(p []byte) (int, error) {
	if !l.begun || bytes.Contains(p, l.end) {
		l.begun = true
		l.heard <- struct{}{}
	}
	return l.sink.Write(p)
}
