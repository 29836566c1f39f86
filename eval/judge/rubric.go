package judge

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/suite"
)

// Kinds of tasks with a rubric of their own.
const (
	dialogue = "dialogue"
	language = "language"
	persona  = "persona"
)

// Marks are from 1 to highest.
const highest = 5

// maxCriterions bounds a rubric: all criteria are marked in one reply.
const maxCriterions = 12

// Rubric is what replies are marked by.
type Rubric struct {
	Name     string      `yaml:"name" json:"name" required:"true" doc:"of the rubric"`
	Criteria []Criterion `yaml:"criteria" json:"criteria" required:"true" doc:"each is a measure"`
}

// Criterion is one thing to look at.
type Criterion struct {
	Name  string   `yaml:"name" json:"name" required:"true" doc:"of the measure: lower-case Latin letters, digits and underscores"`
	Asks  string   `yaml:"asks" json:"asks" required:"true" doc:"what to look at, in a sentence or two"`
	Marks []string `yaml:"marks" json:"marks" required:"true" doc:"what the marks 1, 2, 3, 4 and 5 mean, in this order"`
}

// LoadRubric reads a rubric. What is wrong with it comes as spec.Problems, all at
// once.
func LoadRubric(file string) (*Rubric, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, spec.Problems{{File: file, What: "the rubric cannot be read", Why: err.Error(), Do: "check the path"}}
	}
	return ParseRubric(file, content)
}

// ParseRubric reads a rubric from its text; file is what problems call it.
func ParseRubric(file string, content []byte) (*Rubric, error) {
	r := &Rubric{}
	source, problems := spec.Decode(file, content, r)
	if len(problems) == 0 {
		problems = r.check(source)
	}
	if len(problems) > 0 {
		return nil, problems.Sorted()
	}
	return r, nil
}

func (r *Rubric) check(source *spec.Source) (problems spec.Problems) {
	say := func(path, what, why, do string) { problems = append(problems, source.Problem(path, what, why, do)) }
	word := regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	if n := len(r.Criteria); n == 0 || n > maxCriterions {
		say("criteria", fmt.Sprintf("%d criteria", n), "all are marked in one reply", fmt.Sprintf("write from 1 to %d", maxCriterions))
	}
	var names []string
	for i, c := range r.Criteria {
		at := fmt.Sprintf("criteria[%d]", i)
		switch {
		case !word.MatchString(c.Name):
			say(at+".name", fmt.Sprintf("criterion %q", c.Name), "it names a measure", "use lower-case Latin letters, digits and underscores, a letter first")
		case c.Name == Win || c.Name == Own:
			say(at+".name", "criterion "+c.Name, "verdicts on pairs are called so", "choose another name")
		case slices.Contains(names, c.Name):
			say(at+".name", "criterion "+c.Name+" twice", "", "give each a name of its own")
		}
		names = append(names, c.Name)
		if len(c.Marks) != highest || slices.ContainsFunc(c.Marks, blank) {
			say(at+".marks", fmt.Sprintf("%d meanings of marks", len(c.Marks)), "marks are from 1 to 5", "write what 1, 2, 3, 4 and 5 mean, none of them empty")
		}
		if blank(c.Asks) {
			say(at+".asks", "criterion "+c.Name+" asks nothing", "", "write what to look at")
		}
	}
	return problems
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// schema is that of marks by criterion: the reason comes before the mark.
func (r *Rubric) schema() []byte {
	var required []string
	properties := &strings.Builder{}
	for i, c := range r.Criteria {
		if i > 0 {
			properties.WriteByte(',')
		}
		required = append(required, c.Name)
		fmt.Fprintf(properties, `%q:{"type":"object","additionalProperties":false,"required":["why","mark"],"properties":{"why":{"type":"string","minLength":1,"maxLength":2000},"mark":{"type":"integer","minimum":1,"maximum":%d}}}`, c.Name, highest)
	}
	names, _ := json.Marshal(required) // strings
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":%s,"properties":{%s}}`, names, properties)
}

// RubricOf is what a judge of a suite marks replies of a kind of task by, in a
// language.
func RubricOf(of suite.Judge, kind, language string) (*Rubric, error) {
	j, err := New(of, nil, language)
	if err != nil {
		return nil, err
	}
	return j.rubricOf(kind), nil
}

// shippedRubrics are the tasks' own, by kind.
func shippedRubrics(in string) (map[string]*Rubric, error) {
	out := map[string]*Rubric{}
	for kind, name := range map[string]string{dialogue: "dialogue", language: "grammar", persona: "persona"} {
		path := "rubrics/" + name + "." + in + ".yaml"
		content, err := files.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("rubrics of judges: %w", err)
		}
		if out[kind], err = ParseRubric(path, content); err != nil {
			return nil, fmt.Errorf("rubrics of judges: %w", err)
		}
	}
	return out, nil
}

// Check finds what is wrong with the rubrics of a suite.
func Check(s *suite.Suite) (problems spec.Problems) {
	for i := range s.Judges {
		if s.Judges[i].Rubric == "" {
			continue
		}
		_, err := LoadRubric(s.Judges[i].Rubric)
		if found, wrong := errors.AsType[spec.Problems](err); wrong {
			problems = append(problems, found...)
		}
	}
	return problems
}
