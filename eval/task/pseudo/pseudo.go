// Package pseudo spreads a statistic of all replies, which is no mean of theirs,
// over the clusters that the replies are of: as θ + (n−1)·(θ̄₋ − θ₋ᵢ), where θ₋ᵢ is
// the statistic without cluster i and θ̄₋ the mean of these. Their mean is the
// statistic, and their spread is that of the jackknife (Efron & Tibshirani 1993,
// "An Introduction to the Bootstrap", §11): they are its pseudo-values, moved so
// that they tell the statistic itself and not one corrected for bias. Such rows
// are compared as any others are. A single one may lie beyond the bounds of the
// statistic.
package pseudo

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/eval/sample"
)

// Value is that of a statistic, or why there is none.
type Value struct {
	X       float64
	Missing string
}

// Statistic computes values, one a measure, of the samples that are kept: their
// indexes, in order. It may change the slice.
type Statistic func(kept []int) []Value

// mostGroups bounds how often a statistic is computed: of more clusters, several
// are left out together (the delete-a-group jackknife, Kott 2001).
const mostGroups = 200

// Scores are the rows of a subject's measures: one for each cluster of the
// samples, or a single one where there is but one cluster, or where the
// statistic cannot do without one of them. A value that cannot be computed is a
// single row with the reason. Which of the samples it is about is told by their
// indexes: those of all items, unusable replies too, which the statistic passes
// over, so that rows of two subjects pair. Score.Sample is an index.
func Scores(samples []sample.Sample, about []int, measures []string, of Statistic) []sample.Score {
	clusters := group(samples, about)
	if len(clusters) == 0 {
		return nil
	}
	whole := of(slices.Clone(about))
	left := make([][]Value, len(clusters))
	if len(clusters) > 1 {
		for i := range clusters {
			left[i] = of(without(about, clusters[i].samples))
		}
	}
	var out []sample.Score
	for m, name := range measures {
		out = append(out, spread(samples, clusters, name, whole[m], func(i int) Value {
			if left[i] == nil {
				return Value{Missing: "one cluster"}
			}
			return left[i][m]
		})...)
	}
	return out
}

// spread are the rows of one measure.
func spread(samples []sample.Sample, clusters []cluster, measure string, whole Value, without func(i int) Value) []sample.Score {
	row := func(at int, x float64, missing string) sample.Score {
		return sample.Score{Sample: strconv.Itoa(at), Item: samples[at].Item, Cluster: samples[at].Cluster, Measure: measure, Value: x, Missing: missing}
	}
	if whole.Missing != "" || math.IsNaN(whole.X) || math.IsInf(whole.X, 0) {
		return []sample.Score{row(clusters[0].first, 0, cmp.Or(whole.Missing, "not a number"))}
	}
	n, mean := float64(len(clusters)), 0.0
	for i := range clusters {
		less := without(i)
		if less.Missing != "" || math.IsNaN(less.X) || math.IsInf(less.X, 0) {
			return []sample.Score{row(clusters[0].first, whole.X, "")}
		}
		mean += less.X / n
	}
	out := make([]sample.Score, len(clusters))
	for i, c := range clusters {
		out[i] = row(c.first, whole.X+(n-1)*(mean-without(i).X), "")
	}
	return out
}

// cluster is samples that are left out together.
type cluster struct {
	first   int
	samples map[int]bool
}

// group are the clusters in the order in which they come up.
func group(samples []sample.Sample, about []int) []cluster {
	numbers := map[string]int{}
	for _, i := range about {
		if name := nameOf(&samples[i]); numbers[name] == 0 {
			numbers[name] = len(numbers) + 1
		}
	}
	out := make([]cluster, min(len(numbers), mostGroups))
	for _, i := range about {
		c := &out[(numbers[nameOf(&samples[i])]-1)%len(out)]
		if c.samples == nil {
			c.first, c.samples = i, map[int]bool{}
		}
		c.samples[i] = true
	}
	return out
}

func nameOf(s *sample.Sample) string { return cmp.Or(s.Cluster, s.Item) }

func without(about []int, left map[int]bool) []int {
	return slices.DeleteFunc(slices.Clone(about), func(i int) bool { return left[i] })
}
