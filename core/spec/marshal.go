package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"
)

// Marshal is the study as YAML with every default filled in and personas
// written in place: Load gives an equal study from it, on any machine.
func (s *Study) Marshal() ([]byte, error) {
	out, err := toYAML(ordered(reflect.ValueOf(*s)))
	if err != nil {
		return nil, fmt.Errorf("write the study: %w", err)
	}
	return out, nil
}

// Marshal is a struct that Decode reads as YAML, every default filled in.
func Marshal(v any) ([]byte, error) {
	out, err := toYAML(ordered(reflect.ValueOf(v)))
	if err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return out, nil
}

// ordered is a value with the keys of structs in their order and empty ones
// left out.
func ordered(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339)
	case time.Duration:
		return x.String()
	case json.RawMessage:
		return fromJSON(x)
	case Matrix:
		return x.ordered()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return ordered(v.Elem())
	case reflect.Struct:
		return orderedStruct(v)
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = ordered(v.Index(i))
		}
		return items
	case reflect.Map:
		var items yaml.MapSlice
		for _, key := range sortedKeys(v) {
			items = append(items, yaml.MapItem{Key: key, Value: ordered(v.MapIndex(reflect.ValueOf(key)))})
		}
		return items
	default:
		return v.Interface()
	}
}

func orderedStruct(v reflect.Value) any {
	items := yaml.MapSlice{}
	for _, f := range fieldsOf(v.Type()) {
		value := v.FieldByIndex(f.index)
		list := value.Kind() == reflect.Slice || value.Kind() == reflect.Map
		if f.def == "" && (value.IsZero() || list && value.Len() == 0) {
			continue
		}
		inner := ordered(value)
		if empty(inner) && value.Kind() == reflect.Pointer {
			inner = map[string]any{} // that it is there says something
		}
		if !empty(inner) {
			items = append(items, yaml.MapItem{Key: f.key, Value: inner})
		}
	}
	if extra := v.FieldByName("Extra"); extra.IsValid() {
		if more, ok := fromJSON(extra.Bytes()).(map[string]any); ok {
			for _, key := range sortedKeys(reflect.ValueOf(more)) {
				items = append(items, yaml.MapItem{Key: key, Value: more[key]})
			}
		}
	}
	return items
}

func empty(v any) bool {
	items, ok := v.(yaml.MapSlice)
	return ok && len(items) == 0
}

// fromJSON keeps whole numbers whole.
func fromJSON(data []byte) any {
	if len(data) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		panic("spec: " + err.Error()) // it was decoded from YAML
	}
	return numbers(v)
}

func numbers(v any) any {
	switch x := v.(type) {
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return i
		}
		if u, err := strconv.ParseUint(x.String(), 10, 64); err == nil {
			return u
		}
		f, _ := x.Float64()
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f) // 5.0 is 5 in JSON
		}
		return f
	case []any:
		for i := range x {
			x[i] = numbers(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = numbers(x[k])
		}
	}
	return v
}

func sortedKeys(v reflect.Value) []string {
	keys := make([]string, 0, v.Len())
	for _, k := range v.MapKeys() {
		keys = append(keys, k.String())
	}
	return sortStrings(keys)
}

func (m Matrix) ordered() any {
	items := yaml.MapSlice{}
	var axes yaml.MapSlice
	for _, a := range m.Axes {
		axes = append(axes, yaml.MapItem{Key: a.Path, Value: a.Values})
	}
	if len(axes) > 0 {
		items = append(items, yaml.MapItem{Key: "axes", Value: axes})
	}
	if len(m.Include) > 0 {
		items = append(items, yaml.MapItem{Key: "include", Value: m.Include})
	}
	if len(m.Exclude) > 0 {
		items = append(items, yaml.MapItem{Key: "exclude", Value: m.Exclude})
	}
	return items
}
