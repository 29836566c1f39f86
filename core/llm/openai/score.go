package openai

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	client "github.com/sashabaranov/go-openai"

	"github.com/llm-city/gorod/core/llm"
)

// score asks how likely the model finds a text after a prompt: a completion
// that echoes both with the log-probabilities of their tokens, as vLLM gives
// them. A server that does not is no failure: the reply is llm.Unscored, so that
// it is recorded like any other.
func (s *Server) score(ctx context.Context, req llm.Request) (llm.Response, error) {
	var prompt strings.Builder
	for i, m := range req.Messages {
		if i > 0 {
			prompt.WriteString("\n\n")
		}
		prompt.WriteString(m.Content)
	}
	ctx, extra := withExtra(ctx)
	resp, err := s.api.CreateCompletion(ctx, client.CompletionRequest{
		Model: req.Model, Prompt: prompt.String() + req.Scored, Echo: true, LogProbs: 1, MaxTokens: 1,
	})
	out := llm.Response{Text: llm.Unscored, Endpoint: s.name}
	if err != nil {
		err = s.explain(ctx, extra, req.Model, err)
		if e, ok := errors.AsType[*llm.Error](err); ok && e.Kind == llm.BadRequest {
			return out, nil // it has no completions, or they do not echo
		}
		return out, err
	}
	if u := resp.Usage; u != nil {
		out.PromptTokens, out.ReplyTokens = u.PromptTokens, u.CompletionTokens
	}
	if len(resp.Choices) > 0 {
		if mean, n := meanLogProb(resp.Choices[0].LogProbs, prompt.String(), req.Scored); n > 0 {
			out.Text = strconv.FormatFloat(mean, 'g', -1, 64)
			out.PromptTokens, out.ReplyTokens = max(0, out.PromptTokens-n), n
		}
	}
	return out, nil
}

// meanLogProb is the mean over the n tokens that begin within the text; n is 0
// where it cannot be told. Offsets count characters. The very first token of all
// has no probability.
func meanLogProb(l client.LogprobResult, prompt, text string) (mean float64, n int) {
	from := utf8.RuneCountInString(prompt)
	to := from + utf8.RuneCountInString(text)
	sum := 0.0
	for i, at := range l.TextOffset {
		if i > 0 && i < len(l.TokenLogprobs) && at >= from && at < to {
			sum, n = sum+float64(l.TokenLogprobs[i]), n+1
		}
	}
	if n == 0 || sum > 0 {
		return 0, 0
	}
	return sum / float64(n), n
}
