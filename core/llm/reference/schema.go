package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
)

// schemas remembers parsed schemas by their text, up to a bound.
type schemas struct {
	mu    sync.RWMutex
	known map[string]map[string]any
}

const schemasKept = 256

func (s *schemas) parse(text []byte) (map[string]any, error) {
	s.mu.RLock()
	root, ok := s.known[string(text)]
	s.mu.RUnlock()
	if ok {
		return root, nil
	}
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= schemasKept {
		s.known = map[string]map[string]any{}
	}
	s.known[string(text)] = root
	return root, nil
}

const (
	maxDepth = 24    // of a schema that refers to itself
	maxSteps = 5000  // values in one reply
	maxText  = 10000 // letters in one text
)

var (
	errDeep  = errors.New("the schema nests too deep")
	errLarge = errors.New("the schema asks for too much")
)

// filler makes a value for a schema. It knows const, enum, $ref within the
// schema, anyOf, oneOf (as anyOf), allOf, type, properties, required, items,
// minItems, maxItems, minLength, maxLength and the bounds of numbers.
type filler struct {
	*writer
	root  map[string]any
	steps int
}

func (f *filler) value(s map[string]any, key string, depth int) (any, error) {
	if f.steps++; f.steps > maxSteps {
		return nil, errLarge
	}
	if depth > maxDepth {
		return nil, errDeep
	}
	if c, ok := s["const"]; ok {
		return c, nil
	}
	if words, ok := s["enum"].([]any); ok && len(words) > 0 {
		return words[f.random.IntN(len(words))], nil
	}
	if ref, ok := s["$ref"].(string); ok {
		target, err := f.resolve(ref)
		if err != nil {
			return nil, err
		}
		return f.value(target, key, depth+1)
	}
	if parts, ok := s["allOf"].([]any); ok {
		return f.value(merged(s, parts), key, depth+1)
	}
	for _, union := range []string{"anyOf", "oneOf"} {
		if options, ok := s[union].([]any); ok {
			return f.first(options, key, depth)
		}
	}
	return f.typed(s, key, depth)
}

func (f *filler) typed(s map[string]any, key string, depth int) (any, error) {
	switch typeOf(s) {
	case "object":
		return f.object(s, depth)
	case "array":
		return f.array(s, key, depth)
	case "integer":
		return f.number(s, true), nil
	case "number":
		return f.number(s, false), nil
	case "boolean":
		return f.random.IntN(2) == 0, nil
	case "null":
		return nil, nil
	default:
		return fit(f.field(key), s), nil
	}
}

// first takes the first option that can be filled, from one drawn by lot on.
func (f *filler) first(options []any, key string, depth int) (any, error) {
	err := errors.New("the schema has a union of nothing")
	start := f.random.IntN(max(1, len(options)))
	for i := range options {
		option := options[(start+i)%len(options)]
		if s, ok := option.(map[string]any); ok {
			var v any
			if v, err = f.value(s, key, depth+1); err == nil {
				return v, nil
			}
		}
	}
	return nil, err
}

// merged is a schema and the parts that all must hold, as one.
func merged(s map[string]any, parts []any) map[string]any {
	out := maps.Clone(s)
	delete(out, "allOf")
	properties, required := map[string]any{}, []any{}
	for _, part := range append([]any{s}, parts...) {
		m, _ := part.(map[string]any)
		for key, v := range m {
			if key != "allOf" {
				out[key] = v
			}
		}
		inner, _ := m["properties"].(map[string]any)
		maps.Copy(properties, inner)
		names, _ := m["required"].([]any)
		required = append(required, names...)
	}
	if len(properties) > 0 {
		out["properties"], out["required"] = properties, required
	}
	return out
}

func (f *filler) resolve(ref string) (map[string]any, error) {
	at := any(f.root)
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#"), "/") {
		if step == "" {
			continue
		}
		m, _ := at.(map[string]any)
		at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	s, ok := at.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the schema refers to %q, which is not there", ref)
	}
	return s, nil
}
