package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	extension    = ".parquet"
	rowsPerWrite = 256
	// rowsPerGroup bounds what a file holds in memory before it is written.
	rowsPerGroup = 1 << 16
)

// file is a Parquet file under way: rows go into a temporary file beside the
// one that they are to replace.
type file[T any] struct {
	path   string
	temp   *os.File
	writer parquetWriter
	put    func([]T) (int, error) // of writer
	rows   []T
}

// parquetWriter is what the writers of parquet-go have in common.
type parquetWriter interface {
	SetKeyValueMetadata(key, value string)
	Close() error
}

// create makes a file; the codec, whose state takes 16 MB, is shared by all.
func create[T any](codec *zstd.Codec, dir, name string) (*file[T], error) {
	temp, err := os.CreateTemp(dir, "."+name+extension+"-*")
	if err != nil {
		return nil, err
	}
	writer := parquet.NewGenericWriter[T](temp, options(codec)...)
	return &file[T]{filepath.Join(dir, name+extension), temp, writer, writer.Write, nil}, nil
}

// createRows makes a file of a schema that no Go type has.
func createRows(codec *zstd.Codec, dir, name string, schema *parquet.Schema) (*file[parquet.Row], error) {
	temp, err := os.CreateTemp(dir, "."+name+extension+"-*")
	if err != nil {
		return nil, err
	}
	writer := parquet.NewWriter(temp, append(options(codec), schema)...)
	return &file[parquet.Row]{filepath.Join(dir, name+extension), temp, writer, writer.WriteRows, nil}, nil
}

// options are those of all files. Pages carry no statistics: they would repeat
// the longest texts four times, and readers have those of the column index.
func options(codec *zstd.Codec) []parquet.WriterOption {
	return []parquet.WriterOption{parquet.Compression(codec), parquet.MaxRowsPerRowGroup(rowsPerGroup), parquet.DataPageStatistics(false)}
}

func (f *file[T]) add(row T) error {
	f.rows = append(f.rows, row)
	if len(f.rows) < rowsPerWrite {
		return nil
	}
	return f.write()
}

func (f *file[T]) write() error {
	if _, err := f.put(f.rows); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	clear(f.rows)
	f.rows = f.rows[:0]
	return nil
}

// finish completes the temporary file and brings it onto the disk.
func (f *file[T]) finish(metadata map[string]string) error {
	if err := f.write(); err != nil {
		return err
	}
	for key, value := range metadata {
		f.writer.SetKeyValueMetadata(key, value)
	}
	err := errors.Join(f.writer.Close(), f.temp.Chmod(0o644), f.temp.Sync(), f.temp.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}

// place is where the file will stand.
func (f *file[T]) place() string { return f.path }

// publish puts the finished file in its place.
func (f *file[T]) publish() error { return os.Rename(f.temp.Name(), f.path) }

// discard removes what is left of a file that was not published.
func (f *file[T]) discard() error {
	f.temp.Close() // a second time after finish, which does no harm
	if err := os.Remove(f.temp.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes renames in a folder survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
