package analysis_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
)

func TestAComparisonWithoutValuesSaysWhyTheRowsHaveNone(t *testing.T) {
	t.Parallel()
	rows := rights()
	for i := range rows {
		if rows[i].Subject == "b" {
			rows[i].Value, rows[i].Missing = 0, "the server tells no likelihoods"
		}
	}
	r := analyse(t, suiteOf(suite.Comparison{Task: "t", Measure: "right", A: "a", B: "b"}), rows)
	if c := r.Family[0]; c.Difference.Why != stats.NoItems || c.Reason != "the server tells no likelihoods" {
		t.Errorf("%+v", c)
	}
}

func TestFewRunsAndFewClustersAreSaid(t *testing.T) {
	t.Parallel()
	var rows []sample.Score
	for i := range 3 {
		rows = append(rows, score("a", fmt.Sprint("seed", i), "posts", float64(i)), score("b", fmt.Sprint("seed", i), "posts", float64(2*i)))
	}
	few := rights()
	for i := range few {
		few[i].Cluster = fmt.Sprint(i / 2 % 4)
	}
	for _, tc := range []struct {
		kind analysis.LimitKind
		n    int
		rows []sample.Score
	}{{analysis.FewRuns, 3, rows}, {analysis.FewClusters, 4, few}} {
		limits := analyse(t, suiteOf(), tc.rows).Limits
		if !slices.ContainsFunc(limits, func(l analysis.Limit) bool { return l.Kind == tc.kind && l.N == tc.n }) {
			t.Errorf("no %s: %+v", tc.kind, limits)
		}
	}
}

func TestOneSubjectUnderTwoNamesIsSaid(t *testing.T) {
	t.Parallel()
	hot, cold := 1.2, 0.0
	s := suiteOf()
	s.Models = map[string]spec.Model{
		"a": {Provider: "ollama", Model: "m", Temperature: &hot}, "b": {Provider: "ollama", Model: "m", Temperature: &hot, Parallel: 4}, "c": {Provider: "ollama", Model: "m", Temperature: &cold},
	}
	s.Subjects = []suite.Subject{{Name: "a", Model: "a"}, {Name: "b", Model: "b"}, {Name: "c", Model: "c"}, {Name: "told", Model: "a", System: "Пиши коротко"}}
	var same [][]string
	for _, l := range analyse(t, s, rights()).Limits {
		if l.Kind == analysis.SameSubject {
			same = append(same, l.What)
		}
	}
	if len(same) != 1 || same[0][0] != "a" || same[0][1] != "b" {
		t.Errorf("%v", same)
	}
}
