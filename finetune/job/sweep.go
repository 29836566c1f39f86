package job

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// maxTasks bounds a sweep; Slurm's own limit of an array is 1001 by default.
const maxTasks = 1000

// Task is one combination of a sweep: a task of the job array.
type Task struct {
	Index  int            `json:"index"`            // from 0
	Label  string         `json:"label"`            // such as "lr=0.0001,rank=8"; empty without a sweep
	Values map[string]any `json:"values,omitempty"` // by path
	Job    Job            `json:"job"`              // with the values in it, without a sweep
}

// Folder is the task's folder within the job's: "task-000", or "" where there is
// no sweep.
func (t *Task) Folder() string {
	if t.Label == "" {
		return ""
	}
	return fmt.Sprintf("task-%03d", t.Index)
}

// Tasks are the combinations of the sweep, or the job itself where there is
// none. Their order and names depend on the file alone: axes in the order of
// their paths, the last one the fastest. It is for jobs that were loaded.
func (j *Job) Tasks() []Task {
	if len(j.tasks) == 0 {
		return []Task{{Job: *j}}
	}
	return slices.Clone(j.tasks)
}

type choice struct {
	path  string
	index int // of the value in its axis
	value any
}

// sweep makes the tasks: each combination is decoded as if it were given by
// --set, after those that are.
func (c *checker) sweep(file string, text []byte, set []string, j *Job) []Task {
	if len(j.Sweep) == 0 || !c.axes(j) {
		return nil
	}
	var tasks []Task
	told := map[string]bool{}
	for i, combination := range combinations(j.Sweep) {
		t := Task{Index: i, Label: label(combination), Values: map[string]any{}}
		all := slices.Clone(set)
		for _, one := range combination {
			t.Values[one.path] = one.value
			all = append(all, one.path+"="+literal(one.value))
		}
		task, inner := decode(file, text, all, t.Values)
		if len(inner.problems) == 0 {
			inner.check(task)
		}
		for _, p := range inner.problems {
			path := blamed(combination, p.Origin)
			if told[path+p.What+p.Why] {
				continue
			}
			told[path+p.What+p.Why] = true
			c.say(path, p.What, strings.TrimPrefix(p.Why+", in the task "+t.Label, ", "), p.Do)
		}
		task.Name = fmt.Sprintf("%s-%03d", j.Name, i)
		if task.Export.Ollama != "" {
			name, tag, tagged := strings.Cut(task.Export.Ollama, ":")
			task.Export.Ollama = fmt.Sprintf("%s-%03d", name, i)
			if tagged {
				task.Export.Ollama += ":" + tag
			}
		}
		task.Sweep = nil
		t.Job = *task
		tasks = append(tasks, t)
	}
	return tasks
}

// blamed is the axis that a problem of a combination comes from, or the sweep.
func blamed(combination []choice, origin string) string {
	for _, one := range combination {
		if origin == "--set "+one.path+"="+literal(one.value) {
			return fmt.Sprintf("sweep.%s[%d]", one.path, one.index)
		}
	}
	return "sweep"
}

// axes checks the axes themselves.
func (c *checker) axes(j *Job) bool {
	before, tasks := len(c.problems), 1
	for _, path := range slices.Sorted(maps.Keys(j.Sweep)) {
		at, values := "sweep."+path, j.Sweep[path]
		tasks = min(tasks*max(len(values), 1), maxTasks+1)
		if !regexp.MustCompile(`^(base|dataset|method|training|export)\.\w`).MatchString(path) {
			c.say(at, fmt.Sprintf("a sweep over %.60q", path), "tasks of an array share a name, a cluster and resources", "sweep over base, dataset, method, training or export")
		}
		if len(values) == 0 {
			c.say(at, at+" is empty", "there is nothing to compare", "give values, or remove the axis")
		}
		for i, v := range values {
			if slices.ContainsFunc(values[:i], func(w any) bool { return literal(v) == literal(w) }) {
				c.say(fmt.Sprintf("%s[%d]", at, i), literal(v)+" twice", "the two tasks would be the same", "remove one")
			}
		}
	}
	if tasks > maxTasks {
		c.say("sweep", "too many tasks", fmt.Sprintf("more than %d", maxTasks), "sweep over less")
	}
	return len(c.problems) == before
}

func combinations(sweep map[string][]any) [][]choice {
	all := [][]choice{nil}
	for _, path := range slices.Sorted(maps.Keys(sweep)) {
		var longer [][]choice
		for _, one := range all {
			for i, v := range sweep[path] {
				longer = append(longer, append(slices.Clone(one), choice{path, i, v}))
			}
		}
		all = longer
	}
	return all
}

// literal is a value as --set takes it: JSON is YAML.
func literal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v) // it was decoded from YAML: only a number that JSON has no word for
	}
	return string(text)
}

// label names a combination by the last parts of its paths.
func label(combination []choice) string {
	parts := make([]string, len(combination))
	for i, one := range combination {
		text := strings.Trim(literal(one.value), `"`)
		parts[i] = one.path[strings.LastIndex(one.path, ".")+1:] + "=" + regexp.MustCompile(`[^\pL\pN.+_-]+`).ReplaceAllString(text, "-")
	}
	return strings.Join(parts, ",")
}
