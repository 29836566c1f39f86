package runner

import (
	"fmt"
	"path/filepath"
)

// Changed are the names of the files of rows in dir that are not those that the
// evaluation wrote.
func (m *Manifest) Changed(dir string) (names []string, err error) {
	for _, f := range m.Outputs {
		now, err := sumOf(filepath.Join(dir, f.Path))
		if err != nil {
			return nil, fmt.Errorf("look at the rows: %w", err)
		}
		if now.SHA256 != f.SHA256 {
			names = append(names, f.Path)
		}
	}
	return names, nil
}
