package suite

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/text"
)

// checker checks what tags cannot say.
type checker struct {
	suite    *Suite
	dir      string // of the file
	problems spec.Problems
}

func (c *checker) say(path, what, why, do string) {
	c.problems = append(c.problems, c.suite.Problem(path, what, why, do))
}

func (c *checker) check() {
	s := c.suite
	if !regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$`).MatchString(s.Name) {
		c.say("name", fmt.Sprintf("name cannot be %.40q", s.Name), "it names a folder", "use lower-case Latin letters, digits and hyphens")
	}
	if s.Cassette == "off" && (s.Budget.MaxCalls > 0 || s.Budget.MaxTokens > 0) {
		c.say("cassette", "cassette: off cannot have a budget", "what is spent is counted in the cassette", "use cassette: record, or remove budget")
	}
	c.models()
	c.subjects()
	c.tasks()
	c.judges()
	c.comparisons()
}

func (c *checker) models() {
	for _, name := range slices.Sorted(maps.Keys(c.suite.Models)) {
		m := c.suite.Models[name].Resolved()
		c.suite.Models[name] = m
		for _, f := range m.Flaws("models." + name) {
			c.say(f.Path, f.What, f.Why, f.Do)
		}
	}
}

// names checks that things that are told apart by name have one, and each
// another.
func (c *checker) names(kind string, names []string) {
	seen := map[string]bool{}
	for i, name := range names {
		path := fmt.Sprintf("%s[%d].name", kind, i)
		switch {
		case !regexp.MustCompile(`^[\pL\pN]([\pL\pM\pN_.-]{0,60}[\pL\pM\pN])?$`).MatchString(name):
			c.say(path, fmt.Sprintf("%s cannot be %.60q", path, name), "it stands in tables and rows", "use letters, digits, hyphens and dots")
		case slices.Contains(names[:i], name):
			c.say(path, fmt.Sprintf("%s: %q twice", kind, name), "they are told apart by name", "rename one")
		case seen[text.Fold(name)]:
			c.say(path, fmt.Sprintf("%s: %q twice", kind, name), "another differs from it by case, ё or signs that do not show only: readers and names of numbers could not tell them apart", "rename one")
		}
		seen[text.Fold(name)] = true
	}
}

func (c *checker) model(path, name string) {
	if _, ok := c.suite.Models[name]; !ok {
		c.say(path, fmt.Sprintf("no model %q", name), "models: has no such entry", spec.Closest(name, slices.Sorted(maps.Keys(c.suite.Models))))
	}
}

func (c *checker) subjects() {
	s := c.suite
	c.names("subjects", s.subjectNames())
	for i := range s.Subjects {
		x, path := &s.Subjects[i], fmt.Sprintf("subjects[%d]", i)
		switch {
		case x.Plugin.Plugin == "" && x.Model == "":
			c.say(path, path+" has neither model nor plugin", "somebody must answer", "add model: NAME, an entry of models")
		case x.Model != "":
			c.model(path+".model", x.Model)
		}
		if x.Plugin.Plugin == "" {
			if len(x.Plugin.Config) > 0 || x.Plugin.SHA256 != "" {
				c.say(path+".plugin", path+".plugin names no plugin", "there is nothing to configure", "add plugin: sentiment/NAME in it")
			}
			continue
		}
		for key, set := range map[string]bool{"system": x.System != "", "retrieve": x.Retrieve != nil} {
			if set {
				c.say(path+"."+key, path+"."+key+" with a plugin", "a plugin takes texts and no messages", "remove one of them")
			}
		}
		if !slices.ContainsFunc(s.Tasks, func(t Task) bool { return t.Sentiment != nil }) {
			c.say(path+".plugin", fmt.Sprintf("nobody asks %q", x.Name), "a sentiment plugin answers tasks of the kind sentiment only", "add such a task, or a model")
		}
	}
	if len(s.Subjects) == 0 && slices.ContainsFunc(s.Tasks, func(t Task) bool { return t.Society == nil }) {
		c.say("", "subjects is missing", "somebody must be asked", "add subjects: [{name: base, model: default}]")
	}
}

func (s *Suite) subjectNames() []string {
	names := make([]string, len(s.Subjects))
	for i := range s.Subjects {
		names[i] = s.Subjects[i].Name
	}
	return names
}

func (c *checker) tasks() {
	s := c.suite
	if len(s.Tasks) == 0 {
		c.say("tasks", "tasks is empty", "there is nothing to ask", "add a task, such as - language: {}")
	}
	names := make([]string, len(s.Tasks))
	for i := range s.Tasks {
		t, path := &s.Tasks[i], fmt.Sprintf("tasks[%d]", i)
		if kinds := t.kinds(); len(kinds) != 1 {
			why := "a task asks one kind of questions"
			if len(kinds) > 1 {
				why = "it has " + strings.Join(kinds, " and ")
			}
			c.say(path, path+" must be of exactly one kind", why, "kinds: "+strings.Join(Kinds(), ", "))
		} else if t.Name == "" {
			t.Name = kinds[0]
		}
		names[i] = t.Name
		c.asked(t, path)
		if t.Persona != nil {
			c.probes(t.Persona, path+".persona.probes")
		}
	}
	if slices.Contains(names, "") { // it was said
		return
	}
	c.names("tasks", names)
}

// asked checks who is asked, and fills it in where the task does not say.
func (c *checker) asked(t *Task, path string) {
	s := c.suite
	if t.Society != nil {
		if len(t.Subjects) > 0 {
			c.say(path+".subjects", path+".subjects of a society task", "its subjects are the conditions of its runs", "remove it")
		}
		return
	}
	if t.Subjects == nil {
		for i := range s.Subjects {
			if t.Sentiment != nil || s.Subjects[i].Plugin.Plugin == "" {
				t.Subjects = append(t.Subjects, s.Subjects[i].Name)
			}
		}
	}
	if len(t.Subjects) == 0 && len(s.Subjects) > 0 {
		c.say(path, path+" asks nobody", "none of the subjects can answer it", "name some in subjects")
	}
	for i, name := range t.Subjects {
		at := fmt.Sprintf("%s.subjects[%d]", path, i)
		x := s.Subject(name)
		switch {
		case x == nil:
			c.say(at, fmt.Sprintf("no subject %q", name), "subjects: has no such name", spec.Closest(name, s.subjectNames()))
		case slices.Contains(t.Subjects[:i], name):
			c.say(at, fmt.Sprintf("subject %q twice", name), "it would be asked twice", "remove one")
		case x.Plugin.Plugin != "" && t.Sentiment == nil && t.Kind() != "":
			c.say(at, fmt.Sprintf("%q cannot be asked", name), "a sentiment plugin answers tasks of the kind sentiment only", "remove it from here")
		}
	}
}

func (c *checker) probes(p *Persona, path string) {
	if len(p.Probes) == 0 {
		c.say(path, path+" is empty", "nothing would be measured", "give turns, such as [1, 8, 16, 32]")
	}
	for i, turn := range p.Probes {
		if turn < 1 || turn > 1000 || i > 0 && turn <= p.Probes[i-1] {
			c.say(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%s cannot have %d here", path, turn), "turns count from 1 to 1000 and must grow", "write them in order, each once")
		}
	}
}
