package analysis

import (
	"reflect"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Bounds from which a limitation is said.
const (
	fewItems    = 30
	fewClusters = 10
	muchMissing = 5 // percent
	// byLikelihood is the measure by which tasks of the kind choice say whether an
	// answer was chosen by how likely it is.
	byLikelihood = "by_likelihood"
)

// limits are what has to be said with the results.
func (a *analyser) limits() {
	r := a.result
	say := func(kind LimitKind, n int, what ...string) { r.Limits = append(r.Limits, Limit{kind, what, n}) }
	if len(r.Family) == 0 {
		say(NoFamily, 0)
	}
	if a.in.Suite.Analysis.Sequential {
		say(StoppedEarly, 0)
	}
	for _, c := range r.Family {
		if c.Test.Why != "" {
			say(NotCompared, 0, c.String(), string(c.Test.Why), c.Reason)
		}
	}
	for _, t := range r.Tasks {
		for _, m := range t.Measures {
			a.limitsOf(m, say)
		}
	}
	a.limitsOfSubjects(say)
	for _, j := range a.in.Suite.Judges {
		for _, s := range a.in.Suite.Subjects {
			if s.Model != "" && SameModel(a.in.Suite, s.Model, j.Model) && a.judgedBy(j.Name) {
				say(SelfJudge, 0, j.Name, s.Name)
			}
		}
	}
}

func (a *analyser) limitsOf(m *Measure, say func(LimitKind, int, ...string)) {
	for _, s := range m.Subjects {
		limitsOfSubject(m, s, say)
	}
	limitsOfSize(m, say)
	if m.Per == task.PerSubject && slices.ContainsFunc(m.Subjects, func(s *Subject) bool { return s.Value.Open == stats.OneItem && s.Value.Why == "" }) {
		say(NoInterval, 0, m.Task, m.Name)
	}
	for _, c := range m.Comparisons {
		if lost := a.lost(c, m); c.Declared && c.Paired && lost > 0 {
			say(Unpaired, lost, c.String())
		}
	}
	limitsOfJudges(m, say)
	if m.Pairwise != nil {
		limitsOfStrengths(m, say)
	}
}

// lost is how many items a comparison lacks, of which somebody was asked.
func (a *analyser) lost(c *Comparison, m *Measure) int {
	out := c.OnlyA + c.OnlyB
	if c.Pairwise { // items of which nobody judged the two
		out += a.wins(a.groups[m], a.table.judged(a.groups[m]), a.table.subjects.ids[c.A], a.table.subjects.ids[c.B]).missing
	}
	return out
}

// limitsOfSize says what is too few.
func limitsOfSize(m *Measure, say func(LimitKind, int, ...string)) {
	items, groups := 0, 0
	for _, s := range m.Subjects {
		items, groups = max(items, s.Value.N), max(groups, s.Value.Clusters)
	}
	switch {
	case items == 0:
	case m.Per == task.PerRun && items < fewClusters:
		say(FewRuns, items, m.Task, m.Name)
	case m.Per == task.PerRun:
	case groups == 1 && items > 1:
		say(OneCluster, 0, m.Task, m.Name)
	case items < fewItems:
		say(FewItems, items, m.Task, m.Name)
	case groups < fewClusters:
		say(FewClusters, groups, m.Task, m.Name)
	}
}

func limitsOfSubject(m *Measure, s *Subject, say func(LimitKind, int, ...string)) {
	if all := s.Missing + s.Value.N; all > 0 && s.Missing*100 >= muchMissing*all {
		say(MissingValues, s.Missing*100/all, m.Task, m.Name, s.Name)
	}
	if m.Name == byLikelihood && s.Value.Why == "" && s.Value.Value < 1 {
		say(NoLikelihoods, 0, m.Task, s.Name)
	}
}

// limitsOfSubjects says which subjects differ in nothing but chance.
func (a *analyser) limitsOfSubjects(say func(LimitKind, int, ...string)) {
	of := a.in.Suite.Subjects
	for i, x := range of {
		for _, y := range of[i+1:] {
			if x.Model != "" && x.System == y.System && reflect.DeepEqual(x.Retrieve, y.Retrieve) && reflect.DeepEqual(x.Plugin, y.Plugin) && a.alike(x.Model, y.Model) {
				say(SameSubject, 0, x.Name, y.Name)
			}
		}
	}
}

// alike reports whether two entries of models answer in the same way, wherever
// they are served.
func (a *analyser) alike(x, y string) bool {
	p, known := a.in.Suite.Models[x]
	q, both := a.in.Suite.Models[y]
	if !known || !both {
		return false
	}
	for _, m := range []*spec.Model{&p, &q} {
		m.Endpoints, m.APIKeyEnv, m.Parallel, m.Timeout, m.Retries = nil, "", 0, 0, 0
	}
	return reflect.DeepEqual(p, q)
}

func limitsOfJudges(m *Measure, say func(LimitKind, int, ...string)) {
	judges := 0
	for _, j := range m.Judges {
		if _, person := sample.Annotated(j.Name); person {
			continue // a person sees a pair once
		}
		judges++
		if j.Flips != nil && j.Flips.Rate.Why != "" {
			say(OneOrder, 0, m.Task, m.Name, j.Name)
		}
	}
	if judges == 1 {
		say(OneJudge, 0, m.Task, m.Name)
	}
}

func limitsOfStrengths(m *Measure, say func(LimitKind, int, ...string)) {
	t := m.Pairwise.Tournament
	if t.Why == stats.Disconnected {
		what := []string{m.Task, m.Name}
		for _, g := range t.Groups {
			what = append(what, strings.Join(g, ", "))
		}
		say(Divided, 0, what...)
	}
	if t.Penalised {
		say(Penalised, 0, m.Task, m.Name)
	}
}

// SameModel reports whether two entries of models are one model.
func SameModel(s *suite.Suite, x, y string) bool {
	p, q := s.Models[x], s.Models[y]
	return x == y || p.Model != "" && p.Provider == q.Provider && p.Model == q.Model
}

// judgedBy reports whether a judge gave any verdict.
func (a *analyser) judgedBy(name string) bool {
	for _, t := range a.result.Tasks {
		for _, m := range t.Measures {
			if slices.ContainsFunc(m.Judges, func(j Judge) bool { return j.Name == name }) {
				return true
			}
		}
	}
	return false
}
