package export

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/core/parquet"
)

// maxColumns bounds the table of an extraction: further properties share the
// column of the rest. Parquet itself ends at 32767.
const maxColumns = 1000

// taken stands before the name of a property that another column has.
const taken = "property_"

// column is a property of an extraction's schema as a column.
type column struct {
	shape
	name     string // of the column
	property string
}

// stored are the columns of a table, the one of the rest last.
func stored(columns []column) []parquet.Column {
	var out []parquet.Column
	for _, c := range append(columns[:len(columns):len(columns)], column{name: restColumn}) {
		out = append(out, parquet.Column{Name: c.name, Kind: c.kind.stored(), List: c.list})
	}
	return out
}

// columnsOfSchemas are the properties of schemas in the order of their names. A
// property that schemas have in different shapes becomes JSON text.
func columnsOfSchemas(schemas []json.RawMessage) ([]column, error) {
	shapes := map[string]shape{}
	for _, text := range schemas {
		var object struct {
			Properties map[string]json.RawMessage `json:"properties"`
		}
		if err := json.Unmarshal(text, &object); err != nil {
			return nil, err
		}
		for name, schema := range object.Properties {
			s := shapeOf(schema)
			if before, ok := shapes[name]; ok && before != s {
				s = shape{kind: jsonText}
			}
			shapes[name] = s
		}
	}
	return named(shapes), nil
}

// named gives columns names that differ from one another and from those of the
// columns around them, for DuckDB also in lower case.
func named(shapes map[string]shape) (columns []column) {
	used := map[string]bool{restColumn: true}
	for _, f := range columnsOf(reflect.TypeFor[extractKey]()) {
		used[f.Name] = true
	}
	properties := make([]string, 0, len(shapes))
	for property := range shapes {
		properties = append(properties, property)
	}
	slices.Sort(properties)
	for _, property := range properties[:min(len(properties), maxColumns)] {
		name := strings.Map(plain, property)
		for name == "" || used[strings.ToLower(name)] {
			name = taken + name
		}
		used[strings.ToLower(name)] = true
		columns = append(columns, column{shapes[property], name, property})
	}
	return columns
}

func plain(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
		return '_'
	}
	return r
}
