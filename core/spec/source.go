package spec

import (
	"os"
	"reflect"
)

// Source knows where the values of a file stood.
type Source struct{ decoder *decoder }

// Decode reads the text of a YAML file into a struct, by the tags that Study
// has: strictly, with defaults, and with every problem at once. into is a
// pointer; set holds overrides, each "path=value".
func Decode(file string, text []byte, into any, set ...string) (*Source, Problems) {
	d := &decoder{places: map[string]place{}}
	tree, problems := parse(file, text)
	if len(problems) == 0 && tree.kind == mapping {
		problems = override(tree, set)
	}
	if len(problems) > 0 {
		return &Source{d}, problems.sorted()
	}
	if other := otherKind(tree, reflect.TypeOf(into).Elem()); len(other) > 0 {
		d.places[""] = tree.at
		return &Source{d}, other
	}
	d.decode(tree, "", reflect.ValueOf(into).Elem())
	return &Source{d}, d.problems.sorted()
}

// otherKind is the one problem of a file that is of another kind of gorod's: what
// it holds cannot be right then, and is not looked at.
func otherKind(tree *node, into reflect.Type) Problems {
	kind := tree.child("kind")
	if kind == nil || tree.kind != mapping || into.Kind() != reflect.Struct {
		return nil
	}
	word, _ := kind.value.(string)
	takes, known := map[string]string{
		"Experiment": "gorod run", "Dataset": "gorod dataset build", "Finetune": "gorod finetune submit",
		"Evaluation": "gorod eval run",
	}[word]
	for _, f := range fieldsOf(into) {
		if f.key == "kind" && known && len(f.enum) == 1 && f.enum[0] != word {
			return Problems{kind.at.problem("kind is "+word, "what is wanted here is kind: "+f.enum[0], "give such a file, or begin with this one by: "+takes)}
		}
	}
	return nil
}

// Problem is something wrong with a value at a path such as marginals.age.
func (s *Source) Problem(path, what, why, do string) Problem {
	return s.decoder.at(path).problem(what, why, do)
}

// KindOf is what a file says it is: Experiment, Dataset. It is empty where the
// file does not say, or cannot be read.
func KindOf(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	tree, problems := parse(file, text)
	if len(problems) > 0 {
		return ""
	}
	kind := tree.child("kind")
	if kind == nil {
		return ""
	}
	word, _ := kind.value.(string)
	return word
}

// Sorted are problems in the order of the file, each once.
func (ps Problems) Sorted() Problems { return ps.sorted() }
