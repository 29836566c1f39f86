// Package llm is how gorod talks to language models: what a request is, what a
// provider must do, and the layers between the two — schema repair, budget.
// Packages below it are the providers, the pool of endpoints and the cassette.
package llm

import (
	"context"
	"encoding/json"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Provider answers requests. Methods are called from many goroutines.
type Provider interface {
	Generate(ctx context.Context, req Request) (Response, error)
	Embed(ctx context.Context, req EmbedRequest) (EmbedResponse, error)
}

// Request is one prompt. Everything but Urgency, Facts and Admit is part of its
// identity.
type Request struct {
	Model    string          `json:"model"` // the server's name of the model
	Messages []sdk.Message   `json:"messages"`
	Schema   json.RawMessage `json:"schema,omitempty"` // of the reply; empty for free text
	Sampling Sampling        `json:"sampling"`
	// Scored, where it is set, asks for no reply but how likely the model finds
	// this text after the messages: the Response's Text is the mean natural
	// logarithm of its tokens' probabilities as a decimal number, and ReplyTokens
	// how many they are; or Unscored.
	// Only the provider openai is asked this.
	Scored string `json:"scored,omitempty"`
	// Agent, Tick, Purpose and Index say who asks and why. The pool keeps an
	// agent on the endpoint that holds its prompt's prefix.
	Agent   string `json:"agent,omitempty"`
	Tick    int64  `json:"tick"`
	Purpose string `json:"purpose,omitempty"`
	Index   int    `json:"index"`
	// Attempt is 0, or 1 when the request asks again after a reply that broke
	// its schema.
	Attempt int `json:"attempt,omitempty"`
	// Urgency says who goes first of those who wait for a slot: the most, and
	// those who came first of as much.
	Urgency int `json:"-"`
	// Facts that the messages were rendered from, for the reference provider.
	Facts *Facts `json:"-"`
	// Admit, where it is set, is called once, when a server is free to answer
	// and right before it is asked. Its error is returned as it is, and nobody
	// is asked.
	Admit func() error `json:"-"`
}

// Unscored is the answer of a server that gives no log-probabilities of a text.
const Unscored = "unscored"

// Sampling says how the reply is drawn. A nil field leaves the choice to the
// server.
type Sampling struct {
	Temperature *float64 `json:"temperature,omitempty"`
	TopP        *float64 `json:"top_p,omitempty"`
	MaxTokens   int      `json:"max_tokens,omitempty"` // 0 means the server's own limit
	Seed        uint64   `json:"seed"`
	Stop        []string `json:"stop,omitempty"`
	// LogitBias by token id; providers that cannot apply it refuse it.
	LogitBias map[string]int `json:"logit_bias,omitempty"`
}

// Facts are what the host knows about the agent that asks.
type Facts struct {
	Language     string
	Agent        sdk.Agent
	Observation  sdk.Observation
	Recollection sdk.Recollection
	Actions      []sdk.ActionSpec
	MaxActions   int
	Extra        json.RawMessage // what the plugin added
}

// Response is a model's answer.
type Response struct {
	Text         string
	PromptTokens int
	ReplyTokens  int
	// Truncated is set when the reply ended at MaxTokens, or the server gave up a
	// model that said the same over and over.
	Truncated bool
	Endpoint  string        // who answered
	Latency   time.Duration // of the answering request, without waiting for a slot
	Cached    bool          // from the cassette
	Key       string        // the cassette's key of the call
}

// EmbedRequest asks for vectors.
type EmbedRequest struct {
	Model string   `json:"model"`
	Texts []string `json:"texts"`
	// Admit is as in Request.
	Admit func() error `json:"-"`
}

// EmbedResponse holds one unit vector a text, all of one length.
type EmbedResponse struct {
	Vectors  [][]float32
	Tokens   int
	Endpoint string        // who answered
	Latency  time.Duration // of the answering request, without waiting for a slot
	Cached   bool          // all of it from the cassette
}
