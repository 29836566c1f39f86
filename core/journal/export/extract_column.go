package export

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/parquet-go/parquet-go"
)

// maxColumns bounds the table of an extraction: further properties share the
// column of the rest. Parquet itself ends at 32767.
const maxColumns = 1000

// taken stands before the name of a property that another column has.
const taken = "property_"

// record is a Parquet group whose columns stand in an order of its own.
type record struct {
	parquet.Group // nil: for what all groups do alike
	fields        []parquet.Field
}

var _ parquet.Node = record{}

// Fields implements parquet.Node.
func (r record) Fields() []parquet.Field { return r.fields }

// column is a property of an extraction's schema as a column.
type column struct {
	parquet.Node
	shape
	name     string // of the column
	property string
}

var _ parquet.Field = column{}

func newColumn(s shape, name, property string) column { return column{s.node(), s, name, property} }

// Name implements parquet.Field.
func (c column) Name() string { return c.name }

// Value implements parquet.Field. It has none to give: rows are written as
// values, not as Go types.
func (c column) Value(reflect.Value) reflect.Value { return reflect.Value{} }

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
		columns = append(columns, newColumn(shapes[property], name, property))
	}
	return columns
}

func plain(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
		return '_'
	}
	return r
}
