package chat

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/llm"
)

const (
	maxLine  = 1 << 20
	maxReply = 4 << 20
	maxTold  = 2000
)

// server is what both backends are.
type server struct {
	base *url.URL
	key  string // of the API; never shown
	http *http.Client
}

func newServer(base, key string) (server, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return server{}, errors.New("chat: not the URL of a server: write it as http://host:port")
	}
	return server{u, key, &http.Client{}}, nil
}

// post sends JSON; the caller closes the answer.
func (s server) post(ctx context.Context, path string, in any) (io.ReadCloser, error) {
	data, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base.JoinPath(path).String(), bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if s.key != "" {
		req.Header.Set("Authorization", "Bearer "+s.key)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, &llm.Error{Kind: llm.Unavailable, Endpoint: s.base.Redacted(), Err: err}
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	told, _ := io.ReadAll(io.LimitReader(resp.Body, maxTold)) // what came of it is shown
	kind := llm.BadRequest
	switch {
	case resp.StatusCode == http.StatusNotFound:
		kind = llm.ModelMissing
	case resp.StatusCode >= http.StatusInternalServerError:
		kind = llm.ServerError
	}
	return nil, &llm.Error{Kind: kind, Endpoint: s.base.Redacted(), Status: resp.StatusCode, Err: errors.New(strings.TrimSpace(string(told)))}
}

// lines reads the lines of a streamed reply until one ends it.
func (s server) lines(ctx context.Context, body io.ReadCloser, line func(raw []byte) (end bool, err error)) error {
	defer body.Close()
	in := bufio.NewScanner(io.LimitReader(body, maxReply))
	in.Buffer(nil, maxLine)
	for in.Scan() {
		if end, err := line(in.Bytes()); end || err != nil {
			return err
		}
	}
	switch err := in.Err(); {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return &llm.Error{Kind: llm.Unavailable, Endpoint: s.base.Redacted(), Err: err}
	}
	return &llm.Error{Kind: llm.ServerError, Endpoint: s.base.Redacted(), Err: errors.New("the reply broke off")}
}

// Ollama is a server of Ollama, by its own API.
type Ollama struct{ server }

// OpenAI is a server that speaks OpenAI's API: llama.cpp, vLLM, Ollama.
type OpenAI struct{ server }

var (
	_ Backend = (*Ollama)(nil)
	_ Backend = (*OpenAI)(nil)
)

// NewOllama speaks to the server at a base URL.
func NewOllama(base string) (*Ollama, error) {
	s, err := newServer(base, "")
	return &Ollama{s}, err
}

// NewOpenAI speaks to the server at a base URL that ends in /v1.
func NewOpenAI(base, key string) (*OpenAI, error) {
	s, err := newServer(base, key)
	return &OpenAI{s}, err
}

// Stream implements Backend.
func (o *Ollama) Stream(ctx context.Context, req Request, part func(string) error) error {
	options := map[string]any{"seed": req.Seed}
	if req.MaxTokens > 0 {
		options["num_predict"] = req.MaxTokens
	}
	body, err := o.post(ctx, "api/chat", map[string]any{"model": req.Model, "messages": req.Messages, "stream": true, "options": options})
	if err != nil {
		return err
	}
	return o.lines(ctx, body, func(raw []byte) (bool, error) {
		var line struct {
			Message Message
			Done    bool
			Error   string
		}
		if err := json.Unmarshal(raw, &line); err != nil {
			return true, fmt.Errorf("the reply is no JSON: %w", err)
		}
		if line.Error != "" {
			return true, &llm.Error{Kind: llm.ServerError, Endpoint: o.base.Redacted(), Model: req.Model, Err: errors.New(line.Error)}
		}
		return line.Done, part(line.Message.Content)
	})
}

// Bias implements Backend: Ollama has none.
func (o *Ollama) Bias(context.Context, string, map[string]float64) (map[string]float64, error) {
	return nil, ErrNoBias
}

// Stream implements Backend.
func (o *OpenAI) Stream(ctx context.Context, req Request, part func(string) error) error {
	in := map[string]any{"model": req.Model, "messages": req.Messages, "stream": true, "seed": req.Seed}
	if req.MaxTokens > 0 {
		in["max_tokens"] = req.MaxTokens
	}
	if len(req.Bias) > 0 {
		in["logit_bias"] = req.Bias
	}
	body, err := o.post(ctx, "chat/completions", in)
	if err != nil {
		return err
	}
	return o.lines(ctx, body, func(raw []byte) (bool, error) {
		data, ok := bytes.CutPrefix(raw, []byte("data:"))
		if data = bytes.TrimSpace(data); !ok || len(data) == 0 {
			return false, nil
		}
		if string(data) == "[DONE]" {
			return true, nil
		}
		var event struct {
			Choices []struct{ Delta Message }
		}
		if err := json.Unmarshal(data, &event); err != nil {
			return true, fmt.Errorf("the reply is no JSON: %w", err)
		}
		if len(event.Choices) == 0 {
			return false, nil
		}
		return false, part(event.Choices[0].Delta.Content)
	})
}

// Bias implements Backend by /tokenize, which llama.cpp and vLLM have beside the
// API: a text of several tokens gives each its bias.
func (o *OpenAI) Bias(ctx context.Context, model string, byText map[string]float64) (map[string]float64, error) {
	root := server{base: o.base.JoinPath(".."), key: o.key, http: o.http}
	out := map[string]float64{}
	for text, bias := range byText {
		body, err := root.post(ctx, "tokenize", map[string]any{"model": model, "content": text, "prompt": text, "add_special": false, "add_special_tokens": false})
		if err != nil {
			if llm.IsKind(err, llm.ModelMissing) { // the path is
				return nil, ErrNoBias
			}
			return nil, err
		}
		var reply struct {
			Tokens []int `json:"tokens"`
		}
		err = json.NewDecoder(io.LimitReader(body, maxReply)).Decode(&reply)
		body.Close()
		if err != nil {
			return nil, fmt.Errorf("tokens of %q: %w", text, err)
		}
		for _, id := range reply.Tokens {
			out[strconv.Itoa(id)] = bias
		}
	}
	return out, nil
}
