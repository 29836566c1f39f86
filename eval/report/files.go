package report

import (
	"fmt"
	"os"
	"path/filepath"
)

// folder writes files until the first error.
type folder struct {
	path string
	err  error
}

// write replaces a file and says where it is.
func (f *folder) write(name string, data []byte) string {
	path := filepath.Join(f.path, name)
	if f.err == nil {
		if err := replace(path, data); err != nil {
			f.err = fmt.Errorf("write the report: %w", err)
		}
	}
	return path
}

// replace writes a file beside its place and moves it there, so that a reader
// or a full disk never meets half of it.
func replace(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := file.Chmod(0o644); err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
