package live

import (
	"io"
	"os"
	"path/filepath"
)

// disk is what an export writes to. Tests put one in its place that dies at a
// chosen moment.
type disk interface {
	open(path string) (file, error) // for reading and writing; made if need be
	replace(path string, content []byte) error
}

type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
	Stat() (os.FileInfo, error)
}

type osDisk struct{}

func (osDisk) open(path string) (file, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return f, syncDir(filepath.Dir(path))
}

func (osDisk) replace(path string, content []byte) error { return replace(path, content) }
