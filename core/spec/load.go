package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Catalog knows the plugins that a study may name.
type Catalog interface {
	// Lookup gives a plugin's info and the JSON Schema of its config.
	Lookup(ref string) (sdk.Info, json.RawMessage, error)
}

// Options say how to load a study.
type Options struct {
	Set     []string // overrides, each "path=value"
	Plugins Catalog
}

// Load reads a study. A study that is not as it should be gives Problems.
func Load(path string, opts Options) (*Study, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Problems{{File: path, What: "no such file", Do: "check the path; experiments/ holds some to start from"}}
	}
	if err != nil {
		return nil, Problems{{File: path, What: "cannot be read", Why: err.Error()}}
	}
	return load(path, text, opts)
}

func load(path string, text []byte, opts Options) (*Study, error) {
	tree, problems := parse(path, text)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	if tree.kind != mapping {
		return nil, Problems{tree.at.problem("not an experiment", "a file holds a mapping of apiVersion, kind, name, …", "start from experiments/quickstart.yaml")}
	}
	if problems := override(tree, opts.Set); len(problems) > 0 {
		return nil, problems
	}
	if err := anchor(tree, filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("find the plugins of %s: %w", path, err)
	}
	study, problems := build(tree, filepath.Dir(path), opts.Plugins)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	if _, problems := study.cells(); len(problems) > 0 {
		return nil, problems.sorted()
	}
	return study, nil
}

// override puts the values of --set into the tree.
func override(tree *node, set []string) Problems {
	var problems Problems
	for _, s := range set {
		at := place{origin: "--set " + s}
		path, text, ok := strings.Cut(s, "=")
		if !ok {
			problems = append(problems, at.problem("no value", "it has no =", "write --set path=value"))
			continue
		}
		value, bad := parse("", []byte(text))
		if len(bad) > 0 {
			problems = append(problems, at.problem("the value is not YAML", bad[0].Why, "quote it"))
			continue
		}
		if text == "" {
			value = &node{value: ""}
		}
		value.move(at)
		if err := tree.set(path, value); err != nil {
			problems = append(problems, at.problem("no such path", err.Error(), "paths look like agents.planner.plugin or events[0].text"))
		}
	}
	return problems
}

// move gives a tree that stands in no file its origin.
func (n *node) move(at place) {
	n.at = at
	for _, item := range n.items {
		item.move(at)
	}
	for i := range n.entries {
		n.entries[i].at = at
		n.entries[i].value.move(at)
	}
}

// build decodes and checks a tree.
func build(tree *node, dir string, plugins Catalog) (*Study, Problems) {
	d := &decoder{places: map[string]place{}}
	study := &Study{plugins: plugins, tree: tree}
	d.decode(tree, "", reflect.ValueOf(study).Elem())
	c := &checker{decoder: d, study: study, dir: dir}
	c.check()
	return study, d.problems
}

// personas reads a group's persona files into its Inline.
func (c *checker) personas(i int) {
	group := &c.study.Population[i]
	var read []sdk.Persona
	for j, pattern := range group.Personas {
		path := fmt.Sprintf("population[%d].personas[%d]", i, j)
		for _, file := range c.glob(path, pattern) {
			persona, problems := LoadPersona(file)
			if len(problems) > 0 {
				c.problems = append(c.problems, problems...)
				continue
			}
			read = append(read, persona)
		}
	}
	group.Inline, group.Personas = append(read, group.Inline...), nil
}

// glob finds the files of a pattern, in order. A name without a pattern must be
// there.
func (c *checker) glob(path, pattern string) []string {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(c.dir, pattern)
	}
	files, err := filepath.Glob(full)
	if err != nil || len(files) == 0 {
		c.problem(c.at(path), fmt.Sprintf("no persona file %q", pattern), "looked for "+full, "the path is relative to this file; gorod brings experiments/personas")
		return nil
	}
	slices.Sort(files)
	return files
}

// LoadPersona reads a persona file, YAML or JSON. Keys that gorod does not know
// are kept in Extra.
func LoadPersona(path string) (sdk.Persona, Problems) {
	var persona sdk.Persona
	text, err := os.ReadFile(path)
	if err != nil {
		return persona, Problems{{File: path, What: "cannot be read", Why: err.Error()}}
	}
	tree, problems := parse(path, text)
	if len(problems) > 0 {
		return persona, problems
	}
	d := &decoder{places: map[string]place{}}
	d.decode(tree, "", reflect.ValueOf(&persona).Elem())
	d.persona("", persona)
	return persona, d.problems
}

// persona checks what a persona says of itself.
func (d *decoder) persona(path string, p sdk.Persona) {
	if strings.TrimSpace(p.Name) == "" {
		d.problem(d.at(path), "a persona without a name", "residents are told apart by name", "add name:")
	}
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
