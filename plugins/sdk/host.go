package sdk

import (
	"context"
	"encoding/json"
)

// Host is what a plugin may ask of the host: the models and the memory of the
// agent it works for. Credentials, caching, budgets, retries and seeds stay
// with the host. Every method may be called from several goroutines.
type Host interface {
	// Generate asks the agent's language model. With a Schema the reply is valid
	// JSON for it: the host asks the model a second time with the error when a
	// reply is not, and then gives an Error of kind ErrModel.
	Generate(ctx context.Context, req GenerateRequest) (Reply, error)
	// Embed turns texts into unit vectors of one length.
	Embed(ctx context.Context, call Call, texts []string) ([][]float32, error)
	// Score is how likely the agent's model finds text after prompt: the mean
	// natural logarithm of its tokens' probabilities, so 0 or less. Where the
	// model's server gives no log-probabilities, an Error of kind ErrUnsupported.
	Score(ctx context.Context, call Call, prompt, text string) (float64, error)
	// Recall asks the memory plugin what the agent remembers about query.
	Recall(ctx context.Context, call Call, query string, limit int) (string, error)
}

// Call names a call to the host, so that its seed and its recording depend on
// what it is, not on when it came. Give calls of one agent and tick that have
// the same purpose different indexes.
type Call struct {
	Agent   string
	Tick    int64
	Purpose string // plan, ask, answer, impressions, …
	Index   int
}

// Roles of a Message.
const (
	RoleSystem    = "system"
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// Message is one turn of a prompt.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// GenerateRequest is a prompt.
type GenerateRequest struct {
	Call        Call
	Messages    []Message
	Schema      json.RawMessage // of the reply; nil for free text
	Temperature *float64        // nil leaves it to the model's entry in the study
	TopP        *float64
	MaxTokens   int // 0 leaves it to the model's entry in the study
	Stop        []string
	// Facts that the prompt was rendered from and that the host does not hold
	// itself (it knows the agent, its observation, its recollection and the
	// actions allowed). The offline reference model writes from facts.
	Facts any
}

// Reply is a model's answer.
type Reply struct {
	Text         string
	PromptTokens int
	ReplyTokens  int
}
