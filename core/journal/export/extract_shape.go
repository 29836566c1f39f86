package export

import (
	"encoding/json"
	"slices"

	"github.com/llm-city/gorod/core/parquet"
)

// kind of the values of a column.
type kind int

const (
	jsonText kind = iota // anything else, as it is
	text
	whole
	number
	truth
)

// shape of a column: values, or lists of them. All may be null.
type shape struct {
	kind kind
	list bool
}

// shapeOf is how the values of a JSON Schema are stored.
func shapeOf(schema json.RawMessage) shape {
	var rules struct {
		Type  json.RawMessage   `json:"type"`
		Items json.RawMessage   `json:"items"`
		Enum  []json.RawMessage `json:"enum"`
	}
	if err := json.Unmarshal(schema, &rules); err != nil {
		return shape{} // true and false are schemas, too
	}
	switch typeOf(rules.Type) {
	case "string":
		return shape{kind: text}
	case "integer":
		return shape{kind: whole}
	case "number":
		return shape{kind: number}
	case "boolean":
		return shape{kind: truth}
	case "array":
		if items := shapeOf(rules.Items); items.kind != jsonText && !items.list {
			return shape{items.kind, true}
		}
	case "":
		if len(rules.Type) == 0 && areStrings(rules.Enum) {
			return shape{kind: text}
		}
	}
	return shape{}
}

// typeOf is the only type that a schema allows beside null, or "".
func typeOf(rule json.RawMessage) string {
	var one string
	if json.Unmarshal(rule, &one) == nil {
		return one
	}
	var several []string
	if json.Unmarshal(rule, &several) != nil {
		return ""
	}
	several = slices.DeleteFunc(several, func(t string) bool { return t == "null" })
	if len(several) != 1 {
		return ""
	}
	return several[0]
}

func areStrings(values []json.RawMessage) bool {
	for _, v := range values {
		if !isNull(v) && v[0] != '"' {
			return false
		}
	}
	return len(values) > 0
}

// stored is how the kind is stored.
func (k kind) stored() parquet.Kind {
	switch k {
	case whole:
		return parquet.Whole
	case number:
		return parquet.Number
	case truth:
		return parquet.Truth
	default:
		return parquet.Text
	}
}
