package jinja

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// function is a method or filter, with how many arguments it takes.
type function struct {
	least, most int
	of          func(v any, args []any) (any, error)
}

// text is a function of a text without arguments.
func text(f func(string) string) function {
	return function{0, 0, func(v any, _ []any) (any, error) { return f(Written(v)), nil }}
}

// trim is a function of a text and the characters that it takes away, space
// where they are not given.
func trim(space func(string) string, cut func(s, cutset string) string) function {
	return function{0, 1, func(v any, args []any) (any, error) {
		if len(args) == 0 {
			return space(Written(v)), nil
		}
		return cut(Written(v), Written(args[0])), nil
	}}
}

func replace() function {
	return function{2, 2, func(v any, args []any) (any, error) {
		return strings.ReplaceAll(Written(v), Written(args[0]), Written(args[1])), nil
	}}
}

// methods are those of texts, lists and objects: "а б".split().
func methods() map[string]function {
	left := func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) }
	right := func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
	return map[string]function{
		"strip": trim(strings.TrimSpace, strings.Trim), "lstrip": trim(left, strings.TrimLeft), "rstrip": trim(right, strings.TrimRight),
		"lower": text(strings.ToLower), "upper": text(strings.ToUpper), "capitalize": text(capitalize), "replace": replace(),
		"split":      {0, 1, split},
		"join":       {1, 1, func(v any, args []any) (any, error) { return joined(args[0], Written(v)) }},
		"index":      {1, 1, index},
		"startswith": {1, 1, func(v any, args []any) (any, error) { return strings.HasPrefix(Written(v), Written(args[0])), nil }},
		"endswith":   {1, 1, func(v any, args []any) (any, error) { return strings.HasSuffix(Written(v), Written(args[0])), nil }},
		"get":        {1, 2, get},
	}
}

// filters are those of values: {{ question | trim }}.
func filters() map[string]function {
	return map[string]function{
		"trim": trim(strings.TrimSpace, strings.Trim), "lower": text(strings.ToLower), "upper": text(strings.ToUpper),
		"capitalize": text(capitalize), "string": text(func(s string) string { return s }), "replace": replace(),
		"join":    {0, 1, func(v any, args []any) (any, error) { return joined(v, argument(args)) }},
		"length":  {0, 0, func(v any, _ []any) (any, error) { return length(v) }},
		"count":   {0, 0, func(v any, _ []any) (any, error) { return length(v) }},
		"first":   {0, 0, func(v any, _ []any) (any, error) { return lookup(constant(v), constant(int64(0)))(nil) }},
		"last":    {0, 0, func(v any, _ []any) (any, error) { return lookup(constant(v), constant(int64(-1)))(nil) }},
		"list":    {0, 0, func(v any, _ []any) (any, error) { return list(v), nil }},
		"int":     {0, 0, func(v any, _ []any) (any, error) { return whole(v), nil }},
		"default": {1, 1, fallback},
	}
}

// tests are what a value may be; absent says that there is no such field.
func tests() map[string]func(v any, absent bool) bool {
	return map[string]func(any, bool) bool{
		"defined":   func(_ any, absent bool) bool { return !absent },
		"undefined": func(_ any, absent bool) bool { return absent },
		"none":      func(v any, _ bool) bool { return v == nil },
		"string":    func(v any, _ bool) bool { _, ok := v.(string); return ok },
		"number":    func(v any, _ bool) bool { _, ok := float(v); return ok },
		"mapping":   func(v any, _ bool) bool { _, ok := v.(map[string]any); return ok },
	}
}

func argument(args []any) string {
	if len(args) == 0 {
		return ""
	}
	return Written(args[0])
}

func capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ToLower(s[size:])
}

func split(v any, args []any) (any, error) {
	parts := strings.Fields(Written(v))
	if len(args) > 0 {
		parts = strings.Split(Written(v), Written(args[0]))
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out, nil
}

func joined(v any, between string) (any, error) {
	var out []string
	for _, one := range list(v) {
		out = append(out, Written(one))
	}
	return strings.Join(out, between), nil
}

// list is a list, the keys of an object, or the letters of a text.
func list(v any) []any {
	var out []any
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, key)
		}
		return out
	}
	for _, r := range Written(v) {
		out = append(out, string(r))
	}
	return out
}

func length(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return int64(utf8.RuneCountInString(v)), nil
	case []any:
		return int64(len(v)), nil
	case map[string]any:
		return int64(len(v)), nil
	}
	return nil, errors.New("it has no length: " + Written(v))
}

func index(v any, args []any) (any, error) {
	for i, one := range list(v) {
		if equal(one, args[0]) {
			return int64(i), nil
		}
	}
	return nil, fmt.Errorf("%.40s is not in %.60s", Written(args[0]), Written(v))
}

func get(v any, args []any) (any, error) {
	object, _ := v.(map[string]any)
	if part, ok := object[Written(args[0])]; ok || len(args) == 1 {
		return part, nil
	}
	return args[1], nil
}

// whole is a number without what follows the point; 0 where a text is no
// number, as in Jinja.
func whole(v any) any {
	x, ok := float(v)
	if !ok {
		x, _ = strconv.ParseFloat(strings.TrimSpace(Written(v)), 64) // 0 where it is none
	}
	return int64(x)
}

func fallback(v any, args []any) (any, error) {
	if v == nil {
		return args[0], nil
	}
	return v, nil
}
