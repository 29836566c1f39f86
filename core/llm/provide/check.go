package provide

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Check is one thing that was tried with a model at an endpoint.
type Check struct {
	Name     string `json:"name"` // model, reply, schema or embedding
	Endpoint string `json:"endpoint,omitempty"`
	OK       bool   `json:"ok"`
	Detail   string `json:"detail"`
}

// Check asks every server of an entry for the model, a reply, a reply by
// schema, and an embedding. The error joins those of what failed; a model that
// does not embed, or does nothing else, is in order.
func (s *Set) Check(ctx context.Context, name string) ([]Check, error) {
	e, err := s.entry(name)
	if err != nil {
		return nil, err
	}
	if len(e.endpoints) == 0 {
		return try(ctx, e, pool.Endpoint{Provider: e.provider})
	}
	var out []Check
	var all []error
	for _, endpoint := range e.endpoints {
		checks, err := try(ctx, e, endpoint)
		out, all = append(out, checks...), append(all, err)
	}
	return out, errors.Join(all...)
}

func try(ctx context.Context, e entry, endpoint pool.Endpoint) ([]Check, error) {
	if e.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.Timeout)
		defer cancel()
	}
	var out []Check
	note := func(name string, do func() (string, error)) error {
		began := time.Now()
		detail, err := do()
		if err == nil {
			detail = fmt.Sprintf("%s (%s)", detail, time.Since(began).Round(time.Millisecond))
		} else {
			detail = err.Error()
		}
		out = append(out, Check{name, endpoint.Name, err == nil, detail})
		return err
	}
	model := e.Model.Model
	if checker, ok := endpoint.Provider.(llm.Checker); ok {
		if err := note("model", func() (string, error) {
			info, err := checker.Check(ctx, model)
			return strings.TrimSpace(fmt.Sprintf("%s %s %.12s", info.Name, info.Detail, info.Digest)), err
		}); err != nil {
			return out, err // nothing else can work
		}
	}
	replied := note("reply", func() (string, error) { return reply(ctx, endpoint.Provider, model, "") })
	structured := note("schema", func() (string, error) { return reply(ctx, endpoint.Provider, model, checkSchema) })
	embedded := note("embedding", func() (string, error) { return embed(ctx, endpoint.Provider, model) })
	if embedded == nil && replied != nil {
		return out, nil // a model for embeddings alone
	}
	return out, errors.Join(replied, structured)
}

var errNoAnswer = errors.New("the reply is empty")

const checkSchema = `{"type":"object","properties":{"answer":{"type":"string","enum":["да","нет"]}},"required":["answer"],"additionalProperties":false}`

func reply(ctx context.Context, p llm.Provider, model, schema string) (string, error) {
	zero := 0.0
	resp, err := llm.Repair(p).Generate(ctx, llm.Request{
		Model: model, Messages: []sdk.Message{{Role: "user", Content: "Париж — столица Франции? Ответьте одним словом: да или нет."}},
		Schema: json.RawMessage(schema), Sampling: llm.Sampling{Temperature: &zero, MaxTokens: 32, Seed: 1}, Purpose: "check",
	})
	if err == nil && resp.Text == "" {
		err = &llm.Error{Kind: llm.BadReply, Endpoint: resp.Endpoint, Model: model, Err: errNoAnswer}
	}
	return strings.Join(strings.Fields(resp.Text), " "), err
}

func embed(ctx context.Context, p llm.Provider, model string) (string, error) {
	resp, err := p.Embed(ctx, llm.EmbedRequest{Model: model, Texts: []string{"Здравствуй, город!"}})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d dimensions", len(resp.Vectors[0])), nil
}
