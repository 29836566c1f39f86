package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Check finds what is wrong with a suite beyond what it says of itself: measures
// that its tasks do not have, plugins that are not there or do not take their
// config. It comes as spec.Problems.
func Check(ctx context.Context, s *suite.Suite, kinds []task.Kind, catalog *host.Catalog) error {
	var problems spec.Problems
	for i := range s.Tasks {
		t := &s.Tasks[i]
		kind := kindOf(kinds, t)
		if kind == nil {
			problems = append(problems, s.Problem(fmt.Sprintf("tasks[%d]", i), "this gorod has no tasks of the kind "+t.Kind(), "", "use another kind"))
			continue
		}
		measures := kind.Measures(ctx, t)
		if len(t.Judges) > 0 && !slices.ContainsFunc(measures, func(m task.Measure) bool { return m.Judged }) {
			problems = append(problems, s.Problem(fmt.Sprintf("tasks[%d].judges", i), "nothing of "+t.Name+" can be judged", "all its measures are computed", "remove judges"))
		}
		problems = append(problems, mixed(s, i, measures)...)
	}
	for i := range s.Comparisons {
		problems = append(problems, comparedBy(ctx, s, kinds, i)...)
	}
	problems = append(problems, decidable(ctx, s, kinds)...)
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

// mixed finds criteria of judges that are called as what is computed: marks and
// computed values would be taken for one measure.
func mixed(s *suite.Suite, i int, measures []task.Measure) (problems spec.Problems) {
	t := &s.Tasks[i]
	for k, name := range t.Judges {
		of := s.Judge(name)
		if of.Mode != suite.Rubric {
			continue
		}
		rubric, err := judge.RubricOf(*of, t.Kind(), s.Language)
		if err != nil {
			continue // judge.Check tells
		}
		for _, c := range rubric.Criteria {
			if slices.ContainsFunc(measures, func(m task.Measure) bool { return m.Name == c.Name && !m.Judged }) {
				problems = append(problems, s.Problem(fmt.Sprintf("tasks[%d].judges[%d]", i, k), fmt.Sprintf("the judge %q has a criterion %s", name, c.Name),
					"a computed measure of "+t.Name+" is called so, and the two would be taken for one", "rename the criterion"))
			}
		}
	}
	return problems
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
func comparedBy(ctx context.Context, s *suite.Suite, kinds []task.Kind, i int) spec.Problems {
	x := &s.Comparisons[i]
	t := s.Task(x.Task)
	kind := kindOf(kinds, t)
	if kind == nil || t.Society != nil {
		return nil
	}
	var known []string
	for _, m := range kind.Measures(ctx, t) {
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
	judged = slices.DeleteFunc(judged, func(name string) bool { return slices.Contains(known, name) })
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
