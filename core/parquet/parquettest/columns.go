// Package parquettest looks at Parquet files for tests.
package parquettest

import (
	"os"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Column is what a file says of one of its columns.
type Column struct {
	Name, Type string // Type as Parquet calls it; "list of " it
	Optional   bool
}

// Columns are those of a file, in its order.
func Columns(t testing.TB, path string) (columns []Column) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Root().Columns() {
		leaf, list := c, ""
		for !leaf.Leaf() {
			leaf, list = leaf.Columns()[0], "list of "
		}
		columns = append(columns, Column{c.Name(), list + leaf.Type().String(), c.Optional()})
	}
	return columns
}
