package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm/provide"
	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/plugins/sdk"
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

// Check finds what is wrong with a suite beyond what it says of itself: measures
// that its tasks do not have, plugins that are not there or do not take their
// config. It comes as spec.Problems.
func Check(s *suite.Suite, kinds []task.Kind, catalog *host.Catalog) error {
	var problems spec.Problems
	for i := range s.Tasks {
		t := &s.Tasks[i]
		kind := kindOf(kinds, t)
		if kind == nil {
			problems = append(problems, s.Problem(fmt.Sprintf("tasks[%d]", i), "this gorod has no tasks of the kind "+t.Kind(), "", "use another kind"))
			continue
		}
		measures := kind.Measures(t)
		if len(t.Judges) > 0 && !slices.ContainsFunc(measures, func(m task.Measure) bool { return m.Judged }) {
			problems = append(problems, s.Problem(fmt.Sprintf("tasks[%d].judges", i), "nothing of "+t.Name+" can be judged", "all its measures are computed", "remove judges"))
		}
	}
	for i := range s.Comparisons {
		problems = append(problems, comparedBy(s, kinds, i)...)
	}
	problems = append(problems, decidable(s, kinds)...)
	for i := range s.Subjects {
		if s.Subjects[i].Plugin.Plugin != "" {
			problems = append(problems, pluggable(s, i, catalog)...)
		}
	}
	problems = append(problems, judge.Check(s)...)
	if len(problems) > 0 {
		return problems.Sorted()
	}
	return nil
}

func kindOf(kinds []task.Kind, t *suite.Task) task.Kind {
	at := slices.IndexFunc(kinds, func(k task.Kind) bool { return k.Name() == t.Kind() })
	if at < 0 {
		return nil
	}
	return kinds[at]
}

// comparedBy checks the measure of a comparison. A judge with criteria of its
// own has measures that the kind does not know, and so do runs.
func comparedBy(s *suite.Suite, kinds []task.Kind, i int) spec.Problems {
	x := &s.Comparisons[i]
	t := s.Task(x.Task)
	kind := kindOf(kinds, t)
	if kind == nil || t.Society != nil {
		return nil
	}
	var known []string
	for _, m := range kind.Measures(t) {
		if m.Name == x.Measure {
			if m.Judged && len(t.Judges) == 0 {
				return spec.Problems{s.Problem(fmt.Sprintf("comparisons[%d].measure", i), fmt.Sprintf("nobody judges %s of %s", m.Name, t.Name), "it is a measure of judges", "add judges to the task")}
			}
			return nil
		}
		known = append(known, m.Name)
	}
	judged := judge.Scores(s, t)
	if slices.Contains(judged, x.Measure) {
		return nil
	}
	known = append(known, judged...)
	return spec.Problems{s.Problem(fmt.Sprintf("comparisons[%d].measure", i), fmt.Sprintf("no measure %q in %s", x.Measure, t.Name), "tasks of the kind "+t.Kind()+" do not score it", spec.Closest(x.Measure, known))}
}

// pluggable checks the plugin of a subject.
func pluggable(s *suite.Suite, i int, catalog *host.Catalog) spec.Problems {
	p, path := s.Subjects[i].Plugin, fmt.Sprintf("subjects[%d].plugin", i)
	entry, err := catalog.Find(p.Plugin)
	if err != nil {
		what := fmt.Sprintf("no plugin %q", p.Plugin)
		return spec.Problems{s.Problem(path+".plugin", what, strings.TrimPrefix(err.Error(), what+"; "), "gorod plugin ls lists them")}
	}
	if entry.Info.Kind != sdk.KindSentiment {
		return spec.Problems{s.Problem(path+".plugin", p.Plugin+" is no sentiment plugin", "it is of kind "+entry.Info.Kind, "gorod plugin ls lists them")}
	}
	compiled, err := schema.Compile(entry.Schema)
	if err != nil {
		return spec.Problems{s.Problem(path+".plugin", "the schema of "+p.Plugin+" is bad", err.Error(), "tell its author")}
	}
	config := []byte(p.Config)
	if len(config) == 0 {
		config = []byte("{}")
	}
	var problems spec.Problems
	for _, v := range compiled.Validate(config) {
		problems = append(problems, s.Problem(path+".config", path+".config is not what "+p.Plugin+" takes", v.String(), "gorod plugin ls --json shows its settings"))
	}
	return problems
}

// Prepare loads the tasks of a suite and looks at all that it needs: keys,
// servers, files. No model is asked anything. What is wrong with the suite or
// its files comes as spec.Problems; a model that is not there names who it is.
func Prepare(ctx context.Context, options Options) (*Evaluation, error) {
	e := &Evaluation{options: options, plugins: map[string]host.Entry{}}
	s := options.Suite
	if err := Check(s, options.Kinds, options.Catalog); err != nil {
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
		p.task, p.items, p.measures = loaded, loaded.Items(), p.kind.Measures(p.suite)
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

// digest tells whether a task asks what it asked before.
func (p *planned) digest() string {
	h := sha256.New()
	for _, item := range p.items {
		fmt.Fprintf(h, "%q %q %q\n", item.ID, item.Cluster, item.Criteria)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// asks is how many questions the task has for one subject, repeats not counted.
func (p *planned) asks() (n int) {
	for _, item := range p.items {
		n += max(item.Asks, 1)
	}
	return n
}

// Planned is a task as it will be asked.
type Planned struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Subjects []string       `json:"subjects,omitempty"`
	Items    int            `json:"items"`
	Clusters int            `json:"clusters"` // of items that are not independent
	Asks     int            `json:"asks"`     // questions to all subjects, with repeats
	Measures []task.Measure `json:"-"`
}

// Tasks are the tasks as they will be asked.
func (e *Evaluation) Tasks() []Planned {
	out := make([]Planned, len(e.tasks))
	for i, p := range e.tasks {
		clusters := map[string]bool{}
		for _, item := range p.items {
			clusters[clusterOf(item)] = true
		}
		out[i] = Planned{
			Name: p.suite.Name, Kind: p.kind.Name(), Subjects: p.suite.Subjects, Items: len(p.items), Clusters: len(clusters),
			Asks: p.asks() * len(p.suite.Subjects) * e.options.Suite.Repeats, Measures: p.measures,
		}
	}
	return out
}

func clusterOf(item task.Item) string {
	if item.Cluster != "" {
		return item.Cluster
	}
	return item.ID
}
