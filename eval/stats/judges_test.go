package stats_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// rated makes ratings of rows, one a rater; 0 is missing.
func rated(rows ...[]float64) (out []stats.Rating) {
	for rater, row := range rows {
		for unit, v := range row {
			if v != 0 {
				out = append(out, stats.Rating{Unit: fmt.Sprint(unit), Rater: fmt.Sprint(rater), Value: v})
			}
		}
	}
	return out
}

func TestAlphaIsThatOfKrippendorffsExamples(t *testing.T) {
	t.Parallel()
	// Krippendorff 2011, §C: 4 observers, 12 units, 41 values: 0.743, 0.815, 0.849.
	four := rated(
		[]float64{1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0}, []float64{1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
		[]float64{0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0}, []float64{1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0})
	// The example of Wikipedia: 3 coders, 15 units: 0.691, 0.811 of an interval.
	three := rated(
		[]float64{0, 0, 0, 0, 0, 3, 4, 1, 2, 1, 1, 3, 3, 0, 3}, []float64{1, 0, 2, 1, 3, 3, 4, 3, 0, 0, 0, 0, 0, 0, 0},
		[]float64{0, 0, 2, 1, 3, 4, 4, 0, 2, 1, 1, 3, 3, 0, 4})
	for _, c := range []struct {
		ratings []stats.Rating
		scale   stats.Scale
		want    float64
	}{
		{four, stats.Nominal, 0.743421052631579}, {four, stats.Ordinal, 0.8153875037548814}, {four, stats.Interval, 0.8491071428571428},
		{three, stats.Nominal, 0.691358024691358}, {three, stats.Ordinal, 0.8067214199413153}, {three, stats.Interval, 0.8108448928121059},
	} {
		e := stats.Krippendorff(c.ratings, c.scale, seeded("alpha"))
		near(t, string(c.scale), e.Value, c.want, 1e-12)
		if e.Open != "" || e.Low >= e.Value || e.High <= e.Value || e.High > 1 {
			t.Errorf("%s: %.3f … %.3f (%s)", c.scale, e.Low, e.High, e.Open)
		}
	}
}

func TestForecastsAreScoredAsPublished(t *testing.T) {
	t.Parallel()
	// scikit-learn, brier_score_loss: 0.0375 of one class, twice that of two.
	two := func(p float64, truth int) stats.Forecast {
		return stats.Forecast{ID: fmt.Sprint(p), P: []float64{1 - p, p}, Truth: truth}
	}
	forecasts := []stats.Forecast{two(0.1, 0), two(0.9, 1), two(0.8, 1), two(0.3, 0)}
	near(t, "Brier", stats.Brier(forecasts, seeded("brier")).Value, 0.075, 1e-12)
	// scikit-learn, f1_score: 0.26666… of three classes.
	var labels []stats.Labelled
	for i, said := range []string{"0", "2", "1", "0", "0", "1"} {
		labels = append(labels, stats.Labelled{ID: fmt.Sprint(i), Truth: fmt.Sprint(i % 3), Said: said})
	}
	near(t, "macro-F1", stats.MacroF1(labels, seeded("f1")).Value, 0.8/3, 1e-12)
	labels[0].Said = "a refusal" // no class of its own, but a miss
	near(t, "macro-F1 with a refusal", stats.MacroF1(labels, seeded("f1")).Value, 0.5/3, 1e-12)
}

func TestSwappingFindsWhoClassifiesBetter(t *testing.T) {
	t.Parallel()
	draw := stats.Stream(1, "classifiers")
	said := func(truth string, right float64) string {
		if draw.Float64() < right {
			return truth
		}
		return []string{"x", "y", "z"}[draw.IntN(3)]
	}
	var good, bad, same []stats.Labelled
	for i := range 300 {
		truth := []string{"x", "y", "z"}[i%3]
		label := func(right float64) stats.Labelled {
			return stats.Labelled{ID: fmt.Sprint(i), Cluster: fmt.Sprint(i / 3), Truth: truth, Said: said(truth, right)}
		}
		good, bad, same = append(good, label(0.7)), append(bad, label(0.5)), append(same, label(0.7))
	}
	e, p := stats.MacroF1Difference(good, bad, seeded("better"))
	near(t, "the difference", e.Value, stats.MacroF1(good, seeded("g")).Value-stats.MacroF1(bad, seeded("b")).Value, 1e-12)
	near(t, "the difference of the test", p.Statistic, e.Value, 1e-12)
	if p.P > 0.01 || e.Low <= 0 || p.Clusters != 100 || p.Method != stats.SwapRandom {
		t.Errorf("p = %.4f by %s, from %.3f, %d clusters", p.P, p.Method, e.Low, p.Clusters)
	}
	if _, p := stats.MacroF1Difference(good, same, seeded("same")); p.P < 0.05 {
		t.Errorf("equals differ: p = %.4f", p.P)
	}
	if _, p := stats.MacroF1Difference(good, good, seeded("self")); p.P != 1 {
		t.Errorf("it differs from itself: p = %.4f", p.P)
	}
}

// Of a mean, swapping is flipping signs.
func TestSwappingAllWaysIsFlippingAllSigns(t *testing.T) {
	t.Parallel()
	ds := darwin()[:10]
	swap := stats.Swap(10, 10, stats.Options{}, func(swapped []bool) (sum float64, ok bool) {
		for i, s := range swapped {
			sum += ds[i] * (1 - 2*one(s))
		}
		return sum, true
	})
	if swap.Method != stats.SwapExact {
		t.Errorf("by %s", swap.Method)
	}
	near(t, "p", swap.P, stats.SignFlip(against0(ds...), stats.Options{}).P, 1e-15)
}

func TestCalibrationErrorIsTheDistanceOfAccuracyFromConfidence(t *testing.T) {
	t.Parallel()
	var forecasts []stats.Forecast
	for i := range 100 { // 60 % sure and right in 4 of 10; 90 % sure and right in 9 of 10
		p, right := 0.6, 4
		if i >= 50 {
			p, right = 0.9, 9
		}
		f := stats.Forecast{ID: fmt.Sprint(i), P: []float64{p, 1 - p}}
		if i%10 >= right {
			f.Truth = 1
		}
		forecasts = append(forecasts, f)
	}
	near(t, "the error", stats.CalibrationError(forecasts, 10, seeded("ece")).Value, 0.1, 1e-12)
	bins, why := stats.Reliability(forecasts, 10)
	if len(bins) != 2 || why != "" { // equal confidences stay together
		t.Fatalf("%d bins, %q", len(bins), why)
	}
	near(t, "confidence", bins[0].Confidence, 0.6, 1e-12)
	near(t, "accuracy", bins[0].Accuracy, 0.4, 1e-12)
	if bins[0].N != 50 || bins[1].N != 50 {
		t.Errorf("bins of %d and %d", bins[0].N, bins[1].N)
	}
}

// judged is 40 items that a person and a judge saw, and 200 of the judge alone.
func judged() (both []stats.Both, alone []stats.Value) {
	for i := range 40 {
		x := float64(i)
		both = append(both, stats.Both{ID: fmt.Sprint("b", i), Human: math.Sin(x*1.7) + 0.3*math.Cos(x*0.9) + 1, Judge: math.Sin(x*1.7) + 0.2*math.Sin(x*2.3) + 0.8})
	}
	for i := range 200 {
		x := float64(i)
		alone = append(alone, stats.Value{ID: fmt.Sprint("a", i), Value: math.Sin(x*0.37+1) + 0.2*math.Sin(x*1.3) + 0.8})
	}
	return both, alone
}

// The numbers are those of the authors' ppi_py 0.2.3, whose quantile is normal and
// whose λ divides by n, not n − 1: ppi_mean_pointestimate, ppi_mean_ci,
// classical_mean_ci.
func TestPredictionPoweredMeansAreThoseOfTheAuthors(t *testing.T) {
	t.Parallel()
	p := stats.PPI(judged2(judged()))
	near(t, "the mean", p.Powered.Value, 0.99669383, 0.0006)
	normal := 1.959964 / 2.022691 // ÷ Student's of 39
	near(t, "half of the interval", (p.Powered.High-p.Powered.Low)/2*normal, (1.11634045-0.87704721)/2, 0.0021)
	near(t, "the classical mean", p.Classical.Value, 1.0139024652071218, 1e-12)
	interval(t, p.Classical, 1.0139024652071218-0.23755535886616536, 1.0139024652071218+0.23755535886616536, 1e-6)
	if width := (p.Powered.High - p.Powered.Low) / (p.Classical.High - p.Classical.Low); width > 0.6 {
		t.Errorf("a good judge narrows the interval to %.2f only", width)
	}
}

func judged2(both []stats.Both, alone []stats.Value) ([]stats.Both, []stats.Value, stats.Options) {
	return both, alone, stats.Options{}
}

func TestAJudgeWhoKnowsNothingDoesNotCount(t *testing.T) {
	t.Parallel()
	both, alone := judged()
	for i := range both {
		both[i].Judge = -both[i].Human // worse than nothing
	}
	p := stats.PPI(both, alone, stats.Options{})
	if p.Lambda != 0 || p.Powered.Value != p.Classical.Value {
		t.Errorf("λ = %v, %v against %v", p.Lambda, p.Powered.Value, p.Classical.Value)
	}
}

func TestAlphaOfFewUnitsEndsAtOne(t *testing.T) {
	t.Parallel()
	var ratings []stats.Rating
	for i, pair := range [][2]float64{{1, 1}, {3, 3}, {5, 4}} {
		for k, v := range pair {
			ratings = append(ratings, stats.Rating{Unit: fmt.Sprint(i), Rater: fmt.Sprint(k), Value: v})
		}
	}
	if e := stats.Krippendorff(ratings, stats.Interval, stats.Options{}); e.Why != "" || e.Open != "" || e.High != 1 || e.Low >= e.Value {
		t.Errorf("%+v", e)
	}
}

func TestVerdictsOnDifferentRepliesAreNoFlip(t *testing.T) {
	t.Parallel()
	var verdicts []stats.Verdict
	for i := range 20 { // the first repeat lacks its second order; in the others a judge is as steady as can be
		for repeat := range 3 {
			for _, first := range []int{1, -1} {
				if repeat == 0 && first == -1 {
					continue
				}
				verdicts = append(verdicts, stats.Verdict{Item: fmt.Sprint(i), Trial: fmt.Sprint(repeat), A: "a", B: "b", Score: float64(repeat % 2), First: first})
			}
		}
	}
	if rate := stats.OrderFlips(verdicts, stats.Options{}).Rate; rate.Value != 0 || rate.N != 40 {
		t.Errorf("%+v", rate)
	}
}
