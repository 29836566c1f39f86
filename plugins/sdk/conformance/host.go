package conformance

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Host is a host that answers always the same, without a model: the smallest
// reply that fits the schema, and vectors of the words in a text.
type Host struct {
	// Fail, where set, is the answer to every prompt.
	Fail error
	// lives, where set, tells who lives in the run: others have no model.
	lives func(agent string) bool
}

var _ sdk.Host = (*Host)(nil)

// Generate implements sdk.Host.
func (h *Host) Generate(ctx context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	if err := ctx.Err(); err != nil {
		return sdk.Reply{}, err
	}
	if err := h.known(req.Call); err != nil {
		return sdk.Reply{}, err
	}
	if h.Fail != nil {
		return sdk.Reply{}, h.Fail
	}
	text := "text"
	if len(req.Schema) > 0 {
		var schema map[string]any
		if err := json.Unmarshal(req.Schema, &schema); err != nil {
			return sdk.Reply{}, sdk.Errorf(sdk.ErrInvalidInput, "the schema of a prompt: %v", err)
		}
		data, err := json.Marshal(minimal(schema, schema, maxDepth))
		if err != nil {
			return sdk.Reply{}, sdk.Errorf(sdk.ErrInvalidInput, "the schema of a prompt: %v", err)
		}
		text = string(data)
	}
	return sdk.Reply{Text: text, PromptTokens: 1, ReplyTokens: 1}, nil
}

// known refuses a caller as a run does: models belong to residents.
func (h *Host) known(call sdk.Call) error {
	if h.lives == nil || h.lives(call.Agent) {
		return nil
	}
	return sdk.Errorf(sdk.ErrInvalidInput, "no resident %.100q in this run: a Call takes the id of the agent that it is for", call.Agent)
}

const dimensions = 32

// Embed implements sdk.Host.
func (h *Host) Embed(_ context.Context, _ sdk.Call, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		v := make([]float32, dimensions)
		v[0] = 0.1 // no text is without direction
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			hash := fnv.New32a()
			_, _ = hash.Write([]byte(word))
			v[hash.Sum32()%dimensions]++
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		for j := range v {
			v[j] /= float32(math.Sqrt(sum))
		}
		vectors[i] = v
	}
	return vectors, nil
}

// Score implements sdk.Host: its model gives no log-probabilities.
func (h *Host) Score(_ context.Context, call sdk.Call, _, _ string) (float64, error) {
	if err := h.known(call); err != nil {
		return 0, err
	}
	return 0, sdk.Errorf(sdk.ErrUnsupported, "this host gives no log-probabilities")
}

// Recall implements sdk.Host.
func (h *Host) Recall(_ context.Context, call sdk.Call, query string, _ int) (string, error) {
	if err := h.known(call); err != nil {
		return "", err
	}
	return call.Agent + " ничего не помнит: " + query, nil
}

const maxDepth = 12

// minimal builds the smallest value that fits a schema: the first of an enum,
// one item of an array, every property of an object.
func minimal(root, schema map[string]any, depth int) any {
	if depth == 0 {
		return nil
	}
	sub := func(v any) any {
		s, _ := v.(map[string]any)
		return minimal(root, s, depth-1)
	}
	if ref, ok := schema["$ref"].(string); ok {
		return sub(resolve(root, ref))
	}
	for _, key := range []string{"const", "default"} {
		if v, ok := schema[key]; ok {
			return v
		}
	}
	if enum, ok := schema["enum"].([]any); ok && len(enum) > 0 {
		return enum[0]
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if options, ok := schema[key].([]any); ok && len(options) > 0 {
			return sub(options[0])
		}
	}
	return ofType(schema, sub)
}

func ofType(schema map[string]any, sub func(any) any) any {
	kind, _ := schema["type"].(string)
	if kinds, ok := schema["type"].([]any); ok && len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	number := func(key string, fallback float64) float64 {
		if n, ok := schema[key].(float64); ok {
			return n
		}
		return fallback
	}
	switch kind {
	case "string":
		text := "text"
		for float64(len(text)) < number("minLength", 0) {
			text += " text"
		}
		return text[:min(len(text), int(number("maxLength", float64(len(text)))))]
	case "integer", "number":
		return number("minimum", min(1, number("maximum", 1)))
	case "boolean":
		return true
	case "array":
		n := max(1, number("minItems", 1))
		items := make([]any, int(min(n, number("maxItems", n))))
		for i := range items {
			items[i] = sub(schema["items"])
		}
		return items
	case "null":
		return nil
	}
	object := map[string]any{}
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		object[name] = sub(properties[name])
	}
	return object
}

// resolve follows a reference within a schema.
func resolve(root map[string]any, ref string) any {
	var at any = root
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#"), "/") {
		if step == "" {
			continue
		}
		object, _ := at.(map[string]any)
		at = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	return at
}
