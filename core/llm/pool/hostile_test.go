package pool_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/ollama"
	"github.com/llm-city/gorod/core/llm/pool"
)

// served is an Ollama as it looks from here, which can turn hostile.
func served(t *testing.T, hostile func(w http.ResponseWriter, r *http.Request) bool) (*ollama.Server, *atomic.Int64) {
	t.Helper()
	calls := &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/chat" {
			calls.Add(1)
		}
		switch {
		case hostile != nil && hostile(w, r):
		case r.URL.Path == "/api/tags":
			fmt.Fprint(w, `{"models":[]}`)
		default:
			fmt.Fprint(w, `{"model":"m","message":{"role":"assistant","content":"да"},"done":true}`)
		}
	}))
	t.Cleanup(server.Close)
	s, err := ollama.New(server.URL, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, calls
}

// hangUp ends the connection in the middle of an answer.
func hangUp(w http.ResponseWriter) bool {
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"model":"m","message":{"role":"assis`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestHostileServersAreDrainedAndComeBack(t *testing.T) {
	t.Parallel()
	for name, hostile := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"dies in the middle of a reply": func(w http.ResponseWriter, _ *http.Request) bool { return hangUp(w) },
		"hangs": func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/api/tags" {
				panic(http.ErrAbortHandler)
			}
			_, _ = io.Copy(io.Discard, r.Body) // else it is not told that the caller is gone
			<-r.Context().Done()
			return true
		},
		"503 with Retry-After": func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ill atomic.Bool
			ill.Store(true)
			bad, calls := served(t, func(w http.ResponseWriter, r *http.Request) bool { return ill.Load() && hostile(w, r) })
			good, _ := served(t, nil)
			w := watch(pool.Model{Timeout: 500 * time.Millisecond}, bad, good)
			ask := func() {
				t.Helper()
				if _, err := w.Generate(t.Context(), llm.Request{Model: "m", Agent: "a"}); err != nil {
					t.Fatal(err)
				}
			}
			ask() // at the bad one first, and no retries are allowed
			eventually(t, func() bool { return w.states()[0] == pool.Drained })
			for range 20 {
				ask()
			}
			if n := calls.Load(); n != 1 {
				t.Errorf("%d calls at a server that is drained", n)
			}
			ill.Store(false)
			eventually(t, func() bool {
				_, err := w.Generate(t.Context(), llm.Request{Model: "m"})
				return err == nil && w.states()[0] == pool.Well && calls.Load() > 1
			})
		})
	}
}

// eventually waits for what servers of this process do soon.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatal("it never came about")
}
