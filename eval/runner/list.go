package runner

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// Listed is an evaluation's folder as `gorod eval ls` shows it.
type Listed struct {
	Dir string `json:"dir"`
	Manifest
}

// List finds the evaluations under root, the newest first. The error tells of
// those that cannot be read; the list is good all the same.
func List(root string) ([]Listed, error) {
	found, err := filepath.Glob(filepath.Join(root, "*", ManifestFile))
	if err != nil {
		return nil, fmt.Errorf("list evaluations: %w", err)
	}
	var out []Listed
	var problems []error
	for _, file := range found {
		dir := filepath.Dir(file)
		m, err := ReadManifest(dir)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		out = append(out, Listed{dir, m})
	}
	slices.SortFunc(out, func(a, b Listed) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.Dir, a.Dir))
	})
	return out, errors.Join(problems...)
}
