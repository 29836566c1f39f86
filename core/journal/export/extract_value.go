package export

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// Definition levels of an optional column, and of an optional list of optional
// elements.
const (
	isThere        = 1 // the value; of a list: it is empty
	elementIsNull  = 2
	elementIsThere = 3
)

// values are the Parquet values of a JSON value with their levels. One that
// does not fit the shape gives null and false.
func (s shape) values(raw json.RawMessage) ([]parquet.Value, bool) {
	none := []parquet.Value{parquet.NullValue()}
	if isNull(raw) {
		return none, true
	}
	if !s.list {
		v, ok := s.kind.value(raw)
		if !ok {
			return none, false
		}
		return []parquet.Value{v.Level(0, isThere, 0)}, true
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return none, false
	}
	if len(items) == 0 {
		return []parquet.Value{parquet.NullValue().Level(0, isThere, 0)}, true
	}
	values := make([]parquet.Value, len(items))
	for i, item := range items {
		repeats := min(i, 1)
		if isNull(item) {
			values[i] = parquet.NullValue().Level(repeats, elementIsNull, 0)
			continue
		}
		v, ok := s.kind.value(item)
		if !ok {
			return none, false
		}
		values[i] = v.Level(repeats, elementIsThere, 0)
	}
	return values, true
}

// value is a JSON value that is not null; false if it is of another kind.
func (k kind) value(raw json.RawMessage) (parquet.Value, bool) {
	switch k {
	case text:
		return decoded(raw, func(s string) parquet.Value { return parquet.ByteArrayValue([]byte(s)) })
	case number:
		return decoded(raw, parquet.DoubleValue)
	case truth:
		return decoded(raw, parquet.BooleanValue)
	case whole:
		n, ok := integer(raw)
		return parquet.Int64Value(n), ok
	default:
		return jsonValue(raw), true
	}
}

func decoded[T any](raw json.RawMessage, wrap func(T) parquet.Value) (parquet.Value, bool) {
	var v T
	err := json.Unmarshal(raw, &v)
	return wrap(v), err == nil
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

func jsonValue(raw json.RawMessage) parquet.Value {
	return parquet.ByteArrayValue(bytes.ToValidUTF8(raw, []byte("\uFFFD")))
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }
