package analysis

import (
	"slices"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/task"
)

// Bounds from which a limitation is said.
const (
	fewItems    = 30
	muchMissing = 5 // percent
)

// limits are what has to be said with the results.
func (a *analyser) limits() {
	r := a.result
	say := func(kind LimitKind, n int, what ...string) { r.Limits = append(r.Limits, Limit{kind, what, n}) }
	if len(r.Family) == 0 {
		say(NoFamily, 0)
	}
	for _, c := range r.Family {
		if c.Test.Why != "" {
			say(NotCompared, 0, c.String(), string(c.Test.Why))
		}
	}
	for _, t := range r.Tasks {
		for _, m := range t.Measures {
			a.limitsOf(m, say)
		}
	}
	for _, j := range a.in.Suite.Judges {
		for _, s := range a.in.Suite.Subjects {
			if s.Model != "" && s.Model == j.Model && a.judgedBy(j.Name) {
				say(SelfJudge, 0, j.Name, s.Name)
			}
		}
	}
}

func (a *analyser) limitsOf(m *Measure, say func(LimitKind, int, ...string)) {
	items, groups := 0, 0
	for _, s := range m.Subjects {
		items, groups = max(items, s.Value.N), max(groups, s.Value.Clusters)
		if all := s.Missing + s.Value.N; all > 0 && s.Missing*100 >= muchMissing*all {
			say(MissingValues, s.Missing*100/all, m.Task, m.Name, s.Name)
		}
	}
	if m.Per == task.PerItem && items > 0 && items < fewItems {
		say(FewItems, items, m.Task, m.Name)
	}
	if m.Per == task.PerItem && groups == 1 && items > 1 {
		say(OneCluster, 0, m.Task, m.Name)
	}
	if m.Per == task.PerSubject && slices.ContainsFunc(m.Subjects, func(s *Subject) bool { return s.Value.Open != "" && s.Value.Why == "" }) {
		say(NoInterval, 0, m.Task, m.Name)
	}
	judges := 0
	for _, j := range m.Judges {
		if j.Name != sample.Human {
			judges++
		}
	}
	if judges == 1 {
		say(OneJudge, 0, m.Task, m.Name)
	}
	for _, j := range m.Judges {
		if j.Flips != nil && j.Flips.Rate.Why != "" {
			say(OneOrder, 0, m.Task, m.Name, j.Name)
		}
	}
	for _, c := range m.Comparisons {
		if c.Declared && c.Paired && c.OnlyA+c.OnlyB >= 1 {
			say(Unpaired, c.OnlyA+c.OnlyB, c.String())
		}
	}
	if p := m.Pairwise; p != nil {
		switch {
		case p.Tournament.Why == stats.Disconnected:
			what := []string{m.Task, m.Name}
			for _, g := range p.Tournament.Groups {
				what = append(what, joined(g))
			}
			say(Divided, 0, what...)
		case p.Tournament.Penalised:
			say(Penalised, 0, m.Task, m.Name)
		}
	}
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

func joined(names []string) string {
	out := ""
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += n
	}
	return out
}
