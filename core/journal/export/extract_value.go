package export

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// value is what a JSON value becomes in a column; nil is null. One that does not
// fit the shape gives nil and false.
func (s shape) value(raw json.RawMessage) (any, bool) {
	if isNull(raw) {
		return nil, true
	}
	if !s.list {
		return s.kind.value(raw)
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	values := make([]any, len(items))
	for i, item := range items {
		if isNull(item) {
			continue
		}
		var ok bool
		if values[i], ok = s.kind.value(item); !ok {
			return nil, false
		}
	}
	return values, true
}

// value is a JSON value that is not null; nil and false if it is of another kind.
func (k kind) value(raw json.RawMessage) (any, bool) {
	switch k {
	case text:
		return decoded[string](raw)
	case number:
		return decoded[float64](raw)
	case truth:
		return decoded[bool](raw)
	case whole:
		if n, ok := integer(raw); ok {
			return n, true
		}
		return nil, false
	default:
		return jsonValue(raw), true
	}
}

func decoded[T any](raw json.RawMessage) (any, bool) {
	var v T
	if json.Unmarshal(raw, &v) != nil {
		return nil, false
	}
	return v, true
}

// integer is a whole number, however it is written: 3, 3.0, 3e2.
func integer(raw json.RawMessage) (int64, bool) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53
	var f float64
	if json.Unmarshal(raw, &f) != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

func jsonValue(raw json.RawMessage) string { return strings.ToValidUTF8(string(raw), "\uFFFD") }

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }
