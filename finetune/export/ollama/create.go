package ollama

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/llm-city/gorod/core/llm"
)

// Model is what a model is created of.
type Model struct {
	Name       string            `json:"model"`
	From       string            `json:"from,omitempty"` // a model that is there; else Files
	Files      map[string]string `json:"files,omitempty"`
	Adapters   map[string]string `json:"adapters,omitempty"`
	Template   string            `json:"template,omitempty"`
	System     string            `json:"system,omitempty"`
	License    []string          `json:"license,omitempty"`
	Parameters map[string]any    `json:"parameters,omitempty"`
	Quantize   string            `json:"quantize,omitempty"`
}

// FilesOf names blobs as Create wants them.
func FilesOf(blobs ...Blob) map[string]string {
	out := map[string]string{}
	for _, b := range blobs {
		out[b.Name] = b.Digest
	}
	return out
}

// Create makes a model, or makes it anew.
func (c *Client) Create(ctx context.Context, m Model, progress Progress) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("create %s: %w", m.Name, err)
	}
	resp, err := c.do(ctx, http.MethodPost, "api/create", bytes.NewReader(data), -1)
	if err != nil {
		return fmt.Errorf("create %s: %w", m.Name, err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	last := "nothing"
	for lines.Scan() {
		var line struct {
			Status, Error    string
			Total, Completed int64
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return c.created(m, fmt.Errorf("the answer is no JSON: %w", err))
		}
		if line.Error != "" {
			return c.created(m, errors.New(clip(line.Error)))
		}
		last = clip(line.Status)
		if progress != nil {
			progress(last, line.Completed, line.Total)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("create %s: %w", m.Name, c.broken(ctx, err))
	}
	if last != "success" {
		return c.created(m, fmt.Errorf("it broke off at %q", last))
	}
	return nil
}

func (c *Client) created(m Model, err error) error {
	return &llm.Error{Kind: llm.BadRequest, Endpoint: c.Name(), Model: m.Name, Err: fmt.Errorf("create it: %w", err)}
}

// Delete removes a model.
func (c *Client) Delete(ctx context.Context, name string) error {
	data, err := json.Marshal(map[string]string{"model": name})
	if err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	resp, err := c.do(ctx, http.MethodDelete, "api/delete", bytes.NewReader(data), -1)
	if err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	return resp.Body.Close()
}
