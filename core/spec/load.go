package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
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
	if problems := otherKind(tree, reflect.TypeFor[Study]()); len(problems) > 0 {
		return nil, problems
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
