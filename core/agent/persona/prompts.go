package persona

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

// Bounds of what goes into prompts, in letters.
const (
	maxCard   = 6000
	maxAnswer = 2000
)

// prompts are the prompts of a language.
type prompts struct {
	language string
	set      *template.Template
}

func readPrompts(language string) (*prompts, error) {
	helpers := template.FuncMap{
		"plural": pluralRu,
		"card":   func(s string) string { return text.Plain(s, maxCard) },
		"quote":  func(s string) string { return text.Quote(s, maxAnswer) },
	}
	set, err := template.New("").Option("missingkey=error").Funcs(helpers).ParseFS(promptFiles, "prompts/*."+language+".tmpl")
	if err != nil {
		return nil, fmt.Errorf("read prompts: %w", err)
	}
	return &prompts{language, set}, nil
}

// messages are a prompt's system and user parts, which its templates
// PURPOSE.system and PURPOSE define.
func (p *prompts) messages(purpose string, data any) ([]sdk.Message, error) {
	var out []sdk.Message
	for _, role := range []string{"system", "user"} {
		var b bytes.Buffer
		if err := p.set.ExecuteTemplate(&b, purpose+" "+role, data); err != nil {
			return nil, fmt.Errorf("write the prompt %s: %w", purpose, err)
		}
		out = append(out, sdk.Message{Role: role, Content: b.String()})
	}
	return out, nil
}

// object is the JSON Schema of an object whose properties are all required.
func object(properties map[string]any) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false, "required": sorted(properties), "properties": properties}
}

// words is the schema of a text of at most so many letters.
func words(most int) map[string]any {
	return map[string]any{"type": "string", "minLength": 1, "maxLength": most}
}

// proposed is the schema of a text. A model writes what it likes; one that is
// scripted takes a proposal.
func (m *Mind) proposed(most int, proposals ...string) map[string]any {
	if m.Scripted {
		return map[string]any{"enum": proposals}
	}
	return words(most)
}

func list(least, most int, items map[string]any) map[string]any {
	return map[string]any{"type": "array", "minItems": least, "maxItems": most, "items": items}
}

func schemaText(s map[string]any) (json.RawMessage, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write a schema: %w", err)
	}
	return data, nil
}
