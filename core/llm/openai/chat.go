package openai

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	client "github.com/sashabaranov/go-openai"

	"github.com/llm-city/gorod/core/llm"
)

// Generate implements llm.Provider with chat completions. A schema goes to the
// server as response_format json_schema, strict.
func (s *Server) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	if req.Scored != "" {
		return s.score(ctx, req)
	}
	ctx, extra := withExtra(ctx)
	resp, err := s.api.CreateChatCompletion(ctx, chatRequest(req, extra))
	if err == nil && len(resp.Choices) == 0 {
		err = errors.New("the answer has no choices")
	}
	if err != nil {
		return llm.Response{}, s.explain(ctx, extra, req.Model, err)
	}
	choice := resp.Choices[0]
	return llm.Response{
		Text: llm.WithoutThinking(choice.Message.Content), PromptTokens: resp.Usage.PromptTokens,
		ReplyTokens: resp.Usage.CompletionTokens, Truncated: choice.FinishReason == client.FinishReasonLength, Endpoint: s.name,
	}, nil
}

func chatRequest(req llm.Request, e *extra) client.ChatCompletionRequest {
	seed := llm.FoldSeed(req.Sampling.Seed)
	out := client.ChatCompletionRequest{
		Model: req.Model, Seed: &seed, Stop: req.Sampling.Stop, LogitBias: req.Sampling.LogitBias,
		Temperature: number(req.Sampling.Temperature, "temperature", e), TopP: number(req.Sampling.TopP, "top_p", e),
	}
	if reasons(req.Model) {
		out.MaxCompletionTokens = req.Sampling.MaxTokens
	} else {
		out.MaxTokens = req.Sampling.MaxTokens //nolint:staticcheck // the one name that every server knows
	}
	for _, m := range req.Messages {
		out.Messages = append(out.Messages, client.ChatCompletionMessage{Role: m.Role, Content: m.Content})
	}
	if len(req.Schema) > 0 {
		out.ResponseFormat = &client.ChatCompletionResponseFormat{
			Type:       client.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &client.ChatCompletionResponseFormatJSONSchema{Name: "reply", Schema: json.RawMessage(req.Schema), Strict: true},
		}
	}
	return out
}

// number is a member of the request, or one of the extra zeros.
func number(v *float64, name string, e *extra) float32 {
	if v == nil {
		return 0
	}
	if float32(*v) == 0 {
		e.zeros = append(e.zeros, name)
	}
	return float32(*v)
}

// reasons reports whether a model is one of OpenAI's that refuse max_tokens.
func reasons(model string) bool {
	return slices.ContainsFunc([]string{"o1", "o3", "o4", "gpt-5", "gpt-6"}, func(series string) bool {
		return strings.HasPrefix(model, series)
	})
}

// Embed implements llm.Provider.
func (s *Server) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	ctx, extra := withExtra(ctx)
	resp, err := s.api.CreateEmbeddings(ctx, client.EmbeddingRequestStrings{Model: client.EmbeddingModel(req.Model), Input: req.Texts})
	if err != nil {
		return llm.EmbedResponse{}, s.explain(ctx, extra, req.Model, err)
	}
	vectors := make([][]float32, len(resp.Data))
	for _, d := range resp.Data {
		if d.Index >= 0 && d.Index < len(vectors) {
			vectors[d.Index] = d.Embedding
		}
	}
	if err := llm.CheckVectors(vectors, len(req.Texts)); err != nil {
		return llm.EmbedResponse{}, &llm.Error{Kind: llm.ServerError, Endpoint: s.name, Model: req.Model, Err: err}
	}
	return llm.EmbedResponse{Vectors: vectors, Tokens: resp.Usage.PromptTokens, Endpoint: s.name}, nil
}
