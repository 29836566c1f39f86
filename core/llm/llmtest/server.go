// Package llmtest is a model server for tests and measurements: it speaks
// enough of Ollama's API and of OpenAI's, takes its time as real ones do, and
// fails on demand.
package llmtest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options of a Server. The zero value answers at once, one request at a time.
type Options struct {
	Slots  int           // requests worked on at once, at least 1; others wait
	Mean   time.Duration // of the log-normal time that a reply takes
	Sigma  float64       // of its logarithm
	Seed   uint64        // of the times
	Models []string      // that it has; empty means every name
	Digest string        // of its models; empty makes one of the name
	Key    string        // required of clients of the OpenAI API
	// NoSchema refuses replies by schema, as some servers do.
	NoSchema bool
	// Reply makes the text of an answer; nil means AnswerBySchema.
	Reply func(Request) string
	// Fault says how the n-th request (from 0) fails; nil means none does.
	Fault func(n int, r Request) Fault
}

// Request is what a client asked.
type Request struct {
	Path     string
	Model    string
	Messages []Message
	Schema   []byte         // nil for free text
	Sampling map[string]any // the request's JSON, or Ollama's options
	Texts    []string       // to embed
}

// Message is one turn.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Fault is a way to fail; the zero value is none.
type Fault struct {
	Status     int    // answer with this instead of 200
	Message    string // of the error
	RetryAfter string // header
	Hang       bool   // never answer
	Reset      bool   // break the connection
	Truncate   bool   // send half of the answer
	Text       string // answer with this text, whatever the schema
}

// Stats is what a server saw.
type Stats struct {
	Requests int           // for replies and embeddings
	Peak     int           // requests at once, those that waited included
	Service  time.Duration // sum of the time that slots were busy
	First    time.Time     // when the first request came
	Last     time.Time     // when the last answer left
}

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

// Stats is what the server saw until now.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Busy is the sum of the time that slots worked on answers.
func (s *Server) Busy() time.Duration { return s.Stats().Service }

// Wall is the time between the first request and the last answer. Utilisation
// is Busy ÷ (slots × Wall).
func (s *Server) Wall() time.Duration {
	stats := s.Stats()
	return stats.Last.Sub(stats.First)
}

// Requests are those for replies and embeddings, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// keptRequests bounds what Requests returns.
const keptRequests = 10_000

// arrive notes a request and draws how long its answer takes.
func (s *Server) arrive(r Request) (n int, takes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n = s.stats.Requests
	s.stats.Requests++
	if n == 0 {
		s.stats.First = time.Now()
	}
	if len(s.requests) < keptRequests {
		s.requests = append(s.requests, r)
	}
	s.inFlight++
	s.stats.Peak = max(s.stats.Peak, s.inFlight)
	if s.opts.Mean <= 0 {
		return n, 0
	}
	mu := math.Log(float64(s.opts.Mean)) - s.opts.Sigma*s.opts.Sigma/2
	return n, time.Duration(math.Exp(mu + s.opts.Sigma*s.rand.NormFloat64()))
}

func (s *Server) depart(busy time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
	s.stats.Service += busy
	s.stats.Last = time.Now()
}

// work holds a slot for as long as an answer takes.
func (s *Server) work(ctx context.Context, takes time.Duration) (busy time.Duration, err error) {
	select {
	case s.slot <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	began := time.Now()
	defer func() { <-s.slot; busy = time.Since(began) }()
	if takes <= 0 {
		return 0, nil
	}
	timer := time.NewTimer(takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
