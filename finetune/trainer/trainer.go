// Package trainer carries the Python program that trains and merges, as files
// that a job takes along.
package trainer

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed requirements.txt pyproject.toml gorod_trainer/*.py gorod_trainer/templates/*.jinja
var files embed.FS

// Module is what python -m runs, with the command and the job's folder after it.
const Module = "gorod_trainer"

// Exit codes of the module.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitBadInput    = 2
	ExitOutOfMemory = 3
	ExitRequeue     = 75 // a checkpoint was written: run it again and it goes on
)

// Files are the program's files, by their paths below the job's trainer folder.
func Files() fs.FS { return files }

// Extract writes the files below a folder. Files that are there with the same
// text are left alone, so that staging by time and size has nothing to do.
func Extract(dir string) error {
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := files.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read the trainer's %s: %w", path, err)
		}
		if old, err := os.ReadFile(to); err == nil && string(old) == string(text) {
			return nil
		}
		return os.WriteFile(to, text, 0o644)
	})
}
