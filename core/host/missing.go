package host

import (
	"os"
	"path/filepath"
	"slices"
)

func (c *Catalog) notFound(ref string) error {
	e := &NotFoundError{Ref: ref, Looked: []string{"the built-in plugins"}}
	if !isID(ref) {
		path, err := filepath.Abs(ref)
		e.Looked = append(e.Looked, path)
		e.Err = err
	}
	e.Looked = append(e.Looked, c.dirs...)
	best := 4 // more than so many slips are another word
	for _, id := range c.ids() {
		if d := distance(ref, id); d < best {
			best, e.Near = d, id
		}
	}
	return e
}

// executableIn is the first file of a folder that can be run, as a suggestion.
func executableIn(dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return ""
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return ", such as " + file
		}
	}
	return ""
}

// ids are those of the plugins known so far, sorted.
func (c *Catalog) ids() []string {
	var ids []string
	for _, p := range c.builtins {
		ids = append(ids, p.Info().ID())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.known {
		if e.ID != "" {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// distance is the number of letters to insert, delete or replace that turn a
// into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
