package ollama

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/finetune/export/template"
)

// Shown is what the server says of a model.
type Shown struct {
	Template   string `json:"template"`
	System     string `json:"system"`
	Parameters string `json:"parameters"`
	License    string `json:"license"`
	Details    struct {
		Family       string `json:"family"`
		Quantization string `json:"quantization_level"`
		Parameters   string `json:"parameter_size"`
	} `json:"details"`
	Info map[string]any `json:"model_info"` // the GGUF's keys, without long lists
}

// Text is a key of the GGUF.
func (s Shown) Text(key string) string {
	text, _ := s.Info[key].(string)
	return text
}

// Number is a key of the GGUF; 0 where it is not there.
func (s Shown) Number(key string) uint64 {
	n, _ := s.Info[key].(float64)
	return uint64(max(n, 0))
}

// Load has the server load a model, or say why it cannot.
func (c *Client) Load(ctx context.Context, model string) error {
	var out struct{ Done bool }
	if err := c.post(ctx, "api/generate", map[string]any{"model": model, "stream": false}, &out); err != nil {
		return fmt.Errorf("load %s: %w", model, err)
	}
	return nil
}

// Show asks about a model.
func (c *Client) Show(ctx context.Context, model string) (Shown, error) {
	var out Shown
	if err := c.post(ctx, "api/show", map[string]string{"model": model}, &out); err != nil {
		return Shown{}, fmt.Errorf("show %s: %w", model, err)
	}
	return out, nil
}

// Version of the server.
func (c *Client) Version(ctx context.Context) (string, error) {
	resp, err := c.do(ctx, "GET", "api/version", nil, -1)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var out struct{ Version string }
	return out.Version, decode(resp.Body, &out)
}

// Rendered gives the prompt that the server makes of a dialogue, by
// _debug_render_only, which Ollama has since 0.11.5; ok is false where the server
// does not have it. A dialogue that is longer than the model's context is shown
// whole.
func (c *Client) Rendered(ctx context.Context, model string, messages []template.Message) (text string, ok bool, err error) {
	var out struct {
		Debug *struct {
			Rendered string `json:"rendered_template"`
		} `json:"_debug_info"`
	}
	err = c.post(ctx, "api/chat", map[string]any{
		"model": model, "messages": messages, "stream": false, "_debug_render_only": true, "think": false, "truncate": false,
		"options": map[string]any{"num_predict": 1}, // an older server answers instead
	}, &out)
	if err != nil || out.Debug == nil {
		return "", false, err
	}
	return out.Debug.Rendered, true, nil
}

// Reply is what a model answers.
type Reply struct {
	Text         string
	PromptTokens int
}

// fixed are options under which a model always answers the same.
func fixed(seed int) map[string]any {
	return map[string]any{"seed": seed, "temperature": 0.7, "num_predict": 24}
}

// Chat asks for a reply to a dialogue, which the server renders.
func (c *Client) Chat(ctx context.Context, model string, messages []template.Message, seed int) (Reply, error) {
	var out struct {
		Message template.Message
		Tokens  int `json:"prompt_eval_count"`
	}
	err := c.post(ctx, "api/chat", map[string]any{"model": model, "messages": messages, "stream": false, "options": fixed(seed)}, &out)
	return Reply{out.Message.Content, out.Tokens}, err
}

// Raw asks for what follows a text, which the server takes as it is.
func (c *Client) Raw(ctx context.Context, model, prompt string, seed int) (Reply, error) {
	var out struct {
		Response string
		Tokens   int `json:"prompt_eval_count"`
	}
	err := c.post(ctx, "api/generate", map[string]any{"model": model, "prompt": prompt, "raw": true, "stream": false, "options": fixed(seed)}, &out)
	return Reply{out.Response, out.Tokens}, err
}
