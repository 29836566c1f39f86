package sample

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Names of the files in an evaluation's folder.
const (
	SamplesFile = "samples.parquet"
	ScoresFile  = "scores.parquet"
)

// rowsPerGroup bounds what a file holds in memory before it is written.
const rowsPerGroup = 1 << 14

// Writer writes the rows of a file. It is for one goroutine.
type Writer[T Sample | Score] struct {
	path string
	file *os.File
	rows *parquet.GenericWriter[T]
}

// Create makes a file of rows. It is written beside its place and put there by
// Close, so that what stands at path is always whole. Metadata is what its
// footer says; the same rows and metadata give the same bytes.
func Create[T Sample | Score](path string, metadata map[string]string) (*Writer[T], error) {
	f, err := os.Create(path + ".part")
	if err != nil {
		return nil, fmt.Errorf("create rows: %w", err)
	}
	w := parquet.NewGenericWriter[T](f,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest, Concurrency: 1}), parquet.MaxRowsPerRowGroup(rowsPerGroup),
		parquet.DataPageStatistics(false), parquet.CreatedBy("gorod", "", ""))
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		w.SetKeyValueMetadata(key, metadata[key])
	}
	return &Writer[T]{path, f, w}, nil
}

// Write adds rows.
func (w *Writer[T]) Write(rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := w.rows.Write(rows); err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	return nil
}

// Close completes the file, brings it onto the disk and puts it in its place.
func (w *Writer[T]) Close() error {
	err := errors.Join(w.rows.Close(), w.file.Sync(), w.file.Close())
	if err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	return nil
}

// Discard gives up what was written. It does nothing after Close.
func (w *Writer[T]) Discard() {
	_ = w.file.Close() // it is thrown away
	os.Remove(w.file.Name())
}

// Read hands over the rows of a file in order, a batch at a time. The slice is
// good only until the call returns; the rows may be kept.
func Read[T Sample | Score](path string, each func(rows []T) error) error {
	return open(path, func(file *parquet.File) error {
		if err := fits(file.Schema(), parquet.SchemaOf(*new(T)), "of an evaluation"); err != nil {
			return err
		}
		return batches(parquet.NewGenericReader[T](file), each)
	})
}

// ReadAll is Read for files that fit into memory.
func ReadAll[T Sample | Score](path string) ([]T, error) {
	var out []T
	err := Read(path, func(rows []T) error {
		out = append(out, rows...)
		return nil
	})
	return out, err
}

// open opens a Parquet file that may come from anybody.
func open(path string, use func(*parquet.File) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	defer f.Close()
	defer func() {
		if err != nil {
			err = fmt.Errorf("read %s: %w", path, err)
		}
	}()
	defer damaged(&err)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parse(f, info.Size())
	if err != nil {
		return err
	}
	return use(file)
}

// ErrNoParquet says that a file is something else, or was cut off.
var ErrNoParquet = errors.New("it is no Parquet, or not all of one")

func parse(f io.ReaderAt, size int64) (*parquet.File, error) {
	const frame = 12 // the magic at both ends, and the length of the footer
	var end [8]byte
	if size < frame {
		return nil, ErrNoParquet
	}
	if _, err := f.ReadAt(end[:], size-int64(len(end))); err != nil {
		return nil, err
	}
	if length := int64(binary.LittleEndian.Uint32(end[:])); string(end[4:]) != "PAR1" || length > size-frame {
		return nil, ErrNoParquet
	}
	file, err := parquet.OpenFile(f, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoParquet, err)
	}
	return file, nil
}

// damaged makes an error of a panic: the reader of Parquet has them where the
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
			return fmt.Errorf("it has no column %s: these are no rows %s", strings.Join(column, "."), what)
		}
	}
	return nil
}

// batches reads rows to their end.
func batches[T any](rows *parquet.GenericReader[T], each func([]T) error) error {
	defer func() { _ = rows.Close() }() // it was read from
	batch := make([]T, 512)
	for {
		clear(batch)
		n, err := rows.Read(batch)
		if n > 0 {
			if err := each(batch[:n:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n == 0:
			return io.ErrNoProgress
		}
	}
}
