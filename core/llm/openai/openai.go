// Package openai asks servers that speak OpenAI's API: vLLM, the llama.cpp
// server, routers, OpenAI itself. It is the only package that imports its
// client.
package openai

import (
	"context"
	"fmt"
	"strings"

	client "github.com/sashabaranov/go-openai"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/internal/wire"
)

// Server is one endpoint. It may be used by several goroutines.
type Server struct {
	name string // as shown: without a password
	api  *client.Client
	key  string // never shown
}

var (
	_ llm.Provider = (*Server)(nil)
	_ llm.Lister   = (*Server)(nil)
	_ llm.Checker  = (*Server)(nil)
)

// New speaks to the server at a base URL such as http://127.0.0.1:8000/v1. An
// empty key sends none.
func New(base, key string) (*Server, error) {
	u, err := wire.ParseURL(base)
	if err != nil {
		return nil, fmt.Errorf("openai: %w", err)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fmt.Errorf("openai: the key for %s has line breaks or letters that no key has: is the variable set right?", wire.Name(u))
	}
	config := client.DefaultConfig(key)
	config.BaseURL, config.HTTPClient = u.String(), doer{wire.NewClient()}
	return &Server{name: wire.Name(u), api: client.NewClientWithConfig(config), key: key}, nil
}

// Name is the server's URL as it may be shown.
func (s *Server) Name() string { return s.name }

// Models implements llm.Lister.
func (s *Server) Models(ctx context.Context) ([]llm.ModelInfo, error) {
	ctx, extra := withExtra(ctx)
	list, err := s.api.ListModels(ctx)
	if err != nil {
		return nil, s.explain(ctx, extra, "", err)
	}
	out := make([]llm.ModelInfo, 0, len(list.Models))
	for _, m := range list.Models {
		out = append(out, llm.ModelInfo{Name: m.ID, Endpoint: s.name, Detail: wire.Clip(m.OwnedBy)})
	}
	return out, nil
}

// Check implements llm.Checker.
func (s *Server) Check(ctx context.Context, model string) (llm.ModelInfo, error) {
	models, err := s.Models(ctx)
	if err != nil {
		return llm.ModelInfo{}, err
	}
	var names []string
	for _, m := range models {
		if m.Name == model {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return llm.ModelInfo{}, &llm.Error{
		Kind: llm.ModelMissing, Endpoint: s.name, Model: model,
		Err: fmt.Errorf("it serves %s", wire.Clip(strings.Join(names, ", "))), Hint: "name one of these in the study, or load it on the server",
	}
}
