package parquet

import (
	"fmt"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// Kind is what the values of a Column are.
type Kind int

// Kinds of values, and what they are in Go.
const (
	Text   Kind = iota // string, UTF-8
	Whole              // int64
	Number             // float64
	Truth              // bool
)

// Column is one of a table whose columns no Go type has. Its values may be null,
// and the elements of its lists.
type Column struct {
	Name string
	Kind Kind
	List bool
}

// Table writes rows that begin with the columns of a Go type and go on with
// columns given as values.
type Table[K any] struct {
	*File
	rows    *Writer[parquet.Row]
	key     *parquet.Schema
	columns []Column
}

// CreateTable makes a file of such rows. name is that of the schema; names of
// columns differ from one another.
func CreateTable[K any](path, name string, columns []Column, l *Layout) (*Table[K], error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	key := parquet.SchemaOf(*new(K))
	fields := key.Fields()
	for _, c := range columns {
		fields = append(fields, field{c.node(), c.Name})
	}
	w := parquet.NewWriter(f.temp, append(l.options[:len(l.options):len(l.options)], parquet.NewSchema(name, group{fields: fields}))...)
	return &Table[K]{f, newWriter(f, w, w.WriteRows), key, columns}, nil
}

// Add adds a row: its key, and a value for each column: a string, int64, float64
// or bool by its kind, []any of them for a list, nil for null.
func (t *Table[K]) Add(key K, values []any) error {
	if len(values) != len(t.columns) {
		return t.failed(fmt.Errorf("%d values for %d columns", len(values), len(t.columns)))
	}
	row := t.key.Deconstruct(nil, key)
	first := len(row)
	for i, c := range t.columns {
		var ok bool
		if row, ok = c.deconstruct(row, first+i, values[i]); !ok {
			return t.failed(fmt.Errorf("column %s cannot hold a %T", c.Name, values[i]))
		}
	}
	return t.rows.Add(row)
}

// Definition levels of an optional column, and of an optional list of optional
// elements.
const (
	isThere        = 1 // the value; of a list: it is empty
	elementIsNull  = 2
	elementIsThere = 3
)

// deconstruct appends the Parquet values of a Go value, with their levels.
func (c Column) deconstruct(row parquet.Row, column int, value any) (parquet.Row, bool) {
	if value == nil {
		return append(row, parquet.NullValue().Level(0, 0, column)), true
	}
	if !c.List {
		v, ok := c.Kind.value(value)
		return append(row, v.Level(0, isThere, column)), ok
	}
	list, ok := value.([]any)
	if ok && len(list) == 0 {
		row = append(row, parquet.NullValue().Level(0, isThere, column))
	}
	for i, element := range list {
		repeats := min(i, 1)
		if element == nil {
			row = append(row, parquet.NullValue().Level(repeats, elementIsNull, column))
			continue
		}
		v, fits := c.Kind.value(element)
		row, ok = append(row, v.Level(repeats, elementIsThere, column)), ok && fits
	}
	return row, ok
}

func (k Kind) value(value any) (parquet.Value, bool) {
	switch x := value.(type) {
	case string:
		return parquet.ByteArrayValue([]byte(x)), k == Text
	case int64:
		return parquet.Int64Value(x), k == Whole
	case float64:
		return parquet.DoubleValue(x), k == Number
	case bool:
		return parquet.BooleanValue(x), k == Truth
	default:
		return parquet.NullValue(), false
	}
}

// group is a Parquet group whose columns stand in an order of its own.
type group struct {
	parquet.Group // nil: for what all groups do alike
	fields        []parquet.Field
}

var _ parquet.Node = group{}

// Fields implements parquet.Node.
func (g group) Fields() []parquet.Field { return g.fields }

// field is a column in a group.
type field struct {
	parquet.Node
	name string
}

var _ parquet.Field = field{}

// Name implements parquet.Field.
func (f field) Name() string { return f.name }

// Value implements parquet.Field. It has none to give: rows are written as
// values, not as Go types.
func (f field) Value(reflect.Value) reflect.Value { return reflect.Value{} }

// node of the column in a Parquet schema.
func (c Column) node() parquet.Node {
	var node parquet.Node
	switch c.Kind {
	case Whole:
		node = parquet.Int(64)
	case Number:
		node = parquet.Leaf(parquet.DoubleType)
	case Truth:
		node = parquet.Leaf(parquet.BooleanType)
	default:
		node = parquet.String()
	}
	if c.List {
		node = parquet.List(parquet.Optional(node))
	}
	return parquet.Optional(node)
}
