package analysis_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
)

// Where asking ended early, a test for a fixed number of items would err too
// often.
func TestWhatWasAskedUntilDecidedIsTestedAsSuch(t *testing.T) {
	t.Parallel()
	var rows []sample.Score
	for i := range 30 {
		item := fmt.Sprintf("%02d", i)
		rows = append(rows, score("a", item, "right", 1), score("b", item, "right", 0))
	}
	s := suiteOf(suite.Comparison{Task: "t", Measure: "right", A: "a", B: "b"})
	s.Analysis.Sequential = true
	r := analyse(t, s, rows)
	if !slices.ContainsFunc(r.Limits, func(l analysis.Limit) bool { return l.Kind == analysis.StoppedEarly }) {
		t.Error("it is not said that other numbers do not allow for the early end")
	}
	c := r.Family[0]
	if c.Test.Method != stats.Betting || c.Difference.Method != stats.Betting || c.Difference.Value != 1 || !c.Sure(0.05) || c.Second.Why != stats.NotTested {
		t.Errorf("%+v", c)
	}
}
