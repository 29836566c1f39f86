package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/sdk"
)

// LoadPersona reads a persona file, YAML or JSON, one of TinyTroupe's agents
// included, and merges the fragments that it names. Keys that gorod does not
// know are kept in Extra.
func LoadPersona(path string) (sdk.Persona, Problems) {
	r := &personaReader{}
	n := r.read(path, whole)
	if len(r.problems) > 0 {
		return sdk.Persona{}, r.problems.sorted()
	}
	p, d := decodePersona(n)
	d.persona("", p)
	return p, d.problems.sorted()
}

// LoadFragment reads a partial persona: as LoadPersona, but everything may be
// missing, the name included.
func LoadFragment(path string) (sdk.Persona, Problems) {
	r := &personaReader{}
	n := r.read(path, fragment)
	if len(r.problems) > 0 {
		return sdk.Persona{}, r.problems.sorted()
	}
	p, d := decodePersona(n)
	d.ranges("", p)
	return p, d.problems.sorted()
}

// MarshalPersona is a persona as a YAML file: LoadPersona gives an equal one
// from it.
func MarshalPersona(p *sdk.Persona) ([]byte, error) {
	if !json.Valid(p.Extra) && len(p.Extra) > 0 {
		return nil, fmt.Errorf("write persona %q: its extra is no JSON", p.Name)
	}
	out, err := toYAML(ordered(reflect.ValueOf(*p)))
	if err != nil {
		return nil, fmt.Errorf("write persona %q: %w", p.Name, err)
	}
	return out, nil
}

func decodePersona(n *node) (sdk.Persona, *decoder) {
	var p sdk.Persona
	d := &decoder{places: map[string]place{}}
	d.decode(n, "", reflect.ValueOf(&p).Elem())
	return p, d
}

// personas reads a group's persona files into its Inline, and merges fragments
// into all of them.
func (c *checker) personas(i int) {
	group := &c.study.Population[i]
	path := fmt.Sprintf("population[%d]", i)
	tree := c.study.tree.child("population").items[i]
	r := &personaReader{}
	shared := r.fragments(tree.child("fragments"), c.dir)
	var read []sdk.Persona
	for j, pattern := range group.Personas {
		for _, file := range c.glob(fmt.Sprintf("%s.personas[%d]", path, j), pattern) {
			if n := r.merged(r.read(file, whole), shared); n != nil {
				p, d := decodePersona(n)
				d.persona("", p)
				c.problems = append(c.problems, d.problems...)
				read = append(read, p)
			}
		}
	}
	for j := range group.Inline {
		c.inline(r, tree.child("inline").items[j], fmt.Sprintf("%s.inline[%d]", path, j), shared, &group.Inline[j])
	}
	c.problems = append(c.problems, r.problems...)
	group.Inline, group.Personas, group.Fragments = append(read, group.Inline...), nil, nil
}

// inline decodes a persona of the study again, if something is to be merged
// into it first.
func (c *checker) inline(r *personaReader, n *node, path string, shared []*node, into *sdk.Persona) {
	own, kind := ownForm(n)
	if len(shared) > 0 || kind != whole || own != n || n.child("fragments") != nil {
		*into = sdk.Persona{}
		c.decode(r.merged(r.settle(own, c.dir), shared), path, reflect.ValueOf(into).Elem())
	}
	c.persona(path, *into)
}

// glob finds the files of a pattern, in order. A name without a pattern must be
// there.
func (c *checker) glob(path, pattern string) []string {
	full := beside(c.dir, pattern)
	files, err := filepath.Glob(full)
	if err != nil || len(files) == 0 {
		c.problem(c.at(path), fmt.Sprintf("no persona file %q", pattern), "looked for "+full, "the path is relative to this file; gorod brings experiments/personas")
		return nil
	}
	slices.Sort(files)
	return files
}

// beside is a path that is relative to a folder.
func beside(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// persona checks what a persona says of itself.
func (d *decoder) persona(path string, p sdk.Persona) {
	if strings.TrimSpace(p.Name) == "" {
		d.problem(d.at(path), "a persona without a name", "residents are told apart by name", "add name:")
	}
	d.name(join(path, "name"), p.Name)
	d.ranges(path, p)
}

// name checks that a name fits on a line.
func (d *decoder) name(path, name string) {
	breaks := func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
	if strings.ContainsFunc(name, breaks) || utf8.RuneCountInString(name) > maxID {
		d.problem(d.at(path), fmt.Sprintf("%s cannot be %.40q", path, name), "it stands in texts and tables",
			fmt.Sprintf("use at most %d characters on one line", maxID))
	}
}

// ranges checks the numbers of a persona.
func (d *decoder) ranges(path string, p sdk.Persona) {
	if p.Age < 0 || p.Age > 150 {
		d.problem(d.at(join(path, "age")), "age is out of range", fmt.Sprintf("got %d, allowed 0 to 150", p.Age), "correct it")
	}
	for what, scale := range map[string]map[string]float64{"traits": p.Traits, "beliefs": p.Beliefs} {
		for name, x := range scale {
			if x < -1 || x > 1 {
				d.problem(d.at(join(join(path, what), name)), fmt.Sprintf("%s.%s is out of range", what, name), fmt.Sprintf("got %v, allowed -1 to 1", x), "correct it")
			}
		}
	}
}

// personaReader reads persona files with their fragments.
type personaReader struct {
	problems Problems
	open     []string // files under way: a fragment cannot hold itself
}

// read reads a file as a tree of gorod's own form, with its fragments merged;
// nil where it cannot be read.
func (r *personaReader) read(file string, want personaKind) *node {
	if slices.Contains(r.open, file) {
		r.problem(Problem{File: file, What: "a fragment that holds itself", Why: strings.Join(append(r.open, file), " → "), Do: "remove it from one of fragments:"})
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		r.problem(Problem{File: file, What: "cannot be read", Why: err.Error(), Do: "check the path"})
		return nil
	}
	tree, problems := parse(file, text)
	if len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return nil
	}
	own, kind := ownForm(tree)
	if kind == fragment && want == whole {
		r.problem(tree.at.problem("a fragment, not a persona", `it says "type": "Fragment"`, "name it in fragments: of a persona or of a group"))
		return nil
	}
	r.open = append(r.open, file)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	return r.settle(own, filepath.Dir(file))
}

func (r *personaReader) problem(p Problem) { r.problems = append(r.problems, p) }
