package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Cell is one condition of a study.
type Cell struct {
	// Name is short, the same for the same values, and safe as a folder:
	// "planner=qaframework", or "base" where there is no matrix.
	Name   string
	Values map[string]any // by path
	Study  *Study         // with the values in it and without a matrix
}

// Bounds of a matrix.
const (
	maxCells = 10_000
	maxRuns  = 100_000 // cells and their repeats
	maxName  = 100     // of a cell, in bytes: it is a folder
)

// matrix decodes axes, include and exclude.
func (d *decoder) matrix(n *node, path string, m *Matrix) {
	for _, e := range n.entries {
		switch e.key {
		case "axes":
			for _, axis := range e.value.entries {
				d.axis(axis, m)
			}
		case "include", "exclude":
			for i, item := range e.value.items {
				if item.kind != mapping {
					d.wrong(item, fmt.Sprintf("%s.%s[%d]", path, e.key, i), "a mapping of paths to values")
					continue
				}
				values, _ := item.plain().(map[string]any)
				if e.key == "exclude" {
					m.Exclude = append(m.Exclude, values)
				} else {
					m.Include, m.include = append(m.Include, values), append(m.include, item.entries)
				}
			}
		default:
			d.problem(e.at, fmt.Sprintf("unknown key %q", e.key), "it is not used in matrix", closest(e.key, []string{"axes", "include", "exclude"}))
		}
	}
}

func (d *decoder) axis(e entry, m *Matrix) {
	if e.value.kind != sequence {
		d.wrong(e.value, "matrix.axes."+e.key, "a list of values")
		return
	}
	if len(e.value.items) == 0 {
		d.problem(e.value.at, "matrix.axes."+e.key+" is empty", "there is nothing to compare", "give values, or remove the axis")
	}
	values, _ := e.value.plain().([]any)
	m.Axes = append(m.Axes, Axis{Path: e.key, Values: values, values: e.value.items})
}

// varies reports whether cells differ in a path.
func (m *Matrix) varies(path string) bool {
	return slices.ContainsFunc(m.Axes, func(a Axis) bool { return a.Path == path }) ||
		slices.ContainsFunc(m.Include, func(values map[string]any) bool { _, is := values[path]; return is })
}

// Cells are the conditions of the study, in the order of the matrix.
func (s *Study) Cells() ([]Cell, error) {
	cells, problems := s.cells()
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return cells, nil
}

func (s *Study) cells() ([]Cell, Problems) {
	var cells []Cell
	var problems Problems
	for _, choice := range s.choices() {
		cell, bad := s.cell(choice)
		problems = append(problems, bad...)
		cells = append(cells, cell)
	}
	if len(cells) == 0 {
		problems = append(problems, s.tree.child("matrix").at.problem("a matrix without cells", "exclude leaves nothing", "exclude less"))
	}
	if len(cells) > maxCells {
		problems = append(problems, s.tree.child("matrix").at.problem("too many cells", fmt.Sprintf("more than %d", maxCells), "split the study"))
	}
	runs := 0
	for _, c := range cells {
		if c.Study != nil {
			runs += c.Study.Repeats
		}
	}
	if runs > maxRuns {
		problems = append(problems, s.tree.at.problem("too many runs", fmt.Sprintf("%d, more than %d", runs, maxRuns), "lower repeats, or split the study"))
	}
	nameCells(cells)
	return cells, problems
}

// choices are the combinations of the matrix: for each cell, values by path
// with their places.
func (s *Study) choices() [][]entry {
	all := [][]entry{nil}
	for _, axis := range s.Matrix.Axes {
		var longer [][]entry
		for _, choice := range all {
			for _, v := range axis.values {
				longer = append(longer, append(slices.Clone(choice), entry{axis.Path, v.at, v}))
				if len(longer) > maxCells {
					return longer
				}
			}
		}
		all = longer
	}
	if len(s.Matrix.Axes) == 0 && len(s.Matrix.include) > 0 {
		all = nil
	}
	all = slices.DeleteFunc(all, s.excluded)
	return append(all, s.Matrix.include...)
}

func (s *Study) excluded(choice []entry) bool {
	values := map[string]any{}
	for _, e := range choice {
		values[e.key] = e.value.plain()
	}
	return slices.ContainsFunc(s.Matrix.Exclude, func(rule map[string]any) bool {
		for k, want := range rule {
			if got, ok := values[k]; !ok || fmt.Sprint(got) != fmt.Sprint(want) {
				return false
			}
		}
		return true
	})
}

// cell puts a combination into a copy of the study's tree and builds it.
func (s *Study) cell(choice []entry) (Cell, Problems) {
	values := map[string]any{}
	for _, e := range choice {
		values[e.key] = e.value.plain()
	}
	if len(choice) == 0 {
		return Cell{Values: values, Study: s}, nil
	}
	tree := s.tree.clone()
	tree.entries = slices.DeleteFunc(tree.entries, func(e entry) bool { return e.key == "matrix" })
	for _, e := range choice {
		if err := tree.set(e.key, e.value.clone()); err != nil {
			return Cell{}, Problems{e.at.problem(fmt.Sprintf("no such path %q", e.key), err.Error(), "paths look like agents.planner.plugin")}
		}
	}
	study, problems := build(tree, path.Dir(s.tree.at.file), s.plugins)
	return Cell{Values: values, Study: study}, problems
}

// nameCells names every cell after what its values are called at the end of
// their paths, as far as cells differ in them.
func nameCells(cells []Cell) {
	taken := map[string]bool{}
	for i := range cells {
		var parts []string
		for _, p := range slices.Sorted(maps.Keys(cells[i].Values)) {
			if len(cells) == 1 || differs(cells, p) {
				parts = append(parts, label(p)+"="+slug(cells[i].Values[p]))
			}
		}
		name := strings.Join(parts, ",")
		if name == "" {
			name = "base"
		}
		if len(name) > maxName {
			cut := maxName
			for !utf8.RuneStart(name[cut]) {
				cut--
			}
			name = strings.TrimRight(name[:cut], "-,=.")
		}
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", strings.TrimSuffix(name, fmt.Sprintf("-%d", n-1)), n)
		}
		taken[name] = true
		cells[i].Name = name
	}
}

func differs(cells []Cell, p string) bool {
	for _, c := range cells[1:] {
		if fmt.Sprint(c.Values[p]) != fmt.Sprint(cells[0].Values[p]) {
			return true
		}
	}
	return false
}

// label is what a path is called: the part before "plugin", "config" and
// "rank", which say nothing alone.
func label(p string) string {
	parts := splitPath(p)
	for len(parts) > 1 && slices.Contains([]string{"plugin", "config", "rank", "graph", "provider"}, parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return unsafeRunes().ReplaceAllString(parts[len(parts)-1], "-")
}

func splitPath(p string) []string {
	return strings.Split(strings.ReplaceAll(p, "[", ".["), ".")
}

func unsafeRunes() *regexp.Regexp { return regexp.MustCompile(`[^\p{L}\p{N}._-]+`) }

// slug is a value as part of a folder's name.
func slug(v any) string {
	text := strings.Trim(unsafeRunes().ReplaceAllString(called(v), "-"), "-.")
	if text == "" {
		return "empty"
	}
	return text
}

// called is a value in few words: a path by its last part, of which the ending
// of a script says nothing, a plugin with settings by its name and those.
func called(v any) string {
	if text, ok := v.(string); ok {
		return strings.TrimSuffix(path.Base(text), ".py")
	}
	name := ""
	if plugin, ok := v.(map[string]any); ok && plugin["plugin"] != nil {
		if name = called(plugin["plugin"]); plugin["config"] == nil {
			return name
		}
		v = plugin["config"]
	}
	data, err := json.Marshal(v)
	if err != nil {
		return name
	}
	return name + " " + string(data)
}
