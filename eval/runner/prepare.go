package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm/provide"
	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Evaluation is a suite that is ready to be asked.
type Evaluation struct {
	options Options
	tasks   []*planned
	models  *provide.Set
	digests map[string]core.ModelRecord
	plugins map[string]host.Entry // by reference
	inputs  []File
}

// planned is a task of a suite with its items.
type planned struct {
	suite    *suite.Task
	kind     task.Kind
	task     task.Task
	items    []task.Item
	measures []task.Measure
}

// Prepare loads the tasks of a suite and looks at all that it needs: keys,
// servers, files. No model is asked anything. What is wrong with the suite or
// its files comes as spec.Problems; a model that is not there names who it is.
func Prepare(ctx context.Context, options Options) (*Evaluation, error) {
	e := &Evaluation{options: options, plugins: map[string]host.Entry{}}
	s := options.Suite
	if err := Check(ctx, s, options.Kinds, options.Catalog); err != nil {
		return nil, err
	}
	files, err := s.Inputs()
	if err != nil {
		return nil, err
	}
	if e.inputs, err = hashed(files); err != nil {
		return nil, err
	}
	if err := e.load(ctx); err != nil {
		return nil, err
	}
	for i := range s.Subjects {
		if ref := s.Subjects[i].Plugin.Plugin; ref != "" {
			if e.plugins[ref], err = options.Catalog.Find(ref); err != nil {
				return nil, err
			}
		}
	}
	if e.models, err = provide.New(e.used(), options.Getenv, options.Log); err != nil {
		return nil, fmt.Errorf("%w; asked by %s", err, e.whoFails(err))
	}
	return e, nil
}

// load loads the tasks' items.
func (e *Evaluation) load(ctx context.Context) error {
	s := e.options.Suite
	var problems spec.Problems
	for i := range s.Tasks {
		p := &planned{suite: &s.Tasks[i], kind: kindOf(e.options.Kinds, &s.Tasks[i])}
		path := fmt.Sprintf("tasks[%d]", i)
		loaded, err := p.kind.Load(ctx, task.Setup{Suite: s, Task: p.suite, Path: path})
		var found spec.Problems
		switch {
		case errors.As(err, &found):
			problems = append(problems, found...)
			continue
		case err != nil:
			return fmt.Errorf("load the task %s: %w", p.suite.Name, err)
		}
		if err := e.sources(path, loaded); err != nil {
			return err
		}
		p.task, p.items, p.measures = loaded, loaded.Items(), p.kind.Measures(ctx, p.suite)
		if n := p.suite.Limit; n > 0 && n < len(p.items) {
			p.items = p.items[:n]
		}
		if _, measured := loaded.(task.Measured); !measured && len(p.items) == 0 {
			problems = append(problems, s.Problem(path, "the task "+p.suite.Name+" has no items", "there is nothing to ask", "look at its data"))
		}
		if twice := repeated(p.items); twice != "" {
			return fmt.Errorf("the task %s has two items called %q", p.suite.Name, twice)
		}
		if s.Analysis.Sequential {
			p.shuffle(s.Seed)
		}
		e.tasks = append(e.tasks, p)
	}
	if len(problems) > 0 {
		return problems.Sorted()
	}
	return nil
}

// sources adds the files that a task's own files name to those of the suite.
func (e *Evaluation) sources(path string, loaded task.Task) error {
	sourced, ok := loaded.(task.Sourced)
	if !ok {
		return nil
	}
	var inputs []suite.Input
	for _, file := range sourced.Sources() {
		inputs = append(inputs, suite.Input{Key: path, Path: file})
	}
	files, err := hashed(inputs)
	e.inputs = append(e.inputs, files...)
	return err
}

func repeated(items []task.Item) string {
	seen := map[string]bool{}
	for _, item := range items {
		if seen[item.ID] {
			return item.ID
		}
		seen[item.ID] = true
	}
	return ""
}
