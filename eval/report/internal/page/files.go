package page

import (
	"fmt"
	"os"
	"path/filepath"
)

// Folder writes files until the first error.
type Folder struct {
	Path string
	Err  error
}

// Write replaces a file and says where it is.
func (f *Folder) Write(name string, data []byte) string {
	path := filepath.Join(f.Path, name)
	if f.Err == nil {
		if err := replace(path, data); err != nil {
			f.Err = fmt.Errorf("write the report: %w", err)
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
