package format

import (
	"reflect"
	"strings"

	"github.com/llm-city/gorod/core/parquet"
)

// CreateParquet makes a file of examples. Metadata is what its footer says; the
// same rows and metadata give the same bytes.
func CreateParquet(path string, metadata map[string]string) (*parquet.Writer[Row], error) {
	w, err := parquet.Create[Row](path, parquet.Quick())
	if err != nil {
		return nil, err
	}
	w.Describe(metadata)
	return w, nil
}

// ReadParquet hands over the examples of a file in order. A row is good only
// until the call returns.
func ReadParquet(path string, each func(*Row) error) error {
	return parquet.Read(path, "examples of a dialogue dataset", func(rows []Row) error {
		for i := range rows {
			if err := each(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Column is a documented column of the Parquet files.
type Column struct{ Name, Type, Doc string }

// Columns are those of Row, parts of lists after them.
func Columns() []Column { return columns("", reflect.TypeFor[Row]()) }

func columns(prefix string, t reflect.Type) []Column {
	var out []Column
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("parquet"), ",")
		c := Column{prefix + name, typeOf(f.Type, options), f.Tag.Get("doc")}
		out = append(out, c)
		if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct {
			out = append(out, columns(c.Name+"[].", f.Type.Elem())...)
		}
	}
	return out
}

func typeOf(t reflect.Type, options string) string {
	switch {
	case strings.Contains(options, "timestamp"):
		return "timestamp[ms, UTC]"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "list of structs"
	case t.Kind() == reflect.Slice:
		return "list of " + t.Elem().Kind().String()
	default:
		return t.Kind().String()
	}
}
