package stats_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

func TestMcNemarIsThatOfPublishedTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what        string
		table       stats.Fourfold
		p, mid, tol float64
	}{
		// 220 items as in lm-evaluation-harness PR 3868, where an unpaired z-test says
		// 0.080 and McNemar's 0.008.
		{"two models of 220 items", stats.Fourfold{Both: 131, OnlyA: 27, OnlyB: 10, Neither: 52}, 0.007632078602910042, 0.005097643297631287, 1e-12},
		// Agresti 2013, table 11.1: approval of the prime minister, z² = 17.36.
		{"approval of the prime minister", stats.Fourfold{Both: 794, OnlyA: 150, OnlyB: 86, Neither: 570}, 3.7159361395713866e-05, 2.893389517615428e-05, 1e-13},
		{"as one-sided as can be", stats.Fourfold{OnlyA: 5, Both: 3}, 0.0625, 0.03125, 1e-15},
		{"as even as can be", stats.Fourfold{OnlyA: 4, OnlyB: 4}, 1, 1, 1e-12},
	} {
		near(t, c.what, c.table.McNemar().P, c.p, c.tol)
		near(t, c.what+", mid-p", c.table.McNemarMid().P, c.mid, c.tol)
	}
}

func TestTheUnpairedTestMissesWhatMcNemarFinds(t *testing.T) {
	t.Parallel()
	a, b := make([]float64, 220), make([]float64, 220)
	for i := range a {
		if a[i] = 1; i >= 158 {
			a[i] = 0
		}
		if i < 131 || i >= 158 && i < 168 {
			b[i] = 1
		}
	}
	_, unpaired := stats.WelchTest(valuesOf(a...), valuesOf(b...), stats.Options{})
	table, why := stats.Cross(pairsOf(a, b))
	if want := (stats.Fourfold{Both: 131, OnlyA: 27, OnlyB: 10, Neither: 52}); table != want || why != "" {
		t.Fatalf("the table is %v (%s), not %v", table, why, want)
	}
	near(t, "unpaired", unpaired.P, 0.082, 0.002)
	near(t, "paired", table.McNemar().P, 0.0076, 0.0001)
}

func TestTheIntervalOfAPairedDifferenceIsNewcombes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		table           stats.Fourfold
		d, low, high, e float64
	}{
		// Altman, Machin, Bryant and Gardner 2000, table 6.2: 0.122, 0.011 to 0.226.
		{stats.Fourfold{14, 5, 0, 22}, 0.122, 0.011, 0.226, 0.0006},
		{stats.Fourfold{14, 5, 0, 22}, 0.12195121951219512, 0.01148324138303325, 0.2264926843512112, 1e-12},
		// Fagerland, Lydersen and Laake 2017, §8: Bentur et al., −0.507 to −0.026.
		{stats.Fourfold{1, 1, 7, 12}, -0.286, -0.507, -0.026, 0.0006},
		{stats.Fourfold{36, 12, 2, 0}, 0.2, 0.05692958400323869, 0.3404276029749407, 1e-12},
		{stats.Fourfold{53, 0, 1, 0}, -1.0 / 54, -0.0977143748878192, 0.04962166188940388, 1e-12},
	} {
		e := c.table.RiskDifference(stats.Options{})
		near(t, "the difference", e.Value, c.d, c.e)
		interval(t, e, c.low, c.high, c.e)
	}
}

func TestTheOddsRatioOfPairsHasTheExactInterval(t *testing.T) {
	t.Parallel()
	e := stats.Fourfold{Both: 131, OnlyA: 27, OnlyB: 10, Neither: 52}.OddsRatio(stats.Options{})
	near(t, "the ratio", e.Value, 2.7, 1e-12)
	interval(t, e, 1.266578490481184, 6.251495715276252, 1e-9)
}

func TestWilsonsIntervalIsThatOfNewcombe1998(t *testing.T) {
	t.Parallel()
	// Newcombe 1998, Statistics in Medicine 17:857, table I.
	for _, c := range []struct {
		ones, n   int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		xs := make([]float64, c.n)
		for i := range c.ones {
			xs[i] = 1
		}
		interval(t, stats.Share(valuesOf(xs...), stats.Options{}), c.low, c.high, 0.00005)
	}
}

func TestAShareOfClustersIsWorthFewerItems(t *testing.T) {
	t.Parallel()
	var values, alike []stats.Value
	for i := range 60 {
		cluster := fmt.Sprint(i / 5)
		values = append(values, stats.Value{ID: fmt.Sprint(i), Value: float64(i % 3 / 2)})
		alike = append(alike, stats.Value{ID: fmt.Sprint(i), Cluster: cluster, Value: float64(i / 5 % 3 / 2)})
	}
	plain, wide := stats.Share(values, stats.Options{}), stats.Share(alike, stats.Options{})
	near(t, "the share", wide.Value, plain.Value, 1e-12)
	if wide.Clusters != 12 || wide.Method != stats.WilsonCluster {
		t.Errorf("%d clusters by %s", wide.Clusters, wide.Method)
	}
	// Each cluster of five alike is one observation.
	if ratio := (wide.High - wide.Low) / (plain.High - plain.Low); math.Abs(ratio-math.Sqrt(5)) > 0.4 {
		t.Errorf("the interval is %.2f times as wide, not about √5", ratio)
	}
}

func TestDurkalskisTestIsItsFormula(t *testing.T) {
	t.Parallel()
	var pairs []stats.Pair
	add := func(cluster string, a, b float64, times int) {
		for range times {
			pairs = append(pairs, stats.Pair{ID: fmt.Sprint(len(pairs)), Cluster: cluster, A: a, B: b})
		}
	}
	add("x", 1, 0, 2)
	add("x", 1, 1, 2) // d = 2/4
	add("y", 0, 1, 1)
	add("y", 0, 0, 4) // d = −1/5
	add("z", 1, 0, 3) // d = 1
	got := stats.DurkalskiTest(pairs)
	near(t, "χ²", got.Statistic, 1.3*1.3/(0.25+0.04+1), 1e-12)
	near(t, "p", got.P, 0.252366, 1e-4)
}
