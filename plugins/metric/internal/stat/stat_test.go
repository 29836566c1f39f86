package stat_test

import (
	"math"
	"math/rand/v2"
	"testing"

	gonum "gonum.org/v1/gonum/stat"

	"github.com/llm-city/gorod/plugins/metric/internal/stat"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestInequalityAndDiversityByHand(t *testing.T) {
	t.Parallel()
	near(t, "entropy of four alike", stat.Entropy([]float64{5, 5, 5, 5}), 2)
	near(t, "entropy of one", stat.Entropy([]float64{0, 7}), 0)
	near(t, "entropy of nothing", stat.Entropy(nil), math.NaN())
	near(t, "evenness of one of two", stat.Evenness([]float64{3}, 2), 0)
	near(t, "evenness without a choice", stat.Evenness([]float64{3}, 1), math.NaN())
	near(t, "simpson", stat.Simpson([]float64{1, 1, 2}), 6.0/16)
	near(t, "gini of alike", stat.Gini([]float64{2, 2, 2}), 0)
	near(t, "gini of one who has all", stat.Gini([]float64{0, 0, 0, 9}), 0.75)
	near(t, "gini of nothing", stat.Gini([]float64{0, 0}), math.NaN())
	near(t, "ratio to nothing", stat.Ratio(1, 0), math.NaN())
}

// The textbook's line: women's heights (m) and masses (kg), Wikipedia's worked
// example of simple linear regression.
func TestALineWithItsError(t *testing.T) {
	t.Parallel()
	x := []float64{1.47, 1.50, 1.52, 1.55, 1.57, 1.60, 1.63, 1.65, 1.68, 1.70, 1.73, 1.75, 1.78, 1.80, 1.83}
	y := []float64{52.21, 53.12, 54.48, 55.84, 57.20, 58.57, 59.93, 61.29, 63.11, 64.47, 66.28, 68.10, 69.92, 72.19, 74.46}
	var p stat.Pairs
	for i := range x {
		p.Add(x[i], y[i])
	}
	line := p.Line()
	if math.Abs(line.Slope-61.272) > 1e-3 || math.Abs(line.Error*line.Error-3.1539) > 1e-3 || line.P > 1e-12 || line.N != 15 {
		t.Errorf("%+v", line)
	}
	near(t, "correlation", p.Pearson(), gonum.Correlation(x, y, nil))
}

func TestTooFewPairsHaveNoLine(t *testing.T) {
	t.Parallel()
	var p stat.Pairs
	p.Add(1, 1)
	near(t, "slope of one", p.Line().Slope, math.NaN())
	p.Add(2, 3)
	near(t, "slope of two", p.Line().Slope, 2)
	near(t, "error of two", p.Line().Error, math.NaN())
	near(t, "p of two", p.Line().P, math.NaN())
	var flat stat.Pairs
	flat.Add(1, 5)
	flat.Add(2, 5)
	near(t, "correlation with what does not vary", flat.Pearson(), math.NaN())
}

func TestMeansWithTheirError(t *testing.T) {
	t.Parallel()
	var m stat.Mean
	near(t, "mean of nothing", m.Value(), math.NaN())
	for _, x := range []float64{2, 4, 4, 4, 5, 5, 7, 9} {
		m.Add(x)
	}
	near(t, "mean", m.Value(), 5)
	near(t, "variance", m.Variance(), 4)
	near(t, "error", m.Error(), math.Sqrt(4.0/7))
	var two stat.Mean
	two.Add(0)
	two.Add(2)
	near(t, "p of t = 1 with one degree of freedom", two.P(), 0.5)
}

func TestRanksAreSharedByTies(t *testing.T) {
	t.Parallel()
	r := stat.Ranks{Steps: 10}
	// Ranks 1, 2.5, 2.5, 4 and 1, 2, 3.5, 3.5.
	for _, p := range [][2]float64{{-0.5, 0}, {0, 0.1}, {0, 0.9}, {1, 0.9}} {
		r.Add(p[0], p[1])
	}
	near(t, "rank correlation", r.Spearman(), gonum.Correlation([]float64{1, 2.5, 2.5, 4}, []float64{1, 2, 3.5, 3.5}, nil))
	near(t, "of nothing", (&stat.Ranks{Steps: 10}).Spearman(), math.NaN())
}

// Of lines through pure noise one in twenty is significant at 5 %.
func TestTheTestOfASlopeKeepsItsLevel(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	const runs = 20000
	lines, pooled := 0, 0
	for range runs {
		var one stat.Pairs
		var all stat.Within
		for range 4 {
			var p stat.Pairs
			level := 10 * random.NormFloat64()
			for x := range 6 {
				p.Add(float64(x), level+random.NormFloat64())
			}
			all.Add(&p)
			one = p
		}
		if one.Line().P < 0.05 {
			lines++
		}
		if all.Line().P < 0.05 {
			pooled++
		}
	}
	t.Logf("significant: %.2f %% of lines, %.2f %% of pooled lines", 100*float64(lines)/runs, 100*float64(pooled)/runs)
	for _, n := range []int{lines, pooled} {
		if math.Abs(float64(n)/runs-0.05) > 0.005 { // three standard deviations
			t.Errorf("%d of %d lines through noise are significant", n, runs)
		}
	}
}
