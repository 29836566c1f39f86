package parquet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// rowsPerRead is how many rows a reader holds.
const rowsPerRead = 256

// Read hands over the rows of a file in order, a batch at a time. The slice is
// good only until the call returns; the rows may be kept. what names the rows to
// whoever gives another file: "rows of an evaluation". Errors of each come back
// as they are.
func Read[T any](path, what string, each func(rows []T) error) error {
	return with(path, func(file *parquet.File) error { return fits(file.Schema(), parquet.SchemaOf(*new(T)), what) }, each)
}

// ReadAny hands over the rows of any Parquet file in order, counted from 1:
// values by the name of their column. Texts are strings, numbers int32, int64 or
// floats, lists []any, structs maps.
func ReadAny(path string, each func(row int, values map[string]any) error) error {
	row := 0
	return with(path, func(*parquet.File) error { return nil }, func(batch []any) error {
		for _, one := range batch {
			row++
			values, ok := plain(one).(map[string]any)
			if !ok {
				return fmt.Errorf("read %s: row %d is no row of columns", path, row)
			}
			if err := each(row, values); err != nil {
				return err
			}
		}
		return nil
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

// Metadata is what a file's footer says beside its schema.
func Metadata(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	defer f.Close()
	file, err := open(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	found := map[string]string{}
	for _, pair := range file.Metadata().KeyValueMetadata {
		found[pair.Key] = pair.Value
	}
	return found, nil
}

// with reads the rows of a file that may come from anybody, if check lets it.
func with[T any](path string, check func(*parquet.File) error, each func([]T) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	defer f.Close()
	rows, err := reader[T](f, check)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer func() { _ = rows.Close() }() // it was read from
	batch := make([]T, rowsPerRead)
	for {
		clear(batch)
		n, err := next(rows, batch)
		if n > 0 {
			if err := each(batch[:n:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
}

func reader[T any](f *os.File, check func(*parquet.File) error) (rows *parquet.GenericReader[T], err error) {
	defer damaged(&err)
	file, err := open(f)
	if err != nil {
		return nil, err
	}
	if err := check(file); err != nil {
		return nil, err
	}
	return parquet.NewGenericReader[T](file), nil
}

func next[T any](rows *parquet.GenericReader[T], batch []T) (n int, err error) {
	defer damaged(&err)
	n, err = rows.Read(batch)
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	return n, err
}

// damaged makes an error of a panic: the vendor's reader has them where the
// bytes of a file contradict each other.
func damaged(err *error) {
	if what := recover(); what != nil {
		*err = fmt.Errorf("it is damaged: %v", what)
	}
}

// fits says what a file lacks of the columns that are read.
func fits(have, want *parquet.Schema, what string) error {
	for _, column := range want.Columns() {
		if _, ok := have.Lookup(column...); !ok {
			return fmt.Errorf("it has no column %s: these are no %s", strings.Join(column, "."), what)
		}
	}
	return nil
}
