package reference

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

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

// tries is how often a different item is looked for where items must differ.
const tries = 8

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
	unique, _ := s["uniqueItems"].(bool)
	left := n
	if unique {
		left *= tries
	}
	for ; left > 0 && len(out) < n; left-- {
		v, err := f.value(items, strings.TrimSuffix(key, "s"), depth+1)
		if err != nil && len(out)+left > int(least) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if unique && slices.ContainsFunc(out, func(other any) bool { return reflect.DeepEqual(v, other) }) {
			continue
		}
		if f.named(v, used) && len(out)+left > int(least) {
			continue
		}
		out = append(out, v)
	}
	return out, nil
}

// named reports whether an item has a name that another had, and notes it.
func (f *filler) named(v any, used map[string]bool) bool {
	name := nameIn(v)
	again := name != "" && used[name]
	used[name] = true
	return again
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
