// Package reference is a seeded, offline stand-in for a language model. It reads
// the facts that a prompt was rendered from and writes short, plausible Russian
// or English that fits the persona, its mood and the topic, always valid for
// the request's schema. It understands nothing: runs with it show the
// machinery, not people, and reports say so.
package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/llm-city/gorod/core/llm"
)

// Provider answers from facts. It may be used by several goroutines.
type Provider struct {
	schemas schemas
	books   map[string]*book
}

var (
	_ llm.Provider = (*Provider)(nil)
	_ llm.Checker  = (*Provider)(nil)
	_ llm.Lister   = (*Provider)(nil)
)

// name is what the provider calls itself where a server has a URL.
const name = "reference"

// New makes a provider.
func New() *Provider {
	return &Provider{books: map[string]*book{"ru": readBook("ru"), "en": readBook("en")}}
}

// Generate writes a reply. It is a function of the request's seed, purpose,
// index, attempt, schema and facts alone.
func (p *Provider) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	if err := ctx.Err(); err != nil {
		return llm.Response{}, err
	}
	if req.Admit != nil {
		if err := req.Admit(); err != nil {
			return llm.Response{}, err
		}
	}
	w := p.writer(req)
	reply, err := p.reply(w, req.Schema)
	if err != nil {
		return llm.Response{}, &llm.Error{Kind: llm.BadRequest, Endpoint: name, Err: err}
	}
	prompt := 0
	for _, m := range req.Messages {
		prompt += tokens(m.Content)
	}
	return llm.Response{Text: reply, Endpoint: name, PromptTokens: prompt, ReplyTokens: tokens(reply)}, nil
}

// tokens is about how many a model's tokenizer would make: one for four bytes,
// which is four letters of English and two of Russian.
func tokens(s string) int { return len(s)/4 + 1 }

// reply is a sentence, or JSON for a schema.
func (p *Provider) reply(w *writer, schema []byte) (string, error) {
	if len(schema) == 0 {
		return w.sentence(), nil
	}
	root, err := p.schemas.parse(schema)
	if err != nil {
		return "", err
	}
	value, err := (&filler{writer: w, root: root}).value(root, "", 0)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(value)
	return string(data), err
}

// Embed implements llm.Provider with hashed character n-grams.
func (p *Provider) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	if req.Admit != nil {
		if err := req.Admit(); err != nil {
			return llm.EmbedResponse{}, err
		}
	}
	resp := llm.EmbedResponse{Endpoint: name, Vectors: make([][]float32, len(req.Texts))}
	for i, text := range req.Texts {
		if err := ctx.Err(); err != nil {
			return llm.EmbedResponse{}, err
		}
		resp.Vectors[i] = ngrams(text)
		resp.Tokens += tokens(text)
	}
	return resp, nil
}

// Check implements llm.Checker: it is always there.
func (p *Provider) Check(context.Context, string) (llm.ModelInfo, error) {
	return llm.ModelInfo{Name: name, Endpoint: name, Detail: "built in; not a language model"}, nil
}

// Models implements llm.Lister.
func (p *Provider) Models(ctx context.Context) ([]llm.ModelInfo, error) {
	info, err := p.Check(ctx, "")
	return []llm.ModelInfo{info}, err
}

// writer is one reply under way.
func (p *Provider) writer(req llm.Request) *writer {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d ", req.Purpose, req.Index, req.Attempt)
	if req.Facts != nil {
		h.Write(req.Facts.Extra) // what the planner thought before it asked
	}
	w := &writer{random: rand.New(rand.NewPCG(req.Sampling.Seed, h.Sum64())), facts: req.Facts, book: p.books["ru"]}
	if w.facts == nil {
		w.facts = &llm.Facts{}
	}
	if w.facts.Language == "en" {
		w.book = p.books["en"]
	}
	w.tone = w.mood()
	return w
}
