package jinja

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// missingError says that a document has no such field.
type missingError struct{ field string }

// Error names the field.
func (e *missingError) Error() string { return fmt.Sprintf("there is no field %q", e.field) }

func constant(v any) expr { return func(map[string]any) (any, error) { return v, nil } }

func all(of []expr, fields map[string]any) ([]any, error) {
	out := make([]any, len(of))
	for i, e := range of {
		v, err := e(fields)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// truth is what Python takes for true.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	x, ok := float(v)
	return !ok || x != 0
}

// float is a number; as in Python, true is 1.
func float(v any) (float64, bool) {
	if yes, ok := v.(bool); ok {
		v = map[bool]int64{true: 1}[yes]
	}
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return 0, false
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}

// integer is a whole number; as in Python, true is 1.
func integer(v any) (int, bool) {
	if yes, ok := v.(bool); ok {
		v = map[bool]int64{true: 1}[yes]
	}
	if r := reflect.ValueOf(v); r.IsValid() && r.CanInt() {
		return int(r.Int()), true
	}
	return 0, false
}

// equal compares numbers by value and everything else as it is.
func equal(a, b any) bool {
	x, numberA := float(a)
	y, numberB := float(b)
	return numberA && numberB && x == y || reflect.DeepEqual(a, b)
}

// lookup is a part of a value: a field of an object, an entry of a list, a
// letter of a text.
func lookup(of, at expr) expr {
	return func(fields map[string]any) (any, error) {
		v, err := of(fields)
		if err != nil {
			return nil, err
		}
		key, err := at(fields)
		if err != nil {
			return nil, err
		}
		if object, ok := v.(map[string]any); ok {
			field := Written(key)
			if part, ok := object[field]; ok {
				return part, nil
			}
			return nil, &missingError{field}
		}
		list, ok := v.([]any)
		if text, isText := v.(string); isText {
			for _, r := range text {
				list = append(list, string(r))
			}
			ok = true
		}
		i, whole := integer(key)
		if i < 0 {
			i += len(list)
		}
		if !ok || !whole || i < 0 || i >= len(list) {
			return nil, fmt.Errorf("there is no %s in %.60s", Written(key), Written(v))
		}
		return list[i], nil
	}
}

// slice is a part of a list or text, as Python cuts it; nil ends are open.
func slice(of, from, to expr) expr {
	return func(fields map[string]any) (any, error) {
		v, err := of(fields)
		if err != nil {
			return nil, err
		}
		entries := list(v)
		ends := []int{0, len(entries)}
		for i, e := range []expr{from, to} {
			if e == nil {
				continue
			}
			at, err := e(fields)
			n, whole := integer(at)
			if err != nil || !whole {
				return nil, errors.Join(fmt.Errorf("%.40s is no place to cut at", Written(at)), err)
			}
			if n < 0 {
				n += len(entries)
			}
			ends[i] = min(max(n, 0), len(entries))
		}
		part := entries[ends[0]:max(ends[0], ends[1])]
		if _, isText := v.(string); isText {
			return joined(part, "")
		}
		return part, nil
	}
}

func operate(op string, a, b any) (any, error) {
	switch op {
	case "==":
		return equal(a, b), nil
	case "!=":
		return !equal(a, b), nil
	case "~":
		return Written(a) + Written(b), nil
	case "in":
		return contains(b, a), nil
	}
	if text, ok := a.(string); ok && op == "+" {
		if other, ok := b.(string); ok {
			return text + other, nil
		}
	}
	if list, ok := a.([]any); ok && op == "+" {
		if other, ok := b.([]any); ok {
			return append(append([]any{}, list...), other...), nil
		}
	}
	return calculate(op, a, b)
}

func calculate(op string, a, b any) (any, error) {
	m, wholeA := integer(a)
	n, wholeB := integer(b)
	x, numberA := float(a)
	y, numberB := float(b)
	switch {
	case !numberA || !numberB:
		return nil, fmt.Errorf("%.40s %s %.40s cannot be computed", Written(a), op, Written(b))
	case op == "<":
		return x < y, nil
	case op == ">":
		return x > y, nil
	case op == "<=":
		return x <= y, nil
	case op == ">=":
		return x >= y, nil
	case op == "-" && wholeA && wholeB:
		return int64(m - n), nil
	case op == "-":
		return x - y, nil
	case wholeA && wholeB:
		return int64(m + n), nil
	}
	return x + y, nil
}

func contains(in, what any) bool {
	switch in := in.(type) {
	case string:
		return strings.Contains(in, Written(what))
	case []any:
		for _, one := range in {
			if equal(one, what) {
				return true
			}
		}
	case map[string]any:
		_, ok := in[Written(what)]
		return ok
	}
	return false
}
