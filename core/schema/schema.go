// Package schema validates JSON against JSON Schema (draft 2020-12) and fills
// in defaults. It is the only place that knows the JSON Schema library.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Schema is a compiled JSON Schema. It may be used by several goroutines.
type Schema struct {
	compiled *jsonschema.Schema
	raw      any
}

// Violation is one place where a value breaks its schema.
type Violation struct {
	Path []string `json:"path"` // of keys and indexes; empty for the value as a whole
	Why  string   `json:"why"`
}

// String says where and why.
func (v Violation) String() string {
	if len(v.Path) == 0 {
		return v.Why
	}
	return strings.Join(v.Path, ".") + ": " + v.Why
}

// noLoader refuses references to other documents: a schema stands alone.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: a schema may refer to itself only", url)
}

// Compile reads a schema. An empty text allows only an empty object.
func Compile(text []byte) (*Schema, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte(`{"type":"object","additionalProperties":false}`)
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	const url = "mem:///schema.json"
	if err := c.AddResource(url, raw); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	compiled, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	return &Schema{compiled, raw}, nil
}

// Validate lists where a JSON text breaks the schema; none means that it is
// valid. A text that is not JSON is one violation.
func (s *Schema) Validate(text []byte) []Violation {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return []Violation{{Why: "not JSON: " + err.Error()}}
	}
	var invalid *jsonschema.ValidationError
	err = s.compiled.Validate(value)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		found := leaves(invalid, message.NewPrinter(language.English), nil)
		slices.SortStableFunc(found, func(a, b Violation) int { return slices.Compare(a.Path, b.Path) })
		return found
	default:
		return []Violation{{Why: err.Error()}}
	}
}

// leaves are the causes that have no further cause.
func leaves(e *jsonschema.ValidationError, p *message.Printer, found []Violation) []Violation {
	if len(e.Causes) == 0 {
		return append(found, Violation{e.InstanceLocation, e.ErrorKind.LocalizedString(p)})
	}
	for _, cause := range e.Causes {
		found = leaves(cause, p, found)
	}
	return found
}

// Defaults fills in the defaults of missing properties, also in nested objects,
// and returns the object with its keys sorted.
func (s *Schema) Defaults(text []byte) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("fill in defaults: %w", err)
	}
	filled, err := json.Marshal(fill(s.raw, value))
	if err != nil {
		return nil, fmt.Errorf("fill in defaults: %w", err)
	}
	return filled, nil
}

func fill(schema, value any) any {
	rules, ok := schema.(map[string]any)
	object, isObject := value.(map[string]any)
	if !ok || !isObject {
		return value
	}
	properties, _ := rules["properties"].(map[string]any)
	for name, rule := range properties {
		inner, _ := rule.(map[string]any)
		if given, ok := object[name]; ok {
			object[name] = fill(inner, given)
		} else if def, ok := inner["default"]; ok {
			object[name] = def
		}
	}
	return object
}
