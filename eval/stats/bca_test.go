package stats_test

import (
	"math"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// spatial is "spatial data A" of DiCiccio and Efron 1996 and of Efron and
// Tibshirani 1993, table 14.1.
func spatial() []float64 {
	return []float64{48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41}
}

// The variance of the data (divided by n) is 171.5; Efron and Tibshirani 1993,
// table 14.2, give the BCa interval of 90 % as 115.8 to 259.6 by 2,000 resamples,
// and scipy 1.17 as 115.8 to 261.7 by 400,000.
func TestBCaIsThatOfThePublishedExample(t *testing.T) {
	t.Parallel()
	sums := stats.NewSums(26, 3)
	for i, x := range spatial() {
		sums.Add(i, 1, x, x*x)
	}
	o := seeded("spatial")
	o.Level, o.Resamples, o.Plain = 0.9, 100_000, true
	e := sums.BCa(o, func(t []float64) (float64, bool) { return t[2]/t[0] - t[1]/t[0]*t[1]/t[0], true })
	near(t, "the variance", e.Value, 171.534, 0.001)
	interval(t, e, 115.8, 261.5, 1.2)
}

// Efron and Tibshirani 1993, table 3.1: 15 law schools; the correlation is 0.776.
// scipy 1.17: BCa of 95 %, 0.338 to 0.942 by 100,000 resamples.
func TestBCaOfAStatisticThatIsNoSumIsThatOfScipy(t *testing.T) {
	t.Parallel()
	lsat := []float64{576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594}
	gpa := []float64{3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96}
	o := seeded("law")
	o.Resamples, o.Plain = 50_000, true
	e := stats.BCaOf(15, 15, o, func(w []float64) (float64, bool) {
		var n, x, y, xx, yy, xy float64
		for i := range w {
			u, v := lsat[i]-600, gpa[i]-3
			n, x, y, xx, yy, xy = n+w[i], x+w[i]*u, y+w[i]*v, xx+w[i]*u*u, yy+w[i]*v*v, xy+w[i]*u*v
		}
		under := (n*xx - x*x) * (n*yy - y*y)
		return (n*xy - x*y) / math.Sqrt(under), under > 0
	})
	near(t, "the correlation", e.Value, 0.776374491289407, 1e-9)
	interval(t, e, 0.3385, 0.9418, 0.012)
}

func TestTheMeanDifferenceIsThatOfScipy(t *testing.T) {
	t.Parallel()
	// scipy 1.17, 200,000 resamples: −1.6 to 36.27.
	o := seeded("maize")
	o.Resamples, o.Plain = 100_000, true
	interval(t, stats.MeanDifference(against0(darwin()...), o), -1.6, 36.27, 0.4)
}

func TestIntervalsOfFewClustersAreExpanded(t *testing.T) {
	t.Parallel()
	wide := stats.MeanDifference(against0(darwin()...), seeded("maize"))
	o := seeded("maize")
	o.Plain = true
	plain := stats.MeanDifference(against0(darwin()...), o)
	// √(15/14)·t₁₄ ÷ z = 1.133.
	near(t, "how much wider", (wide.High-wide.Low)/(plain.High-plain.Low), 1.133, 0.05)
	many := stats.MeanDifference(against0(make([]float64, 200)...), seeded("many"))
	if wide.Method != stats.BCaExpanded || plain.Method != stats.BCa || many.Method != stats.BCa {
		t.Errorf("by %s, %s and %s", wide.Method, plain.Method, many.Method)
	}
}

func TestClustersAreResampledAsOne(t *testing.T) {
	t.Parallel()
	single, repeated := against0(darwin()...), []stats.Pair(nil)
	for i, p := range single {
		for range 9 {
			p.Cluster, p.ID = string(rune('a'+i)), string(rune(len(repeated)))
			repeated = append(repeated, p)
		}
	}
	one, nine := stats.MeanDifference(single, seeded("c")), stats.MeanDifference(repeated, seeded("c"))
	interval(t, nine, one.Low, one.High, 1e-9) // nine copies are no news
	if nine.N != 135 || nine.Clusters != 15 {
		t.Errorf("%d items in %d clusters", nine.N, nine.Clusters)
	}
}

// More than 20,000 clusters are resampled several at a time.
func TestVeryManyItemsHaveTheIntervalOfStudent(t *testing.T) {
	t.Parallel()
	xs := normals(50_000, stats.Stream(1, "very many"))
	o := seeded("very many")
	o.Resamples = 2000
	e := stats.MeanDifference(against0(xs...), o)
	want, _ := stats.Student(against0(xs...), o)
	interval(t, e, want.Low, want.High, 0.0006) // of 0.0175
	if e.Clusters != 50_000 {
		t.Errorf("%d clusters", e.Clusters)
	}
	near(t, "p", stats.SignFlip(against0(xs...), o).P, second(stats.Student(against0(xs...), o)).P, 0.03)
}
