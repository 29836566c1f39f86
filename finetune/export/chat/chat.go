// Package chat talks to a model with what its training asked for at inference:
// retrieved context, phrases that it must not say, and biases of tokens.
package chat

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Message is one of a dialogue.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Request is what a backend is asked.
type Request struct {
	Model     string
	Messages  []Message
	Seed      int
	MaxTokens int                // 0: the server's own limit
	Bias      map[string]float64 // by token id, where the backend has it
}

// Backend is a server of models.
type Backend interface {
	// Stream gives the parts of a reply as they come. An error of the function
	// ends it and is returned.
	Stream(ctx context.Context, req Request, part func(text string) error) error
	// Bias makes biases by token id of those by text. ErrNoBias says that the
	// server knows none.
	Bias(ctx context.Context, model string, byText map[string]float64) (map[string]float64, error)
}

// ErrNoBias is the answer of a server that cannot apply logit biases.
var ErrNoBias = errors.New("this server applies no logit bias: serve the model with llama.cpp or vLLM, and name its OpenAI-compatible address")

// Options say how a model is talked to.
type Options struct {
	Model     string
	System    string
	Banned    []string           // phrases, found as whole words, whatever their case
	LogitBias map[string]float64 // by text of a token
	Seed      int
	Attempts  int // replies that are asked for until one has no banned phrase; 0 is 4
	MaxTokens int
}

// Part is a piece of a reply as it is shown. Restart says that what was shown
// of it so far is taken back.
type Part struct {
	Text    string
	Restart bool
}

// Banned is a reply that said a banned phrase on every attempt.
type Banned struct {
	Phrase   string
	Attempts int
}

// Error implements error.
func (b *Banned) Error() string {
	return fmt.Sprintf("each of %d replies says what is banned, the last one %q", b.Attempts, b.Phrase)
}

// Session is a conversation. It is for one goroutine.
type Session struct {
	backend Backend
	o       Options
	phrases []phrase
	bias    map[string]float64
	said    []Message
}

// Open begins a conversation.
func Open(ctx context.Context, b Backend, o Options) (*Session, error) {
	s := &Session{backend: b, o: o, phrases: fold(o.Banned)}
	if s.o.Attempts <= 0 {
		s.o.Attempts = 4
	}
	if len(o.LogitBias) == 0 {
		return s, nil
	}
	var err error
	if s.bias, err = b.Bias(ctx, o.Model, o.LogitBias); err != nil {
		return nil, fmt.Errorf("logit bias: %w", err)
	}
	return s, nil
}

// Say asks for a reply to a text. The texts retrieved for it are put into the
// system message of this turn. A reply that says a banned phrase is broken off
// and asked for again with another seed; *Banned is returned when no attempt
// is without.
func (s *Session) Say(ctx context.Context, text string, retrieved []string, show func(Part)) (string, error) {
	asked := append(s.said[:len(s.said):len(s.said)], Message{"user", text})
	req := Request{Model: s.o.Model, Messages: s.withSystem(asked, retrieved), MaxTokens: s.o.MaxTokens, Bias: s.bias}
	var hit *hit
	for i := range s.o.Attempts {
		if i > 0 {
			show(Part{Restart: true})
		}
		req.Seed = s.o.Seed + len(s.said)/2 + i*1_000_003
		reply, err := s.attempt(ctx, req, show)
		if err == nil {
			s.said = append(asked, Message{"assistant", reply})
			return reply, nil
		}
		if !errors.As(err, &hit) {
			return "", err
		}
	}
	show(Part{Restart: true})
	return "", &Banned{Phrase: hit.phrase, Attempts: s.o.Attempts}
}

// withSystem puts the system message first, with what was retrieved.
func (s *Session) withSystem(messages []Message, retrieved []string) []Message {
	system := s.o.System
	if len(retrieved) > 0 {
		system = strings.TrimLeft(system+"\n\n"+strings.Join(retrieved, "\n\n"), "\n")
	}
	if system == "" {
		return messages
	}
	return append([]Message{{"system", system}}, messages...)
}

// attempt streams one reply. What may become a banned phrase is held back.
func (s *Session) attempt(ctx context.Context, req Request, show func(Part)) (string, error) {
	w := &watch{phrases: s.phrases}
	emit := func(text string) {
		if text != "" {
			show(Part{Text: text})
		}
	}
	err := s.backend.Stream(ctx, req, func(text string) error {
		free, err := w.add(text)
		emit(free)
		return err
	})
	if err != nil {
		return "", err
	}
	rest, err := w.end()
	if err != nil {
		return "", err
	}
	emit(rest)
	return string(w.text), nil
}
