package llm_test

import (
	"context"
	"sync"

	"github.com/llm-city/gorod/core/llm"
)

// scripted answers with its replies in turn, the last one again and again, and
// keeps what it was asked.
type scripted struct {
	replies []llm.Response
	err     error
	mu      sync.Mutex
	asked   []llm.Request
}

func says(texts ...string) *scripted {
	s := &scripted{}
	for _, text := range texts {
		s.replies = append(s.replies, llm.Response{Text: text, PromptTokens: 10, ReplyTokens: 2, Endpoint: "http://a"})
	}
	return s
}

func (s *scripted) Generate(_ context.Context, req llm.Request) (llm.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if req.Admit != nil { // as the pool does when it has a slot
		if err := req.Admit(); err != nil {
			return llm.Response{}, err
		}
	}
	s.asked = append(s.asked, req)
	if s.err != nil {
		return llm.Response{}, s.err
	}
	return s.replies[min(len(s.asked), len(s.replies))-1], nil
}

func (s *scripted) Embed(_ context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if req.Admit != nil {
		if err := req.Admit(); err != nil {
			return llm.EmbedResponse{}, err
		}
	}
	s.asked = append(s.asked, llm.Request{Model: req.Model})
	return llm.EmbedResponse{Vectors: make([][]float32, len(req.Texts)), Tokens: 12}, s.err
}
