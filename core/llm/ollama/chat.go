package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/ollama/ollama/api"

	"github.com/llm-city/gorod/core/llm"
)

// Generate implements llm.Provider with /api/chat. A schema goes to the server,
// which holds the model to it; thinking is switched off.
func (s *Server) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	if len(req.Sampling.LogitBias) > 0 {
		return llm.Response{}, &llm.Error{
			Kind: llm.BadRequest, Endpoint: s.name, Model: req.Model, Err: errors.New("this provider knows no logit_bias"),
			Hint: "leave it out, or serve the model with llama.cpp or vLLM and name `provider: openai`",
		}
	}
	var resp api.ChatResponse
	if err := s.post(ctx, "api/chat", s.chatRequest(req), &resp); err != nil {
		return llm.Response{}, s.explain(ctx, req.Model, err)
	}
	if resp.Message.Role == "" {
		return llm.Response{}, s.explain(ctx, req.Model, errors.New("the answer has no message"))
	}
	// A whole answer that is not done is one that Ollama gave up: the model said
	// the same over and over. Asked once more it would end alike.
	return llm.Response{
		Text: llm.WithoutThinking(resp.Message.Content), PromptTokens: resp.PromptEvalCount, ReplyTokens: resp.EvalCount,
		Truncated: !resp.Done || resp.DoneReason == "length", Endpoint: s.name,
	}, nil
}

func (s *Server) chatRequest(req llm.Request) *api.ChatRequest {
	out := &api.ChatRequest{
		Model: req.Model, Stream: new(bool), Format: req.Schema, Options: s.options(req.Sampling),
		Think: &api.ThinkValue{Value: false},
	}
	for _, m := range req.Messages {
		out.Messages = append(out.Messages, api.Message{Role: m.Role, Content: m.Content})
	}
	return out
}

func (s *Server) options(sampling llm.Sampling) map[string]any {
	o := map[string]any{"seed": llm.FoldSeed(sampling.Seed)}
	if sampling.Temperature != nil {
		o["temperature"] = *sampling.Temperature
	}
	if sampling.TopP != nil {
		o["top_p"] = *sampling.TopP
	}
	if sampling.MaxTokens > 0 {
		o["num_predict"] = sampling.MaxTokens
	}
	if len(sampling.Stop) > 0 {
		o["stop"] = sampling.Stop
	}
	if s.numCtx > 0 {
		o["num_ctx"] = s.numCtx
	}
	return o
}

// Embed implements llm.Provider with /api/embed.
func (s *Server) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	in := &api.EmbedRequest{Model: req.Model, Input: req.Texts}
	if s.numCtx > 0 {
		in.Options = map[string]any{"num_ctx": s.numCtx}
	}
	var resp api.EmbedResponse
	if err := s.post(ctx, "api/embed", in, &resp); err != nil {
		return llm.EmbedResponse{}, s.explain(ctx, req.Model, err)
	}
	if err := llm.CheckVectors(resp.Embeddings, len(req.Texts)); err != nil {
		return llm.EmbedResponse{}, &llm.Error{Kind: llm.ServerError, Endpoint: s.name, Model: req.Model, Err: err}
	}
	return llm.EmbedResponse{Vectors: resp.Embeddings, Tokens: resp.PromptEvalCount, Endpoint: s.name}, nil
}

// post sends a request and reads its one answer. The client of package api
// would stream it: that costs a buffer of 8 MB a call, takes an answer that
// breaks off for a whole one, and drops Retry-After.
func (s *Server) post(ctx context.Context, path string, in, out any) error {
	data, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base.JoinPath(path).String(), bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err = io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return refusalOf(resp, data)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
