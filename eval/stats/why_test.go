package stats_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// hostile are data that nothing, or not everything, can be computed of.
func hostile() map[string][]stats.Pair {
	cluster := func(pairs []stats.Pair) []stats.Pair {
		for i := range pairs {
			pairs[i].Cluster = "all"
		}
		return pairs
	}
	return map[string][]stats.Pair{
		"nothing":        nil,
		"one item":       against0(1),
		"two items":      against0(1, 0),
		"one cluster":    cluster(against0(1, 0, 1, 1)),
		"all ties":       pairsOf([]float64{1, 0, 1}, []float64{1, 0, 1}),
		"no variance":    against0(1, 1, 1, 1),
		"rounding":       pairsOf([]float64{0.3, 0.3, 0.3}, []float64{0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2}),
		"NaN":            against0(1, math.NaN(), 2),
		"infinite":       against0(1, math.Inf(1), 2),
		"huge":           pairsOf([]float64{math.MaxFloat64, math.MaxFloat64, 1}, []float64{-math.MaxFloat64, 0, 1}),
		"large":          pairsOf([]float64{1e300, 2e300, 3e300}, []float64{1, 2e299, 0}),
		"tiny":           pairsOf([]float64{5e-324, 1e-323, 0}, []float64{0, 5e-324, 1e-323}),
		"one-sided":      against0(1, 1, 0, 1, 1, 1),
		"far outlier":    against0(0, 0, 0, 0, 0, 0, 0, 0, 0, 1e15),
		"one that moves": against0(0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
	}
}

func TestWhatCannotBeComputedIsAReasonAndNeverNaN(t *testing.T) {
	t.Parallel()
	for name, pairs := range hostile() {
		var a, b []stats.Value
		var verdicts []stats.Verdict
		var ratings []stats.Rating
		var both []stats.Both
		for _, p := range pairs {
			a, b = append(a, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.A}), append(b, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.B})
			verdicts = append(verdicts, stats.Verdict{Item: p.ID, Cluster: p.Cluster, A: "a", B: "b", Score: p.A, Length: p.B})
			ratings = append(ratings, stats.Rating{Unit: p.ID, Rater: "a", Value: p.A}, stats.Rating{Unit: p.ID, Rater: "b", Value: p.B})
			both = append(both, stats.Both{ID: p.ID, Cluster: p.Cluster, Human: p.A, Judge: p.B})
		}
		var labels []stats.Labelled
		var forecasts []stats.Forecast
		for _, p := range pairs {
			labels = append(labels, stats.Labelled{ID: p.ID, Cluster: p.Cluster, Truth: fmt.Sprint(p.A), Said: fmt.Sprint(p.B)})
			forecasts = append(forecasts, stats.Forecast{ID: p.ID, Cluster: p.Cluster, P: []float64{p.A, p.B}})
		}
		o := seeded(name)
		o.Resamples = 500
		table, _ := stats.Cross(pairs)
		for what, got := range map[string]any{
			"compare":        stats.Compare(a, b, false, o),
			"compare binary": stats.Compare(a, b, true, o),
			"runs":           stats.CompareRuns(a, b, o),
			"runs apart":     stats.CompareRuns(a, b[:len(b)/2], o),
			"table":          []any{table.McNemar(), table.OddsRatio(o), table.RiskDifference(o)},
			"durkalski":      stats.DurkalskiTest(pairs),
			"cliff":          stats.Cliff(a, b, o),
			"rank":           stats.Rank(verdicts, true, o),
			"flips":          stats.OrderFlips(verdicts, o),
			"nominal":        stats.Krippendorff(ratings, stats.Nominal, o),
			"ordinal":        stats.Krippendorff(ratings, stats.Ordinal, o),
			"interval":       stats.Krippendorff(ratings, stats.Interval, o),
			"ppi":            stats.PPI(both, b, o),
			"ppi, no judge":  stats.PPI(both, nil, o),
			"swap":           twice(stats.MacroF1Difference(labels, labels[:len(labels)/2], o)),
			"one swap":       twice(stats.MacroF1Difference(labels, labels, o)),
			"forecasts":      []stats.Estimate{stats.Brier(forecasts, o), stats.CalibrationError(forecasts, 5, o), stats.MacroF1(labels, o)},
			"cluster mean":   stats.ClusterMean(a, o),
			"mean":           stats.Mean(a, o),
			"share":          stats.Share(a, o),
		} {
			finiteThroughout(t, name+": "+what, reflect.ValueOf(got))
		}
	}
}

func twice(e stats.Estimate, p stats.Test) []any { return []any{e, p} }

func TestReasonsAreTheRightOnes(t *testing.T) {
	t.Parallel()
	h := hostile()
	open := func(e stats.Estimate) stats.Why { return e.Open }
	for _, c := range []struct {
		what      string
		got, want stats.Why
	}{
		{"Wilcoxon of nothing", stats.Wilcoxon(nil).Why, stats.NoItems},
		{"Wilcoxon of one", stats.Wilcoxon(h["one item"]).Why, stats.OneItem},
		{"Wilcoxon of ties", stats.Wilcoxon(h["all ties"]).Why, stats.AllTies},
		{"signs of one cluster", stats.SignFlip(h["one cluster"], seeded("")).Why, stats.OneCluster},
		{"signs of rounding", stats.SignFlip(h["rounding"], seeded("")).Why, stats.AllTies},
		{"signs of NaN", stats.SignFlip(h["NaN"], seeded("")).Why, stats.NotFinite},
		{"BCa of nothing", stats.MeanDifference(nil, seeded("")).Why, stats.NoItems},
		{"BCa of one", open(stats.MeanDifference(h["one item"], seeded(""))), stats.OneItem},
		{"BCa of one cluster", open(stats.MeanDifference(h["one cluster"], seeded(""))), stats.OneCluster},
		{"BCa without variance", open(stats.MeanDifference(h["no variance"], seeded(""))), stats.NoVariance},
		{"d_z without variance", stats.CohenDz(h["no variance"], seeded("")).Why, stats.NoVariance},
		{"McNemar of ties", stats.Fourfold{Both: 2, Neither: 1}.McNemar().Why, stats.AllTies},
		{"odds of one side", stats.Fourfold{OnlyA: 5}.OddsRatio(stats.Options{}).Why, stats.OneSided},
		{"binary of others", second(stats.Cross(against0(0.5, 1))), stats.NotBinary},
		{"alpha of one value", stats.Krippendorff(rated([]float64{1, 1}, []float64{1, 1}), stats.Nominal, seeded("")).Why, stats.OneValue},
		{"alpha of one rater", stats.Krippendorff(rated([]float64{1, 2}), stats.Nominal, seeded("")).Why, stats.Unpairable},
		{"strengths of ties", stats.Rank([]stats.Verdict{{Item: "1", A: "a", B: "b", Score: 0.5}}, false, seeded("")).Why, stats.AllTies},
		{"strengths of nothing", stats.Rank(nil, false, seeded("")).Why, stats.NoItems},
		{"a verdict on oneself", stats.Rank([]stats.Verdict{{Item: "1", A: "a", B: "a", Score: 1}}, false, seeded("")).Why, stats.OutOfRange},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, not %q", c.what, c.got, c.want)
		}
	}
}

func TestAnEstimateWithoutIntervalKeepsItsValue(t *testing.T) {
	t.Parallel()
	e := stats.MeanDifference(against0(1, 1, 1), seeded(""))
	if e.Value != 1 || e.Why != "" || e.Level != 0 || e.Low != 0 || e.High != 0 {
		t.Errorf("%+v", e)
	}
}

func TestItemsAreMatchedByIDAndTheRestIsNamed(t *testing.T) {
	t.Parallel()
	value := func(id string, x float64) stats.Value { return stats.Value{ID: id, Cluster: "c" + id, Value: x} }
	pairs, un := stats.Match(
		[]stats.Value{value("3", 3), value("1", 1), value("4", 4), value("5", 5), value("5", 6)},
		[]stats.Value{value("1", 10), value("2", 20), value("3", 30), value("5", 50)})
	want := []stats.Pair{{ID: "1", Cluster: "c1", A: 1, B: 10}, {ID: "3", Cluster: "c3", A: 3, B: 30}}
	if fmt.Sprint(pairs) != fmt.Sprint(want) {
		t.Errorf("pairs are %v", pairs)
	}
	if fmt.Sprint(un) != "{[4] [2] [5]}" {
		t.Errorf("unmatched are %v", un)
	}
}
