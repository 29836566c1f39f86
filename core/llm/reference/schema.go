package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
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

// maxDepth bounds how deep a schema is filled: it may refer to itself.
const maxDepth = 24

var errDeep = errors.New("the schema nests too deep")

// filler makes a value for a schema.
type filler struct {
	*writer
	root map[string]any
}

func (f *filler) value(s map[string]any, key string, depth int) (any, error) {
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
	for _, union := range []string{"anyOf", "oneOf", "allOf"} {
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
		return int64(f.number(s, true)), nil
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

// first takes the first option that can be filled.
func (f *filler) first(options []any, key string, depth int) (any, error) {
	err := errors.New("the schema has a union of nothing")
	for _, option := range options {
		if s, ok := option.(map[string]any); ok {
			var v any
			if v, err = f.value(s, key, depth+1); err == nil {
				return v, nil
			}
		}
	}
	return nil, err
}

func (f *filler) resolve(ref string) (map[string]any, error) {
	at := any(f.root)
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#"), "/") {
		if step == "" {
			continue
		}
		m, _ := at.(map[string]any)
		at = m[step]
	}
	s, ok := at.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the schema refers to %q, which is not there", ref)
	}
	return s, nil
}

func (f *filler) object(s map[string]any, depth int) (any, error) {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	for _, key := range sortedKeys(properties) {
		inner, ok := properties[key].(map[string]any)
		if !ok {
			continue
		}
		v, err := f.value(inner, key, depth+1)
		if err != nil && !requires(s, key) {
			continue // what is optional may be left out
		}
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	return out, nil
}

func requires(s map[string]any, key string) bool {
	names, _ := s["required"].([]any)
	for _, n := range names {
		if n == key {
			return true
		}
	}
	return false
}

func (f *filler) array(s map[string]any, key string, depth int) (any, error) {
	items, _ := s["items"].(map[string]any)
	least, most := bound(s, "minItems", 0), bound(s, "maxItems", 3)
	if key == "actions" && len(f.facts.Actions) > 0 {
		return f.actions(items, int(most)), nil
	}
	n := int(max(least, min(most, 3)))
	if key == "people" || key == "places" {
		n = int(max(least, min(most, float64(1+f.random.IntN(2)))))
	}
	out := make([]any, 0, min(n, 64))
	used := map[string]bool{}
	for range min(n, 64) {
		v, err := f.value(items, strings.TrimSuffix(key, "s"), depth+1)
		if err != nil {
			return nil, err
		}
		if name, ok := nameIn(v); ok && used[name] && len(out) >= int(least) {
			continue
		} else if ok {
			used[name] = true
		}
		out = append(out, v)
	}
	return out, nil
}

// nameIn is the name of an item that has one.
func nameIn(v any) (string, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return "", false
	}
	s, ok := m["name"].(string)
	return s, ok
}

func (f *filler) number(s map[string]any, whole bool) float64 {
	low, high := bound(s, "minimum", 0), bound(s, "maximum", 10)
	if high < low {
		high = low
	}
	x := low + f.random.Float64()*(high-low)
	if whole {
		return min(max(math.Round(x), math.Ceil(low)), math.Floor(high))
	}
	return x
}

func bound(s map[string]any, key string, def float64) float64 {
	if x, ok := s[key].(float64); ok {
		return x
	}
	return def
}

func typeOf(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		if len(t) > 0 {
			name, _ := t[0].(string)
			return name
		}
	}
	if _, ok := s["properties"]; ok {
		return "object"
	}
	return "string"
}

// fit makes a text as long as its schema wants it.
func fit(text string, s map[string]any) string {
	runes := []rune(text)
	if most := int(bound(s, "maxLength", 1e6)); len(runes) > most {
		runes = runes[:most]
		if cut := strings.LastIndex(string(runes), " "); cut > most/2 {
			runes = []rune(strings.TrimRight(string(runes)[:cut], " ,;—-"))
		}
	}
	for least := int(min(bound(s, "minLength", 0), 1e4)); len(runes) < least; {
		runes = append(runes, '.')
	}
	return string(runes)
}
