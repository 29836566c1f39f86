package llmtest

import "time"

// Options of a Server. The zero value answers at once, one request at a time.
type Options struct {
	Slots  int           // requests worked on at once, at least 1; others wait
	Mean   time.Duration // of the log-normal time that a reply takes
	Sigma  float64       // of its logarithm
	Seed   uint64        // of the times
	Models []string      // that it has; empty means every name
	Digest string        // of its models; empty makes one of the name
	Key    string        // required of clients of the OpenAI API
	// NoSchema refuses replies by schema, as some servers do.
	NoSchema bool
	// NoLogProbs leaves log-probabilities out of echoed completions, as some
	// servers do.
	NoLogProbs bool
	// Reply makes the text of an answer; nil means AnswerBySchema.
	Reply func(Request) string
	// Fault says how the n-th request (from 0) fails; nil means none does.
	Fault func(n int, r Request) Fault
}

// Request is what a client asked.
type Request struct {
	Path     string
	Model    string
	Messages []Message
	Schema   []byte         // nil for free text
	Sampling map[string]any // the request's JSON, or Ollama's options
	Texts    []string       // to embed
}

// Message is one turn.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Fault is a way to fail; the zero value is none.
type Fault struct {
	Status     int    // answer with this instead of 200
	Message    string // of the error
	RetryAfter string // header
	Hang       bool   // never answer
	Reset      bool   // break the connection
	Truncate   bool   // send half of the answer
	Text       string // answer with this text, whatever the schema
}
