package items

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/spec"
)

// maxProblems are told of one file.
const maxProblems = 20

// Line is an item and where it stood.
type Line[T any] struct {
	File   string
	Number int // of the line, from 1
	Of     T
}

// Problem is something wrong with the item.
func (l *Line[T]) Problem(what, why, do string) spec.Problem {
	return spec.Problem{File: l.File, Line: l.Number, Column: 1, What: what, Why: why, Do: do}
}

// Lines are the items of JSON Lines, an object a line; blank lines are passed
// over, and fields that T does not have too. A field of T with the tag
// required:"true" must be there and not be empty. id names an item, where it is
// not nil: two of the same id are a problem. So is a file without items. All
// problems are told at once, as spec.Problems.
func Lines[T any](t Text, id func(*T) string) ([]Line[T], error) {
	var (
		out      []Line[T]
		problems spec.Problems
		seen     = map[string]int{}
		number   int
	)
	for raw := range bytes.Lines(t.Bytes) {
		number++
		if raw = bytes.TrimRight(raw, "\r\n"); len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		l := Line[T]{File: t.Name, Number: number}
		found := decode(&l, raw)
		if id != nil && len(found) == 0 {
			name := id(&l.Of)
			if first, twice := seen[name]; twice {
				found = append(found, l.Problem(fmt.Sprintf("id %q twice", name), fmt.Sprintf("line %d has it too", first), "give each item an id of its own"))
			}
			seen[name] = number
		}
		if problems = append(problems, found...); len(problems) >= maxProblems {
			return nil, append(problems[:maxProblems:maxProblems], l.Problem("too many problems", "", "mend these first"))
		}
		out = append(out, l)
	}
	switch {
	case len(problems) > 0:
		return nil, problems
	case len(out) == 0:
		return nil, spec.Problems{{File: t.Name, Line: 1, Column: 1, What: "no items", Why: "the file is empty", Do: "write a JSON object a line"}}
	}
	return out, nil
}

func decode[T any](l *Line[T], raw []byte) spec.Problems {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		p := l.Problem("not a JSON object", "", "write one object a line, in double quotes")
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			p.Column, p.Why = columnOf(raw, syntax.Offset), syntax.Error()
		}
		return spec.Problems{p}
	}
	if err := json.Unmarshal(raw, &l.Of); err != nil {
		p := l.Problem("unusable value", err.Error(), "")
		if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			p.Column, p.What, p.Why = columnOf(raw, kind.Offset), "field "+kind.Field, fmt.Sprintf("it is a %s, expected %s", kind.Value, expected(kind.Type))
		}
		return spec.Problems{p}
	}
	return missing(l, fields)
}

// columnOf is the column, from 1, of the character that ends at an offset.
func columnOf(raw []byte, offset int64) int {
	return max(1, utf8.RuneCount(raw[:min(int(offset), len(raw))]))
}

func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Map, reflect.Struct:
		return "an object"
	default:
		return "a number"
	}
}

// missing are the required fields that are not there.
func missing[T any](l *Line[T], fields map[string]json.RawMessage) spec.Problems {
	var problems spec.Problems
	of := reflect.ValueOf(&l.Of).Elem()
	if of.Kind() != reflect.Struct {
		return nil
	}
	for field, value := range of.Fields() {
		if field.Tag.Get("required") != "true" {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		raw, there := fields[name]
		switch {
		case !there || string(raw) == "null":
			problems = append(problems, l.Problem("field "+name+" is missing", "", "add it"))
		case blank(value):
			problems = append(problems, l.Problem("field "+name+" is empty", "", "fill it in"))
		}
	}
	return problems
}

func blank(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.TrimSpace(v.String()) == ""
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return false
	}
}
