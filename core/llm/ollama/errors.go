package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ollama/ollama/api"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/internal/wire"
)

// refusal is an answer with an error status.
type refusal struct {
	api.StatusError
	after time.Duration
}

func refusalOf(resp *http.Response, body []byte) error {
	r := refusal{api.StatusError{StatusCode: resp.StatusCode, Status: resp.Status}, wire.RetryAfter(resp.Header, time.Now())}
	if json.Unmarshal(body, &r.StatusError) != nil || r.ErrorMessage == "" {
		r.ErrorMessage = string(body)
	}
	return r
}

// explain turns an error of the client into an llm.Error that says what to do.
// The end of the caller's context stays what it is.
func (s *Server) explain(ctx context.Context, model string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("ask %s: %w", s.name, context.Cause(ctx))
	}
	e := &llm.Error{Endpoint: s.name, Model: model, Kind: wire.Broken(err), Err: err}
	var refused refusal
	var status api.StatusError
	var auth api.AuthorizationError
	switch {
	case errors.As(err, &refused):
		e.After, status = refused.after, refused.StatusError
		s.refused(e, status)
	case errors.As(err, &status):
		s.refused(e, status)
	case errors.As(err, &auth):
		e.Kind, e.Status, e.Hint = llm.Unauthorized, http.StatusUnauthorized, "sign in on the machine of the server with `ollama signin`"
	case e.Kind == llm.Unavailable:
		e.Hint = startHint(s.name)
	}
	return e
}

func (s *Server) refused(e *llm.Error, status api.StatusError) {
	e.Kind, e.Status = wire.KindOf(status.StatusCode), status.StatusCode
	e.Err = fmt.Errorf("HTTP %d: %s", status.StatusCode, wire.Clip(status.ErrorMessage))
	switch {
	case status.StatusCode == http.StatusNotFound && strings.Contains(status.ErrorMessage, "not found"):
		e.Kind, e.Hint = llm.ModelMissing, pullHint(s.name, e.Model)
	case status.StatusCode == http.StatusNotFound:
		e.Hint = "is there an Ollama at this address? Other servers want `provider: openai`"
	case e.Kind == llm.ServerError:
		e.Hint = "the server's own log says more"
	}
}

// startHint says how to start the server.
func startHint(name string) string {
	const usual = "http://127.0.0.1:11434"
	if name == usual || name == "http://localhost:11434" {
		return "start it with `ollama serve`"
	}
	return fmt.Sprintf("start it with `OLLAMA_HOST=%s ollama serve` on that machine", strings.TrimPrefix(name, "http://"))
}

// pullHint says how to get a model.
func pullHint(name, model string) string {
	return fmt.Sprintf("`gorod model pull %s` has the server at %s download it, and so does `ollama pull %s` on its machine", model, name, model)
}
