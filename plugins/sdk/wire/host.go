package wire

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"google.golang.org/grpc"

	hostv1 "github.com/llm-city/gorod/plugins/proto/gorod/host/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// RegisterHost serves host to a plugin.
func RegisterHost(s grpc.ServiceRegistrar, host sdk.Host) {
	hostv1.RegisterHostServiceServer(s, &hostServer{host: host})
}

// hostServer serves what a plugin may ask of the host. What comes in is not to
// be trusted.
type hostServer struct {
	hostv1.UnimplementedHostServiceServer
	host sdk.Host
}

func callFrom(m *hostv1.CallMeta) sdk.Call {
	return sdk.Call{Agent: m.GetAgent(), Tick: m.GetTick(), Purpose: m.GetPurpose(), Index: int(m.GetIndex())}
}

// Generate implements hostv1.HostServiceServer.
func (s *hostServer) Generate(ctx context.Context, req *hostv1.GenerateRequest) (*hostv1.GenerateResponse, error) {
	if schema := req.GetSchemaJson(); len(schema) > 0 && !json.Valid(schema) {
		return nil, sdk.ToStatus(sdk.Errorf(sdk.ErrInvalidInput, "the schema of a prompt is not JSON"))
	}
	if facts := req.GetFactsJson(); len(facts) > 0 && !json.Valid(facts) {
		return nil, sdk.ToStatus(sdk.Errorf(sdk.ErrInvalidInput, "the facts of a prompt are not JSON"))
	}
	for _, m := range req.GetMessages() {
		if err := checkPrompt(m.GetContent()); err != nil {
			return nil, err
		}
	}
	reply, err := s.host.Generate(ctx, generateRequestFrom(req))
	if err != nil {
		return nil, sdk.ToStatus(err)
	}
	return &hostv1.GenerateResponse{
		Text: reply.Text, PromptTokens: conv.Count(reply.PromptTokens), ReplyTokens: conv.Count(reply.ReplyTokens),
	}, nil
}

func generateRequestFrom(m *hostv1.GenerateRequest) sdk.GenerateRequest {
	sampling := m.GetSampling()
	if sampling == nil {
		sampling = &hostv1.Sampling{}
	}
	req := sdk.GenerateRequest{
		Call: callFrom(m.GetMeta()),
		Messages: conv.Each(m.GetMessages(), func(m *hostv1.Message) sdk.Message {
			return sdk.Message{Role: m.GetRole(), Content: m.GetContent()}
		}),
		Schema: m.GetSchemaJson(), Temperature: sampling.Temperature, TopP: sampling.TopP,
		MaxTokens: int(sampling.GetMaxTokens()), Stop: sampling.GetStop(),
	}
	if facts := m.GetFactsJson(); len(facts) > 0 {
		req.Facts = json.RawMessage(facts)
	}
	return req
}

// Embed implements hostv1.HostServiceServer.
func (s *hostServer) Embed(ctx context.Context, req *hostv1.EmbedRequest) (*hostv1.EmbedResponse, error) {
	vectors, err := s.host.Embed(ctx, callFrom(req.GetMeta()), req.GetTexts())
	if err != nil {
		return nil, sdk.ToStatus(err)
	}
	return &hostv1.EmbedResponse{Vectors: conv.Each(vectors, func(v []float32) *hostv1.Vector {
		return &hostv1.Vector{Values: v}
	})}, nil
}

// Score implements hostv1.HostServiceServer.
func (s *hostServer) Score(ctx context.Context, req *hostv1.ScoreRequest) (*hostv1.ScoreResponse, error) {
	for _, text := range []string{req.GetPrompt(), req.GetText()} {
		if err := checkPrompt(text); err != nil {
			return nil, err
		}
	}
	logProb, err := s.host.Score(ctx, callFrom(req.GetMeta()), req.GetPrompt(), req.GetText())
	if err != nil {
		return nil, sdk.ToStatus(err)
	}
	return &hostv1.ScoreResponse{LogProb: logProb}, nil
}

func checkPrompt(text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return sdk.ToStatus(sdk.Errorf(sdk.ErrInvalidInput, "a prompt is not UTF-8: %.80q", text))
}

// Recall implements hostv1.HostServiceServer.
func (s *hostServer) Recall(ctx context.Context, req *hostv1.RecallRequest) (*hostv1.RecallResponse, error) {
	text, err := s.host.Recall(ctx, callFrom(req.GetMeta()), req.GetQuery(), int(req.GetLimit()))
	if err != nil {
		return nil, sdk.ToStatus(err)
	}
	return &hostv1.RecallResponse{Text: text}, nil
}
