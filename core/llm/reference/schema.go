package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
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

func (f *filler) object(s map[string]any, depth int) (any, error) {
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	out := make(map[string]any, len(properties))
	for _, key := range sortedKeys(properties) {
		inner, _ := properties[key].(map[string]any)
		v, err := f.value(inner, key, depth+1)
		switch {
		case err == nil:
			out[key] = v
		case slices.Contains(required, any(key)):
			return nil, err
		}
	}
	for _, name := range required { // what is required but nowhere described
		if key, ok := name.(string); ok {
			if _, there := properties[key]; !there {
				out[key] = f.field(key)
			}
		}
	}
	return out, nil
}

// array makes 1 to 3 items of different names, or as many as the schema wants.
func (f *filler) array(s map[string]any, key string, depth int) (any, error) {
	items, _ := s["items"].(map[string]any)
	least, most := bound(s, "minItems", 0), bound(s, "maxItems", math.Inf(1))
	if key == "actions" && len(f.facts.Actions) > 0 && typeOf(items) == "object" {
		return f.actions(items, int(min(most, max(float64(f.facts.MaxActions), 1)))), nil
	}
	if least > maxSteps {
		return nil, errLarge
	}
	n := int(max(0, least, min(most, float64(1+f.random.IntN(3)))))
	out, used := make([]any, 0, n), map[string]bool{}
	for left := n; left > 0; left-- {
		v, err := f.value(items, strings.TrimSuffix(key, "s"), depth+1)
		if err != nil && len(out)+left > int(least) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if name := nameIn(v); name != "" {
			if used[name] && len(out)+left > int(least) {
				continue
			}
			used[name] = true
		}
		out = append(out, v)
	}
	return out, nil
}

// nameIn is the name of an item that has one.
func nameIn(v any) string {
	m, _ := v.(map[string]any)
	s, _ := m["name"].(string)
	return s
}

func (f *filler) number(s map[string]any, whole bool) float64 {
	low, high := limits(s)
	x := low + f.random.Float64()*(high-low)
	if whole {
		return min(max(math.Round(x), math.Ceil(low)), math.Floor(high))
	}
	return x
}

// limits are the bounds of a number: 0 to 10 where the schema sets none.
func limits(s map[string]any) (low, high float64) {
	const width = 10
	low, high = bound(s, "minimum", math.Inf(-1)), bound(s, "maximum", math.Inf(1))
	step := 1.0 // inside an open bound
	if typeOf(s) == "number" {
		step = 1e-6
	}
	low = max(low, bound(s, "exclusiveMinimum", math.Inf(-1))+step)
	high = min(high, bound(s, "exclusiveMaximum", math.Inf(1))-step)
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return 0, width
	case math.IsInf(low, -1):
		return high - width, high
	case math.IsInf(high, 1):
		return low, low + width
	case high < low:
		return low, low // nothing fits; the caller's check says so
	}
	return low, min(high, low+1e12)
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
	if _, ok := s["items"]; ok {
		return "array"
	}
	return "string"
}

// fit makes a text as long as its schema wants it, cut between words.
func fit(text string, s map[string]any) string {
	most, least := int(min(max(0, bound(s, "maxLength", maxText)), maxText)), int(min(bound(s, "minLength", 0), maxText))
	runes := []rune(text)
	if len(runes) > most {
		runes = runes[:most]
		if cut := strings.LastIndex(string(runes), " "); cut > most/2 {
			runes = []rune(strings.TrimRight(string(runes)[:cut], " ,;—-"))
		}
	}
	for len(runes) < least {
		runes = append(runes, '.')
	}
	return string(runes)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
