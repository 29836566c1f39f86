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

// Make uploads files and makes a model of them. A server that goes away
// meanwhile gets anew what it has lost.
func (c *Client) Make(ctx context.Context, files []File, m func([]Blob) Model, progress Progress) ([]Blob, error) {
	var blobs []Blob
	err := c.Again(ctx, progress, func() (err error) {
		for range 2 { // a server that restarts may drop what belongs to no model yet
			if blobs, err = c.Upload(ctx, files, progress); err != nil {
				return err
			}
			if err = c.Create(ctx, m(blobs), progress); err == nil || away(err) || !c.lost(ctx, blobs) {
				return err
			}
		}
		return err
	})
	return blobs, err
}

func (c *Client) lost(ctx context.Context, blobs []Blob) bool {
	for _, b := range blobs {
		if has, err := c.has(ctx, b.Digest); err == nil && !has {
			return true
		}
	}
	return false
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

// Copy gives a model another name; one that has it already is replaced.
func (c *Client) Copy(ctx context.Context, from, to string) error {
	return c.tell(ctx, "copy "+from+" to "+to, http.MethodPost, "api/copy", map[string]string{"source": from, "destination": to})
}

// Delete removes a model.
func (c *Client) Delete(ctx context.Context, name string) error {
	return c.tell(ctx, "delete "+name, http.MethodDelete, "api/delete", map[string]string{"model": name})
}

// tell sends what has no answer.
func (c *Client) tell(ctx context.Context, what, method, path string, in map[string]string) error {
	data, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	resp, err := c.do(ctx, method, path, bytes.NewReader(data), -1)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return resp.Body.Close()
}
