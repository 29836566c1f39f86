package export

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/parquet"
)

// removeStale removes the tables of an earlier export that are there only where
// a run has something for them, and that this export has nothing for: they would
// be read as if they belonged to it.
func (t *tables) removeStale() error {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(t.dir, entry.Name())
		isNew := slices.ContainsFunc(t.all, func(f *parquet.File) bool { return f.Path() == path })
		if isNew || !entry.Type().IsRegular() || !isSome(entry.Name()) || !isExport(path) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// isSome reports whether a file has the name of a table that is not always
// there.
func isSome(name string) bool {
	name, ok := strings.CutSuffix(name, extension)
	return ok && (strings.HasPrefix(name, extractPrefix) ||
		slices.ContainsFunc(Tables(), func(t Table) bool { return t.Some && t.Name == name }))
}

// isExport reports whether a file is a table that gorod wrote.
func isExport(path string) bool {
	metadata, err := parquet.Metadata(path)
	_, ok := metadata[versionKey]
	return ok && err == nil
}
