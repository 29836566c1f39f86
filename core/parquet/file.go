// Package parquet writes and reads Parquet files. It is the only package that
// knows parquet-go.
package parquet

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Layout is how files are laid out. Files of one layout share a compressor,
// whose state takes 16 MB.
type Layout struct{ options []parquet.WriterOption }

// Quick is for what gorod itself reads again: it takes little time to write, and
// groups of 16,384 rows bound what a file holds in memory before it is written.
func Quick() *Layout {
	return layout(&zstd.Codec{Level: zstd.SpeedFastest, Concurrency: 1}, 1<<14, parquet.CreatedBy("gorod", "", ""))
}

// Dense is for tables that are kept and given away: they are smaller, in groups
// of 65,536 rows.
func Dense() *Layout { return layout(&zstd.Codec{}, 1<<16) }

// layout has what all have in common. Pages carry no statistics: they would
// repeat the longest texts four times, and readers have those of the column
// index.
func layout(codec *zstd.Codec, rows int64, more ...parquet.WriterOption) *Layout {
	return &Layout{append(more, parquet.Compression(codec), parquet.MaxRowsPerRowGroup(rows), parquet.DataPageStatistics(false))}
}

// File is a file under way: it is written beside its place and put there when it
// is whole. It is for one goroutine.
type File struct {
	path   string
	temp   *os.File
	writer vendorWriter
	flush  func() error // what waits to be written
}

// vendorWriter is what the writers of parquet-go have in common.
type vendorWriter interface {
	SetKeyValueMetadata(key, value string)
	Close() error
}

func create(path string) (*File, error) {
	name := "." + filepath.Base(path) + "-" + rand.Text()
	temp, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return &File{path: path, temp: temp}, nil
}

// Path is where the file will stand.
func (f *File) Path() string { return f.path }

// Describe puts metadata into the footer. The same rows and metadata give the
// same bytes.
func (f *File) Describe(metadata map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		f.writer.SetKeyValueMetadata(key, metadata[key])
	}
}

// Close completes the file and puts it in its place.
func (f *File) Close() error {
	if err := f.Finish(); err != nil {
		return err
	}
	if err := f.Publish(); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(f.path))
}

// Finish completes the file beside its place and brings it onto the disk.
func (f *File) Finish() error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.failed(errors.Join(f.writer.Close(), f.temp.Sync(), f.temp.Close()))
}

// Publish puts a finished file in its place. SyncDir makes that last.
func (f *File) Publish() error { return f.failed(os.Rename(f.temp.Name(), f.path)) }

// Discard removes what was not published. It does nothing afterwards.
func (f *File) Discard() {
	f.temp.Close() // a second time after Finish, which does no harm
	os.Remove(f.temp.Name())
}

func (f *File) failed(err error) error {
	if err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}

// SyncDir makes renames in a folder survive a power cut.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
