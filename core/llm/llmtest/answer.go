package llmtest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
)

// AnswerBySchema is a reply that fits the request's schema, or a short text:
// the same for the same request.
func AnswerBySchema(r Request) string {
	h := fnv.New32a()
	for _, m := range r.Messages {
		_, _ = h.Write([]byte(m.Content))
	}
	words := fmt.Sprintf("Понятно, ответ %d.", h.Sum32()%1000)
	if r.Schema == nil {
		return words
	}
	var schema map[string]any
	if err := json.Unmarshal(r.Schema, &schema); err != nil {
		return words
	}
	data, err := json.Marshal(value(schema, schema, words, 0))
	if err != nil {
		panic(err) // values are JSON's own
	}
	return string(data)
}

// deepest bounds recursive schemas.
const deepest = 16

// value is the least value that fits the usual schemas of plugins.
func value(root, schema map[string]any, words string, depth int) any {
	if depth > deepest {
		return nil
	}
	if ref, ok := schema["$ref"].(string); ok {
		return value(root, follow(root, ref), words, depth+1)
	}
	if fixed, ok := schema["const"]; ok {
		return fixed
	}
	if enum, ok := schema["enum"].([]any); ok && len(enum) > 0 {
		return enum[0]
	}
	for _, choice := range []string{"anyOf", "oneOf"} {
		if all, ok := schema[choice].([]any); ok && len(all) > 0 {
			first, _ := all[0].(map[string]any)
			return value(root, first, words, depth+1)
		}
	}
	return plain(root, schema, words, depth)
}

func plain(root, schema map[string]any, words string, depth int) any {
	kind := schema["type"]
	if several, ok := kind.([]any); ok && len(several) > 0 {
		kind = several[0]
	}
	least := func(key string) float64 { f, _ := schema[key].(float64); return f }
	switch kind {
	case "object":
		return members(root, schema, words, depth)
	case "array":
		items, _ := schema["items"].(map[string]any)
		n := int(min(max(least("minItems"), 1), 100))
		if most, ok := schema["maxItems"].(float64); ok {
			n = min(n, int(most))
		}
		out := make([]any, n)
		for i := range out {
			out[i] = value(root, items, words, depth+1)
		}
		return out
	case "integer", "number":
		return least("minimum")
	case "boolean":
		return true
	case "null":
		return nil
	default:
		return sized(words, int(least("minLength")), schema["maxLength"])
	}
}

func members(root, schema map[string]any, words string, depth int) any {
	out := object{}
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, name := range required {
		rule, _ := properties[text(name)].(map[string]any)
		out[text(name)] = value(root, rule, words, depth+1)
	}
	return out
}

func sized(words string, least int, most any) string {
	runes := []rune(words)
	for len(runes) < least {
		runes = append(runes, []rune(" "+words)...)
	}
	if most, ok := most.(float64); ok && len(runes) > int(most) {
		runes = runes[:int(most)]
	}
	return string(runes)
}

// follow finds a reference into the schema itself.
func follow(root map[string]any, ref string) map[string]any {
	at := root
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at, _ = at[step].(map[string]any)
	}
	return at
}

// dimensions of Embedding.
const dimensions = 64

// Embedding is a vector of unit length that texts with words in common have in
// part in common.
func Embedding(s string) []float32 {
	v := make([]float32, dimensions)
	for _, word := range strings.Fields(strings.ToLower(s)) {
		h := fnv.New32a()
		_, _ = h.Write([]byte(word))
		v[h.Sum32()%dimensions]++
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		v[0], sum = 1, 1
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}
