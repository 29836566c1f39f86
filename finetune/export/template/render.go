package template

import (
	"bytes"
	"fmt"

	"github.com/ollama/ollama/api"
	engine "github.com/ollama/ollama/template"
)

// Message is one of a dialogue.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Render gives the prompt that Ollama makes of a dialogue, by its own engine.
// Where the last message is the assistant's, it is open: the model goes on.
func Render(text string, messages []Message) (string, error) {
	t, err := engine.Parse(text)
	if err != nil {
		return "", fmt.Errorf("the template does not parse: %w", err)
	}
	values := engine.Values{}
	for _, m := range messages {
		values.Messages = append(values.Messages, api.Message{Role: m.Role, Content: m.Content})
	}
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return "", fmt.Errorf("render the template: %w", err)
	}
	return out.String(), nil
}
