package suite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/text"
)

// people is whose verdicts rows of scores call so, alone or before a colon and a
// name: sample.Human.
const people = "human"

func (c *checker) judges() {
	s := c.suite
	names := make([]string, len(s.Judges))
	for i := range s.Judges {
		j, path := &s.Judges[i], fmt.Sprintf("judges[%d]", i)
		names[i] = j.Name
		c.model(path+".model", j.Model)
		if kept, _, _ := strings.Cut(text.Fold(j.Name), ":"); kept == people {
			c.say(path+".name", fmt.Sprintf("no judge can be called %q", j.Name), "what people say is kept under this name", "choose another")
		}
		if j.Baseline != "" && j.Mode != Pairwise {
			c.say(path+".baseline", path+".baseline with mode: rubric", "a rubric marks one reply at a time", "write mode: pairwise, or remove it")
		}
		if j.Rubric != "" && j.Mode != Rubric {
			c.say(path+".rubric", path+".rubric with mode: pairwise", "which of two is better is no mark", "write mode: rubric, or remove it")
		}
		if j.Baseline != "" && s.Subject(j.Baseline) == nil {
			c.say(path+".baseline", fmt.Sprintf("no subject %q", j.Baseline), "subjects: has no such name", spec.Closest(j.Baseline, s.subjectNames()))
		}
		if !slices.ContainsFunc(s.Tasks, func(t Task) bool { return slices.Contains(t.Judges, j.Name) }) {
			c.say(path, fmt.Sprintf("the judge %q judges nothing", j.Name), "no task names it", "add judges: ["+j.Name+"] to a task")
		}
	}
	c.names("judges", names)
	for i := range s.Tasks {
		c.judged(&s.Tasks[i], fmt.Sprintf("tasks[%d]", i), names)
	}
}

// judged checks who judges a task.
func (c *checker) judged(t *Task, path string, known []string) {
	for k, name := range t.Judges {
		at, j := fmt.Sprintf("%s.judges[%d]", path, k), c.suite.Judge(name)
		switch {
		case j == nil:
			c.say(at, fmt.Sprintf("no judge %q", name), "judges: has no such name", spec.Closest(name, known))
		case slices.Contains(t.Judges[:k], name):
			c.say(at, fmt.Sprintf("judge %q twice", name), "it would count twice", "remove one")
		case j.Mode == Pairwise && len(t.Subjects) == 1:
			c.say(at, fmt.Sprintf("%q has nothing to compare", name), "only one subject is asked here", "add a subject, or use mode: rubric")
		case j.Baseline != "" && c.suite.Subject(j.Baseline) != nil && !slices.Contains(t.Subjects, j.Baseline):
			c.say(at, fmt.Sprintf("the baseline of %q is not asked here", name), fmt.Sprintf("%q is not among the task's subjects", j.Baseline), "add it")
		}
	}
}

func (c *checker) comparisons() {
	s := c.suite
	if len(s.Comparisons) > 0 && len(s.Subjects) == 1 && !slices.ContainsFunc(s.Tasks, func(t Task) bool { return t.Society != nil }) {
		c.say("comparisons", "comparisons with one subject only", "there is nobody to compare it with", "add a subject, or remove comparisons")
		return
	}
	var names []string
	for i := range s.Comparisons {
		x, path := &s.Comparisons[i], fmt.Sprintf("comparisons[%d]", i)
		c.comparison(x, path)
		if x.Name == "" {
			x.Name = strings.Join([]string{x.Task, x.Measure, x.A, x.B}, "-")
		}
		names = append(names, x.Name)
		same := func(y Comparison) bool {
			return x.Task == y.Task && x.Measure == y.Measure && (x.A == y.A && x.B == y.B || x.A == y.B && x.B == y.A)
		}
		if at := slices.IndexFunc(s.Comparisons[:i], same); at >= 0 {
			c.say(path, path+" compares the same twice", fmt.Sprintf("comparisons[%d] does it already", at), "remove one: each makes the family stricter")
		} else if slices.Contains(names[:i], x.Name) {
			c.say(path+".name", fmt.Sprintf("comparison %q twice", x.Name), "they are told apart by name", "rename one")
		}
	}
}

func (c *checker) comparison(x *Comparison, path string) {
	t := c.suite.Task(x.Task)
	if t == nil {
		var known []string
		for i := range c.suite.Tasks {
			known = append(known, c.suite.Tasks[i].Name)
		}
		c.say(path+".task", fmt.Sprintf("no task %q", x.Task), "tasks: has no such name", spec.Closest(x.Task, known))
	}
	if x.A == x.B {
		c.say(path+".b", fmt.Sprintf("%q is compared with itself", x.A), "there is no difference", "name another")
		return
	}
	if t == nil || t.Society != nil { // conditions are known when the runs are read
		return
	}
	for key, name := range map[string]string{"a": x.A, "b": x.B} {
		if !slices.Contains(t.Subjects, name) {
			c.say(path+"."+key, fmt.Sprintf("%q is not asked in %s", name, t.Name), "the task has no such subject", spec.Closest(name, t.Subjects))
		}
	}
}
