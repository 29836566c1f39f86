package spec

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field is what the tags of a struct field say.
type field struct {
	key              string
	index            []int
	doc, def         string
	enum             []string
	minimum, maximum *float64
	required         bool
	typ              reflect.Type
}

// fieldsOf are the fields that a struct takes from YAML. Personas, which
// plugins share, carry json tags instead.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, ok := sf.Tag.Lookup("yaml")
		if !ok {
			tag = sf.Tag.Get("json")
		}
		key, option, _ := strings.Cut(tag, ",")
		if option == "inline" {
			for _, f := range fieldsOf(sf.Type) {
				f.index = append(slices.Clone(sf.Index), f.index...)
				out = append(out, f)
			}
			continue
		}
		if key == "" || key == "-" || sf.Name == "Extra" {
			continue
		}
		f := field{key: key, index: sf.Index, doc: sf.Tag.Get("doc"), def: sf.Tag.Get("default"), typ: sf.Type}
		f.required = sf.Tag.Get("required") == "true"
		if words := sf.Tag.Get("enum"); words != "" {
			f.enum = strings.Split(words, ",")
		}
		f.minimum, f.maximum = bound(sf.Tag.Get("min")), bound(sf.Tag.Get("max"))
		out = append(out, f)
	}
	return out
}

func bound(s string) *float64 {
	if s == "" {
		return nil
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("spec: bound " + s)
	}
	return &x
}

func (f field) interval() string {
	switch {
	case f.maximum == nil:
		return "from " + decimal(*f.minimum)
	case f.minimum == nil:
		return "up to " + decimal(*f.maximum)
	}
	return decimal(*f.minimum) + " to " + decimal(*f.maximum)
}

// decimal is a number as people write it: 1000000, not 1e+06.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range fieldsOf(t) {
		keys = append(keys, f.key)
	}
	return keys
}

// nameOf is a type in words.
func nameOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Uint64:
		return "a whole number from 0"
	default:
		return "a number"
	}
}
