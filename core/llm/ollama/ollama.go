// Package ollama asks an Ollama server through its own API. It is the only
// package that imports its client.
package ollama

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/ollama/ollama/api"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/internal/wire"
)

// Server is one Ollama. It may be used by several goroutines.
type Server struct {
	name   string // as shown: without a password
	base   *url.URL
	http   *http.Client
	api    *api.Client
	numCtx int
}

var (
	_ llm.Provider = (*Server)(nil)
	_ llm.Lister   = (*Server)(nil)
	_ llm.Checker  = (*Server)(nil)
	_ llm.Puller   = (*Server)(nil)
)

// New speaks to the server at a base URL such as http://127.0.0.1:11434. numCtx
// is the context length to ask for in tokens; 0 leaves it to the server.
func New(base string, numCtx int) (*Server, error) {
	u, err := wire.ParseURL(base)
	if err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	client := wire.NewClient()
	return &Server{name: wire.Name(u), base: u, http: client, api: api.NewClient(u, client), numCtx: numCtx}, nil
}

// Name is the server's URL as it may be shown.
func (s *Server) Name() string { return s.name }
