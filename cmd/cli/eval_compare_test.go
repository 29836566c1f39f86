package cli

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/stats"
)

func TestAComparisonOfFewClustersIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	of := func(task string, clusters int) *analysis.Comparison {
		return &analysis.Comparison{Task: task, Difference: stats.Estimate{N: 40, Clusters: clusters}}
	}
	got := fewClusters([]*analysis.Comparison{of("диалоги", 8), of("диалоги", 3), of("choice", 40), of("town", 4)})
	if !strings.HasPrefix(got, "few independent clusters or runs: town (4), диалоги (3); ") {
		t.Errorf("%q", got)
	}
	if got := fewClusters([]*analysis.Comparison{of("choice", 40), {Task: "x", Difference: stats.Estimate{Why: stats.NoItems}}}); got != "" {
		t.Errorf("%q", got)
	}
}

func TestARowOfAComparisonSaysWhatTheRowsDo(t *testing.T) {
	t.Parallel()
	none := stats.Estimate{Why: stats.NoItems}
	c := &analysis.Comparison{Task: "t", Measure: "m", Difference: none, Effect: none, Test: stats.Test{Why: stats.NoItems}, Adjusted: stats.Adjusted{Why: stats.NoItems}, Reason: "the server\ntells nothing"}
	if got := comparedRow(c, 0.05); got[9] != "0" || got[10] != "the server tells nothing" {
		t.Errorf("%q", got)
	}
	c = &analysis.Comparison{Difference: stats.Estimate{N: 40, Clusters: 1, Value: 0.5, Low: 0.4, High: 0.6}, Effect: none, Adjusted: stats.Adjusted{P: 1e-9}, Declared: true, Better: 1}
	if got := comparedRow(c, 0.05); got[7] != "<0.0001" || got[9] != "40 in 1 cluster" || got[10] != "A is better" {
		t.Errorf("%q", got)
	}
}
