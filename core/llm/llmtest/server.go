// Package llmtest is a model server for tests and measurements: it speaks
// enough of Ollama's API and of OpenAI's, takes its time as real ones do, and
// fails on demand.
package llmtest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is a running server.
type Server struct {
	URL   string // http://127.0.0.1:port
	opts  Options
	http  *http.Server
	slot  chan struct{}
	stop  chan struct{} // ends requests that hang
	ended chan struct{} // closed when the port is given back
	once  sync.Once

	mu       sync.Mutex
	rand     *rand.Rand
	stats    Stats
	inFlight int
	requests []Request
}

// Start starts a server on a free loopback port. Like net/http/httptest, it
// panics where there is none.
func Start(opts Options) *Server {
	s, err := StartAt("127.0.0.1:0", opts)
	if err != nil {
		panic(err)
	}
	return s
}

// StartAt starts a server on an address.
func StartAt(address string, opts Options) (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL: "http://" + listener.Addr().String(), opts: opts, slot: make(chan struct{}, max(opts.Slots, 1)),
		stop: make(chan struct{}), ended: make(chan struct{}), rand: rand.New(rand.NewPCG(opts.Seed, 1)),
	}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.ended)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // a test server that dies must not be mistaken for a slow one
		}
	}()
	return s, nil
}

// Close stops the server and breaks its connections.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.stop)
		_ = s.http.Close() // of connections: their clients see it
		<-s.ended
	})
}

// Address is host:port, to start another server in this one's place.
func (s *Server) Address() string { return s.URL[len("http://"):] }
