package sample

import (
	"fmt"

	"github.com/parquet-go/parquet-go"
)

// Table hands over the rows of any Parquet file in order, counted from 1: values
// by the name of their column. Texts are strings, numbers int32, int64 or
// floats, lists []any, structs maps.
func Table(path string, each func(row int, values map[string]any) error) error {
	return open(path, func(file *parquet.File) error {
		row := 0
		return batches(parquet.NewGenericReader[any](file), func(batch []any) error {
			for _, one := range batch {
				row++
				values, ok := plain(one).(map[string]any)
				if !ok {
					return fmt.Errorf("row %d is no row of columns", row)
				}
				if err := each(row, values); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// plain makes texts of bytes.
func plain(v any) any {
	switch x := v.(type) {
	case []byte:
		return string(x)
	case []any:
		for i := range x {
			x[i] = plain(x[i])
		}
	case map[string]any:
		for key := range x {
			x[key] = plain(x[key])
		}
	}
	return v
}
