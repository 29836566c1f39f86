package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// dialect is how one API words requests and answers.
type dialect struct {
	read    func(map[string]any) Request
	answer  func(r Request, text string) any
	vectors func(r Request, vectors [][]float32) any
	fail    func(message string) any
	missing func(model string) string
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat", s.serve(ollama()))
	mux.HandleFunc("POST /api/embed", s.serve(ollama()))
	mux.HandleFunc("GET /api/tags", s.tags)
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, object{"version": "0.0.0-test"}) })
	mux.HandleFunc("POST /api/show", s.show)
	mux.HandleFunc("POST /api/pull", s.pull)
	mux.HandleFunc("POST /v1/chat/completions", s.serve(openai()))
	mux.HandleFunc("POST /v1/completions", s.echo)
	mux.HandleFunc("POST /v1/embeddings", s.serve(openai()))
	mux.HandleFunc("GET /v1/models", s.models)
	return mux
}

type object map[string]any

func send(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // only own types are sent
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // the client is gone
}

// serve answers requests for replies and embeddings.
func (s *Server) serve(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 64<<20)).Decode(&body); err != nil {
			send(w, http.StatusBadRequest, d.fail("read the request: "+err.Error()))
			return
		}
		r := d.read(body)
		r.Path = req.URL.Path
		n, takes := s.arrive(r)
		var busy time.Duration
		defer func() { s.depart(busy) }()
		fault := Fault{}
		if s.opts.Fault != nil {
			fault = s.opts.Fault(n, r)
		}
		if s.broken(w, req, d, fault) || s.refused(w, req, d, r) {
			return
		}
		var err error
		if busy, err = s.work(req.Context(), takes); err == nil {
			s.answer(w, d, r, fault)
		}
	}
}

// broken carries out a fault that leaves no answer.
func (s *Server) broken(w http.ResponseWriter, req *http.Request, d dialect, f Fault) bool {
	switch {
	case f.Hang:
		select {
		case <-req.Context().Done():
		case <-s.stop:
		}
		return true
	case f.Reset:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		send(w, f.Status, d.fail(f.Message))
		return true
	}
	return false
}

// refused answers what no server would do.
func (s *Server) refused(w http.ResponseWriter, req *http.Request, d dialect, r Request) bool {
	given := req.Header.Get("Authorization")
	switch {
	case s.opts.Key != "" && strings.HasPrefix(r.Path, "/v1/") && given != "Bearer "+s.opts.Key:
		// As careless servers do, it says what it was given.
		send(w, http.StatusUnauthorized, d.fail("Incorrect API key provided: "+strings.TrimPrefix(given, "Bearer ")))
	case !s.has(r.Model):
		send(w, http.StatusNotFound, d.fail(d.missing(r.Model)))
	case s.opts.NoSchema && r.Schema != nil:
		send(w, http.StatusBadRequest, d.fail("response_format of type json_schema is not supported"))
	default:
		return false
	}
	return true
}

func (s *Server) has(model string) bool {
	return len(s.opts.Models) == 0 || slices.Contains(s.opts.Models, strings.TrimSuffix(model, ":latest"))
}

func (s *Server) answer(w http.ResponseWriter, d dialect, r Request, f Fault) {
	var out any
	switch {
	case r.Texts != nil:
		vectors := make([][]float32, len(r.Texts))
		for i, text := range r.Texts {
			vectors[i] = Embedding(text)
		}
		out = d.vectors(r, vectors)
	case f.Text != "":
		out = d.answer(r, f.Text)
	case s.opts.Reply != nil:
		out = d.answer(r, s.opts.Reply(r))
	default:
		out = d.answer(r, AnswerBySchema(r))
	}
	if !f.Truncate {
		send(w, http.StatusOK, out)
		return
	}
	data, err := json.Marshal(out)
	if err != nil {
		panic(err) // only own types are sent
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	_, _ = w.Write(data[:len(data)/2])
	panic(http.ErrAbortHandler)
}

func (s *Server) names() []string {
	if len(s.opts.Models) == 0 {
		return []string{"any"}
	}
	return s.opts.Models
}
