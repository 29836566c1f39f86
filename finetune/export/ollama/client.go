// Package ollama brings models into an Ollama server: it uploads files, creates
// models, and asks what the server makes of a dialogue. Errors are *llm.Error.
package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

const (
	maxReply = 16 << 20
	maxTold  = 2000 // bytes of a server's message that are shown
)

// Client speaks to one server. It may be used by several goroutines.
type Client struct {
	base     *url.URL
	http     *http.Client
	patience time.Duration
	pause    func(ctx context.Context, d time.Duration) error
}

// Option changes how a client behaves.
type Option func(*Client)

// Patience is how long a server that went away is waited for; a minute and a
// half unless it is given.
func Patience(d time.Duration) Option { return func(c *Client) { c.patience = d } }

// New speaks to the server at a base URL such as http://127.0.0.1:11434.
func New(base string, options ...Option) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" {
		return nil, errors.New("ollama: not the URL of a server: write it as http://host:port")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	c := &Client{base: u, http: &http.Client{Transport: transport}, patience: 90 * time.Second, pause: pause}
	for _, o := range options {
		o(c)
	}
	return c, nil
}

// Name is the server's URL as it may be shown.
func (c *Client) Name() string { return c.base.Redacted() }

// do sends a request; an answer with an error status is an error.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader, size int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(path).String(), body)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	if size >= 0 {
		req.ContentLength = size
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp, nil
	}
	defer resp.Body.Close()
	told, _ := io.ReadAll(io.LimitReader(resp.Body, maxTold)) // what came of it is shown
	return nil, c.refused(resp.StatusCode, told)
}

// broken is the error of a connection that failed. The end of the caller's
// context stays what it is.
func (c *Client) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("ask %s: %w", c.Name(), context.Cause(ctx))
	}
	return &llm.Error{Kind: llm.Unavailable, Endpoint: c.Name(), Err: err, Hint: "is Ollama running there? `ollama serve` starts it"}
}

func (c *Client) refused(status int, told []byte) error {
	var reply struct {
		Error string `json:"error"`
	}
	text := strings.TrimSpace(string(told))
	if json.Unmarshal(told, &reply) == nil && reply.Error != "" {
		text = reply.Error
	}
	e := &llm.Error{Kind: llm.BadRequest, Endpoint: c.Name(), Status: status, Err: fmt.Errorf("HTTP %d: %s", status, clip(text))}
	switch {
	case status == http.StatusNotFound:
		e.Kind = llm.ModelMissing
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Kind = llm.Unauthorized
	case status >= http.StatusInternalServerError:
		e.Kind = llm.ServerError
	}
	return e
}

func clip(s string) string { return s[:min(len(s), maxTold)] }

// post sends JSON and reads JSON.
func (c *Client) post(ctx context.Context, path string, in, out any) error {
	data, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	resp, err := c.do(ctx, http.MethodPost, path, bytes.NewReader(data), -1)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if data, err = io.ReadAll(io.LimitReader(resp.Body, maxReply)); err != nil {
		return c.broken(ctx, fmt.Errorf("read the answer: %w", err))
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &llm.Error{Kind: llm.BadReply, Endpoint: c.Name(), Err: fmt.Errorf("the answer is no JSON: %w", err)}
	}
	return nil
}

func decode(r io.Reader, out any) error {
	if err := json.NewDecoder(io.LimitReader(r, maxReply)).Decode(out); err != nil {
		return fmt.Errorf("the answer is no JSON: %w", err)
	}
	return nil
}
