package llm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Repair is a layer that makes replies fit their schema: it takes the JSON out
// of the reply, and where that breaks the schema it asks once more, with the
// reply and what is wrong with it. A second bad reply is an Error of kind
// BadReply. The Text that it returns is JSON and nothing else. Requests without
// a schema pass through.
func Repair(next Provider) Provider { return &repair{next: next} }

type repair struct {
	next    Provider
	schemas schema.Cache
}

// Embed implements Provider.
func (r *repair) Embed(ctx context.Context, req EmbedRequest) (EmbedResponse, error) {
	return r.next.Embed(ctx, req)
}

// Generate implements Provider.
func (r *repair) Generate(ctx context.Context, req Request) (Response, error) {
	if len(req.Schema) == 0 {
		return r.next.Generate(ctx, req)
	}
	s, err := r.schemas.Compile(req.Schema)
	if err != nil {
		return Response{}, &Error{Kind: BadRequest, Model: req.Model, Err: err, Hint: "the plugin that asks must give a valid JSON Schema"}
	}
	first, err := r.next.Generate(ctx, req)
	if err != nil {
		return first, err
	}
	text, wrong := fit(s, first)
	if wrong == nil {
		first.Text = text
		return first, nil
	}
	second, err := r.next.Generate(ctx, again(req, first.Text, wrong))
	if err != nil {
		return second, err
	}
	second.PromptTokens += first.PromptTokens
	second.ReplyTokens += first.ReplyTokens
	// Each in whole microseconds, as a recording has them: the sum of a replay is the same.
	second.Latency = second.Latency.Truncate(time.Microsecond) + first.Latency.Truncate(time.Microsecond)
	second.Cached = second.Cached && first.Cached
	text, wrong = fit(s, second)
	if wrong != nil {
		return second, &Error{
			Kind: BadReply, Endpoint: second.Endpoint, Model: req.Model,
			Err: fmt.Errorf("asked twice, it still breaks the schema: %w; it says %q", wrong, clip(second.Text, 200)),
		}
	}
	second.Text = text
	return second, nil
}

var (
	errNoJSON = errors.New("there is no JSON in the reply")
	errCutOff = errors.New("the reply was cut off before its end: it must be shorter")
)

// fit is the first JSON value of the reply that fits, or else what is wrong
// with the first one.
func fit(s *schema.Schema, resp Response) (text string, wrong error) {
	for value := range jsonIn(resp.Text) {
		violations := s.Validate([]byte(value))
		if len(violations) == 0 {
			return value, nil
		}
		if wrong == nil {
			wrong = errors.New(list(violations))
		}
	}
	switch {
	case resp.Truncated:
		return "", errCutOff
	case wrong == nil:
		return "", errNoJSON
	default:
		return "", wrong
	}
}

func list(violations []schema.Violation) string {
	const most = 5
	var out []string
	for _, v := range violations[:min(len(violations), most)] {
		out = append(out, clip(v.String(), 300))
	}
	if more := len(violations) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, "; ")
}

// again is the request that follows a bad reply.
func again(req Request, reply string, wrong error) Request {
	text := "This reply cannot be used: %s.\nAnswer once more, with JSON by this schema and nothing else:\n%s"
	if req.Facts != nil && req.Facts.Language == "ru" {
		text = "Такой ответ не подходит: %s.\nОтветьте ещё раз — только JSON по этой схеме, без другого текста:\n%s"
	}
	messages := make([]sdk.Message, 0, len(req.Messages)+2)
	messages = append(messages, req.Messages...)
	req.Messages = append(messages,
		sdk.Message{Role: "assistant", Content: clip(reply, 4000)},
		sdk.Message{Role: "user", Content: fmt.Sprintf(text, wrong, req.Schema)},
	)
	req.Attempt++
	return req
}

// clip cuts a text after at most n bytes, between two characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
