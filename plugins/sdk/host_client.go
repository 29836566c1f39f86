package sdk

import (
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/grpc"

	hostv1 "github.com/llm-city/gorod/plugins/proto/gorod/host/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// hostClient is the Host over the wire.
type hostClient struct {
	client hostv1.HostServiceClient
	run    string
}

var _ Host = (*hostClient)(nil)

func newHostClient(conn grpc.ClientConnInterface, run string) *hostClient {
	return &hostClient{hostv1.NewHostServiceClient(conn), run}
}

func (h *hostClient) meta(c Call) *hostv1.CallMeta {
	return &hostv1.CallMeta{RunId: h.run, Agent: c.Agent, Tick: c.Tick, Purpose: c.Purpose, Index: conv.Count(c.Index)}
}

// Generate implements Host.
func (h *hostClient) Generate(ctx context.Context, req GenerateRequest) (Reply, error) {
	facts, err := factsJSON(req.Facts)
	if err != nil {
		return Reply{}, err
	}
	resp, err := h.client.Generate(ctx, &hostv1.GenerateRequest{
		Meta: h.meta(req.Call),
		Messages: conv.EachAt(req.Messages, func(m *Message) *hostv1.Message {
			return &hostv1.Message{Role: m.Role, Content: m.Content}
		}),
		SchemaJson: req.Schema, FactsJson: facts,
		Sampling: &hostv1.Sampling{
			Temperature: req.Temperature, TopP: req.TopP, MaxTokens: conv.Count(req.MaxTokens), Stop: req.Stop,
		},
	})
	if err != nil {
		return Reply{}, hostError("generate", err)
	}
	return Reply{
		Text: resp.GetText(), PromptTokens: int(resp.GetPromptTokens()), ReplyTokens: int(resp.GetReplyTokens()),
	}, nil
}

func factsJSON(facts any) (json.RawMessage, error) {
	switch f := facts.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		return f, nil
	}
	data, err := json.Marshal(facts)
	if err != nil {
		return nil, Errorf(ErrInternal, "facts of a prompt: %v", err)
	}
	return data, nil
}

// Embed implements Host.
func (h *hostClient) Embed(ctx context.Context, call Call, texts []string) ([][]float32, error) {
	resp, err := h.client.Embed(ctx, &hostv1.EmbedRequest{Meta: h.meta(call), Texts: texts})
	if err != nil {
		return nil, hostError("embed", err)
	}
	return conv.Each(resp.GetVectors(), (*hostv1.Vector).GetValues), nil
}

// Score implements Host.
func (h *hostClient) Score(ctx context.Context, call Call, prompt, text string) (float64, error) {
	resp, err := h.client.Score(ctx, &hostv1.ScoreRequest{Meta: h.meta(call), Prompt: prompt, Text: text})
	if err != nil {
		return 0, hostError("score", err)
	}
	return resp.GetLogProb(), nil
}

// Recall implements Host.
func (h *hostClient) Recall(ctx context.Context, call Call, query string, limit int) (string, error) {
	resp, err := h.client.Recall(ctx, &hostv1.RecallRequest{Meta: h.meta(call), Query: query, Limit: conv.Count(limit)})
	if err != nil {
		return "", hostError("recall", err)
	}
	return resp.GetText(), nil
}

func hostError(operation string, err error) error {
	return fmt.Errorf("%s: %w", operation, FromStatus(err))
}
