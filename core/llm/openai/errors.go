package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	client "github.com/sashabaranov/go-openai"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/internal/wire"
)

// explain turns an error of the client into an llm.Error that says what to do
// and holds no key. The end of the caller's context stays what it is.
func (s *Server) explain(ctx context.Context, x *extra, model string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("ask %s: %w", s.name, context.Cause(ctx))
	}
	e := &llm.Error{Endpoint: s.name, Model: model, After: x.after}
	var answer *client.APIError
	var other *client.RequestError
	switch {
	case errors.As(err, &answer):
		s.refused(e, answer.HTTPStatusCode, answer.Message)
	case errors.As(err, &other):
		s.refused(e, other.HTTPStatusCode, string(other.Body))
	case validation(err):
		e.Kind, e.Err, e.Hint = llm.BadRequest, s.redact(err.Error()), "this model takes no temperature and no top_p: leave them out of its entry"
	default:
		e.Kind, e.Err = wire.Broken(err), s.redact(err.Error())
	}
	if e.Kind == llm.Unavailable {
		e.Hint = "start the server there, for example with `vllm serve MODEL` or `llama-server -m FILE.gguf`, or correct the endpoint in the study"
	}
	return e
}

// validation reports whether the client itself refused the request.
func validation(err error) bool {
	return errors.Is(err, client.ErrReasoningModelLimitationsOther) || errors.Is(err, client.ErrReasoningSamplingUnsupported)
}

// redacted is an error whose text is safe to show. It does not unwrap: what it
// was made from may hold the key.
type redacted string

// Error implements error.
func (r redacted) Error() string { return string(r) }

func (s *Server) redact(text string) error {
	if s.key != "" {
		text = strings.ReplaceAll(text, s.key, "[key]")
	}
	return redacted(wire.Clip(text))
}

// refused fills in what an HTTP error status means.
func (s *Server) refused(e *llm.Error, status int, message string) {
	e.Kind, e.Status = wire.KindOf(status), status
	e.Err = s.redact(fmt.Sprintf("HTTP %d: %s", status, message))
	lower := strings.ToLower(message)
	switch {
	case e.Kind == llm.Unauthorized && s.key == "":
		e.Hint = "the server wants a key: name the environment variable that holds it with `api_key_env`"
	case e.Kind == llm.Unauthorized:
		e.Hint = "the server refuses the key: check the variable that `api_key_env` names"
	case status == http.StatusNotFound && strings.Contains(lower, "model"):
		e.Kind, e.Hint = llm.ModelMissing, "`gorod model ls --study FILE` lists the models that are there"
	case status == http.StatusNotFound:
		e.Hint = "does the endpoint end in /v1, as the server's base URL does?"
	case e.Kind == llm.BadRequest && aboutSchema(lower):
		e.Hint = "the server does not take replies by JSON Schema (response_format json_schema): " +
			"use one that does, such as vLLM, a recent llama.cpp server, or Ollama with `provider: ollama`"
	}
}

func aboutSchema(message string) bool {
	for _, word := range []string{"response_format", "json_schema", "grammar", "guided", "structured output"} {
		if strings.Contains(message, word) {
			return true
		}
	}
	return false
}
