package report

import (
	"fmt"
	"slices"
	"strings"
)

// Paths of a cell under which what a town is like stands; the mayor is who is
// compared.
const (
	townPath  = "environment.town."
	mayorPath = "environment.town.mayor"
)

// levelTables have the success by each level, sum or factor that the matrix
// varies, with what else it varies side by side.
func (s *study) levelTables() []*table {
	var out []*table
	for _, path := range s.paths() {
		if strings.HasPrefix(path, townPath) && !strings.HasPrefix(path, mayorPath) {
			if t := s.levelTable(path); t != nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// levelTable is nil where no run with a value at the path has a goal.
func (s *study) levelTable(path string) *table {
	var levels, others []string
	cells, any := map[[2]string][]*run{}, false
	for _, c := range s.conditions {
		value, set := c.all[0].Values[path]
		if !set {
			continue
		}
		level, other := line(fmt.Sprint(value), 60), s.besides(c, path)
		if !slices.Contains(levels, level) {
			levels = append(levels, level)
		}
		if !slices.Contains(others, other) {
			others = append(others, other)
		}
		key := [2]string{level, other}
		cells[key] = append(cells[key], c.runs...)
		for _, r := range c.runs {
			any = any || succeeded(r).Of > 0
		}
	}
	if !any {
		return nil
	}
	t := &table{Caption: s.T("Доля достигших цели по значению ¦ Share that met the goal, by") + " " + line(path, 100), Head: []column{{Text: line(path, 100)}}}
	for _, other := range others {
		t.Head = append(t.Head, column{Text: other, Numeric: true})
	}
	for _, level := range levels {
		row := texts(level)
		for _, other := range others {
			row = append(row, cell{Text: s.success(cells[[2]string{level, other}])})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// besides is what a cell sets beside a path, in short.
func (s *study) besides(c *condition, path string) string {
	var out []string
	for _, other := range s.paths() {
		if value, set := c.all[0].Values[other]; set && other != path {
			out = append(out, lastOf(other)+"="+line(fmt.Sprint(value), 60))
		}
	}
	if len(out) == 0 {
		return s.T("все прогоны ¦ all runs")
	}
	return line(strings.Join(out, ", "), 120)
}

// lastOf is the end of a path that says what it is: of a plugin, its kind.
func lastOf(path string) string {
	parts := strings.Split(strings.TrimSuffix(path, ".plugin"), ".")
	return line(parts[len(parts)-1], 40)
}
