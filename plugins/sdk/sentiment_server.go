package sdk

import (
	"context"

	sentimentv1 "github.com/llm-city/gorod/plugins/proto/gorod/sentiment/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// sentimentServer serves a Classifier.
type sentimentServer struct {
	sentimentv1.UnimplementedSentimentServiceServer
	base *baseServer
}

// Classify implements sentimentv1.SentimentServiceServer.
func (s *sentimentServer) Classify(ctx context.Context, req *sentimentv1.ClassifyRequest) (*sentimentv1.ClassifyResponse, error) {
	c, err := implementation[Classifier](s.base)
	if err != nil {
		return nil, err
	}
	sentiments, err := c.Classify(ctx, req.GetTick(), req.GetTexts())
	if err != nil {
		return nil, err
	}
	return &sentimentv1.ClassifyResponse{Sentiments: conv.EachAt(sentiments, sentimentTo)}, nil
}
