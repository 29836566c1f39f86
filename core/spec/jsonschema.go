package spec

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// JSONSchema is the JSON Schema (draft 2020-12) of an experiment, for editors.
// It says what the struct tags of Study say.
func JSONSchema() []byte { return SchemaFor("gorod experiment", Study{}) }

// SchemaFor is the JSON Schema of a struct that Decode reads.
func SchemaFor(title string, of any) []byte {
	root := object(reflect.TypeOf(of))
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = title
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("spec: " + err.Error()) // made of maps and strings
	}
	return out
}

func object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, f := range fieldsOf(t) {
		properties[f.key] = f.schema()
		if f.required {
			required = append(required, f.key)
		}
	}
	_, open := t.FieldByName("Extra")
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": open}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (f field) schema() map[string]any {
	s := schemaOf(f.typ)
	if f.doc != "" {
		s["description"] = f.doc
	}
	bounded := s
	if items, ok := s["items"].(map[string]any); ok {
		bounded = items
	}
	if len(f.enum) > 0 {
		bounded["enum"] = f.enum
	}
	if f.minimum != nil {
		bounded["minimum"] = *f.minimum
	}
	if f.maximum != nil {
		bounded["maximum"] = *f.maximum
	}
	if f.def != "" {
		if def, problems := parse("default", []byte(f.def)); len(problems) == 0 {
			s["default"] = def.plain()
		}
	}
	return s
}

func schemaOf(t reflect.Type) map[string]any {
	switch reflect.Zero(t).Interface().(type) {
	case time.Time:
		return map[string]any{"type": "string"}
	case time.Duration:
		return map[string]any{"type": "string", "pattern": `^-?([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	case json.RawMessage:
		return map[string]any{}
	case Matrix:
		path := map[string]any{"type": "object"}
		return map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{
			"axes":    map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "array"}, "description": "values by path: every combination is a cell"},
			"include": map[string]any{"type": "array", "items": path, "description": "cells besides the combinations"},
			"exclude": map[string]any{"type": "array", "items": path, "description": "combinations to leave out"},
		}}
	}
	switch t.Kind() {
	case reflect.Interface:
		return map[string]any{}
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Struct:
		return object(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	default:
		return map[string]any{"type": "number"}
	}
}

func sortStrings(s []string) []string {
	slices.Sort(s)
	return s
}

// defaultNetwork is a network with every default.
func defaultNetwork() *Network {
	n := &Network{}
	d := &decoder{places: map[string]place{}}
	d.decode(&node{kind: mapping}, "", reflect.ValueOf(n).Elem())
	return n
}
