package format

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// rowsPerGroup bounds what a file holds in memory before it is written.
const rowsPerGroup = 1 << 14

// ParquetWriter writes examples to a file.
type ParquetWriter struct {
	file *os.File
	rows *parquet.GenericWriter[Row]
}

// CreateParquet makes a file. Metadata is what its footer says; the same rows
// and metadata give the same bytes.
func CreateParquet(path string, metadata map[string]string) (*ParquetWriter, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create examples: %w", err)
	}
	w := parquet.NewGenericWriter[Row](f,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest, Concurrency: 1}), parquet.MaxRowsPerRowGroup(rowsPerGroup),
		parquet.DataPageStatistics(false), parquet.CreatedBy("gorod", "", ""))
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		w.SetKeyValueMetadata(key, metadata[key])
	}
	return &ParquetWriter{f, w}, nil
}

// Write adds examples.
func (w *ParquetWriter) Write(rows []Row) error {
	if _, err := w.rows.Write(rows); err != nil {
		return fmt.Errorf("write %s: %w", w.file.Name(), err)
	}
	return nil
}

// Close completes the file and brings it onto the disk.
func (w *ParquetWriter) Close() error {
	err := errors.Join(w.rows.Close(), w.file.Sync(), w.file.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", w.file.Name(), err)
	}
	return nil
}

// ReadParquet hands over the examples of a file in order. A row is good only
// until the call returns.
func ReadParquet(path string, each func(*Row) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read examples: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read examples: %w", err)
	}
	rows, err := openRows(f, info.Size())
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer func() { _ = rows.Close() }() // it was read from
	batch := make([]Row, 256)
	for {
		clear(batch)
		n, err := readRows(rows, batch)
		for i := range batch[:n] {
			if err := each(&batch[i]); err != nil {
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

// openRows opens a file that may come from anybody.
func openRows(f io.ReaderAt, size int64) (rows *parquet.GenericReader[Row], err error) {
	defer damaged(&err)
	const frame = 12 // the magic at both ends, and the length of the footer
	var end [8]byte
	if size < frame {
		return nil, errNoParquet
	}
	if _, err := f.ReadAt(end[:], size-int64(len(end))); err != nil {
		return nil, err
	}
	if length := int64(binary.LittleEndian.Uint32(end[:])); string(end[4:]) != "PAR1" || length > size-frame {
		return nil, errNoParquet
	}
	p, err := parquet.OpenFile(f, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoParquet, err)
	}
	if err := fits(p.Schema()); err != nil {
		return nil, err
	}
	return parquet.NewGenericReader[Row](p), nil
}

var errNoParquet = errors.New("it is no Parquet, or not all of one")

func readRows(rows *parquet.GenericReader[Row], batch []Row) (n int, err error) {
	defer damaged(&err)
	n, err = rows.Read(batch)
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	return n, err
}

// damaged makes an error of a panic: the reader of Parquet has them where the
// bytes of a file contradict each other.
func damaged(err *error) {
	if what := recover(); what != nil {
		*err = fmt.Errorf("it is damaged: %v", what)
	}
}

// fits says what a file lacks to hold examples.
func fits(schema *parquet.Schema) error {
	for _, column := range parquet.SchemaOf(Row{}).Columns() {
		if _, ok := schema.Lookup(column...); !ok {
			return fmt.Errorf("it has no column %s: these are no examples of a dialogue dataset", strings.Join(column, "."))
		}
	}
	return nil
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
