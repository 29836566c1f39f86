package pseudo_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task/pseudo"
)

func samples(n, perCluster int) []sample.Sample {
	out := make([]sample.Sample, n)
	for i := range out {
		out[i] = sample.Sample{ID: strconv.Itoa(i), Item: strconv.Itoa(i), Cluster: strconv.Itoa(i / perCluster)}
	}
	return out
}

func first(n int) []int {
	var out []int
	for i := range n {
		out = append(out, i)
	}
	return out
}

// of makes a statistic of indexes of one of values.
func of(xs []float64, f func([]float64) pseudo.Value) pseudo.Statistic {
	return func(kept []int) []pseudo.Value {
		var some []float64
		for _, i := range kept {
			some = append(some, xs[i])
		}
		return []pseudo.Value{f(some)}
	}
}

func mean(xs []float64) pseudo.Value {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return pseudo.Value{X: sum / float64(len(xs))}
}

func TestPseudoValuesOfAMeanAreTheValues(t *testing.T) {
	t.Parallel()
	xs := []float64{3, 1, 4, 1, 5}
	rows := pseudo.Scores(samples(5, 1), first(5), []string{"m"}, of(xs, mean))
	if len(rows) != 5 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		if math.Abs(r.Value-xs[i]) > 1e-12 || r.Measure != "m" || r.Cluster != strconv.Itoa(i) || r.Sample != strconv.Itoa(i) {
			t.Errorf("%d: %+v", i, r)
		}
	}
}

// The variance with divisor n: rows have it as their mean, and the jackknife's
// error, here of 1, 2, 3, 6 as computed by hand.
func TestTheMeanIsTheStatistic(t *testing.T) {
	t.Parallel()
	variance := func(xs []float64) pseudo.Value {
		m, sum := mean(xs).X, 0.0
		for _, x := range xs {
			sum += (x - m) * (x - m)
		}
		return pseudo.Value{X: sum / float64(len(xs))}
	}
	rows := pseudo.Scores(samples(4, 1), first(4), []string{"v"}, of([]float64{1, 2, 3, 6}, variance))
	sum := 0.0
	for _, r := range rows {
		sum += r.Value / 4
	}
	if math.Abs(sum-3.5) > 1e-12 {
		t.Errorf("mean %v", sum)
	}
	// Without each: 26/9, 38/9, 14/3, 2/3; their mean is 28/9.
	for i, less := range []float64{26.0 / 9, 38.0 / 9, 42.0 / 9, 6.0 / 9} {
		if want := 3.5 + 3*(28.0/9-less); math.Abs(rows[i].Value-want) > 1e-12 {
			t.Errorf("row %d is %v, want %v", i, rows[i].Value, want)
		}
	}
}

func TestClustersAreLeftOutWhole(t *testing.T) {
	t.Parallel()
	rows := pseudo.Scores(samples(6, 2), first(6), []string{"m"}, of([]float64{0, 2, 4, 6, 8, 10}, mean))
	if len(rows) != 3 || rows[0].Value != 1 || rows[1].Value != 5 || rows[2].Value != 9 {
		t.Errorf("%+v", rows)
	}
}

func TestOnlyTheSamplesThatItIsAboutCount(t *testing.T) {
	t.Parallel()
	rows := pseudo.Scores(samples(6, 1), []int{1, 3, 5}, []string{"m"}, of([]float64{0, 2, 0, 4, 0, 9}, mean))
	if len(rows) != 3 || rows[1].Sample != "3" || math.Abs(rows[1].Value-4) > 1e-12 {
		t.Errorf("%+v", rows)
	}
}

func TestWhatCannotBeSpreadIsOneRow(t *testing.T) {
	t.Parallel()
	needsThree := func(xs []float64) pseudo.Value {
		if len(xs) < 3 {
			return pseudo.Value{Missing: "too few"}
		}
		return mean(xs)
	}
	for _, tt := range []struct {
		name    string
		samples []sample.Sample
		f       func([]float64) pseudo.Value
		value   float64
		missing string
	}{
		{"one cluster", samples(3, 3), mean, 2, ""},
		{"cannot do without one", samples(3, 1), needsThree, 2, ""},
		{"not even with all", samples(2, 1), needsThree, 0, "too few"},
		{"no number", samples(3, 1), func([]float64) pseudo.Value { return pseudo.Value{X: math.NaN()} }, 0, "not a number"},
	} {
		rows := pseudo.Scores(tt.samples, first(len(tt.samples)), []string{"m"}, of([]float64{1, 2, 3}, tt.f))
		if len(rows) != 1 || rows[0].Value != tt.value || rows[0].Missing != tt.missing {
			t.Errorf("%s: %+v", tt.name, rows)
		}
	}
	if rows := pseudo.Scores(nil, nil, []string{"m"}, of(nil, mean)); rows != nil {
		t.Errorf("%+v of nothing", rows)
	}
}

func TestManyClustersAreLeftOutInGroups(t *testing.T) {
	t.Parallel()
	xs := make([]float64, 1000)
	for i := range xs {
		xs[i] = float64(i)
	}
	rows := pseudo.Scores(samples(1000, 1), first(1000), []string{"m"}, of(xs, mean))
	sum := 0.0
	for _, r := range rows {
		sum += r.Value / float64(len(rows))
	}
	if len(rows) != 200 || math.Abs(sum-499.5) > 1e-9 {
		t.Errorf("%d rows with the mean %v", len(rows), sum)
	}
}
