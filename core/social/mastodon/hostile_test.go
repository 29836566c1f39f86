package mastodon_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hostile stands between a run and its server: it lets some requests through and
// answers with a failure although the server has done it, cuts connections, says
// that there were too many requests, or answers with garbage. The server never
// sees an Idempotency-Key.
type hostile struct {
	*httptest.Server
	to    string
	posts atomic.Int64 // that came

	mu     sync.Mutex
	random *rand.Rand
	did    map[string]int
}

func newHostile(t *testing.T, to string) *hostile {
	h := &hostile{to: to, random: rand.New(rand.NewPCG(3, 4)), did: map[string]int{}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

// mood is what is done to a request.
func (h *hostile) mood(post bool) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	mood, n := "honest", h.random.IntN(100)
	switch {
	case !post && n < 85, n < 50:
	case n < 60 && post:
		mood = "500 after"
	case n < 70 && post, n < 88:
		mood = "cut after"
	case n < 80:
		mood = "cut before"
	case n < 90:
		mood = "429"
	case n < 95:
		mood = "503 before"
	case n < 97:
		mood = "10 MB of JSON after"
	case n < 98:
		mood = "10 MB of HTML after"
	default:
		mood = "null after"
	}
	h.did[mood]++
	return mood
}

// ServeHTTP implements http.Handler.
func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/v1/streaming") {
		http.NotFound(w, r) // it would have to be passed on piece by piece
		return
	}
	post := r.Method == http.MethodPost
	if post {
		h.posts.Add(1)
	}
	mood := h.mood(post)
	switch mood {
	case "cut before":
		panic(http.ErrAbortHandler)
	case "429":
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", time.Now().Add(30*time.Millisecond).UTC().Format("2006-01-02T15:04:05.000000Z"))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case "503 before":
		http.Error(w, "down for a moment", http.StatusServiceUnavailable)
		return
	}
	answer, body, err := h.forward(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	switch mood {
	case "500 after":
		http.Error(w, `{"error":"oops"}`, http.StatusInternalServerError)
	case "cut after":
		panic(http.ErrAbortHandler)
	case "10 MB of JSON after":
		_, _ = io.WriteString(w, `{"id":"`+strings.Repeat("1", 10<<20)+`"}`)
	case "10 MB of HTML after":
		_, _ = io.WriteString(w, "<html>"+strings.Repeat("<p>", 10<<20/3))
	case "null after":
		_, _ = io.WriteString(w, "null")
	default:
		for name := range answer.Header {
			w.Header().Set(name, answer.Header.Get(name))
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = w.Write(body)
	}
}

func (h *hostile) forward(r *http.Request) (*http.Response, []byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, nil, err
	}
	// The server goes on when the client has gone.
	out, err := http.NewRequest(r.Method, h.to+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	out.Header = r.Header.Clone()
	out.Header.Del("Idempotency-Key")
	out.Header.Del("Accept-Encoding")
	answer, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return answer, data, err
}
