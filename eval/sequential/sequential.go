// Package sequential decides declared comparisons while items are still being
// asked, at an error rate that holds whenever one stops: clusters of items come
// in an order drawn beforehand, and each comparison is a stats.Sequence of the
// mean differences of clusters, at the family's error rate by its size
// (Bonferroni). Who asks and who reports go through the same rows in the same
// order.
package sequential

import (
	"cmp"
	"slices"

	"github.com/llm-city/gorod/eval/stats"
)

// Order puts the clusters of a task into the order in which they are asked: at
// random, by the seed of the suite.
func Order(seed uint64, task string, clusters []string) []string {
	type ranked struct {
		name string
		at   uint64
	}
	all := make([]ranked, len(clusters))
	for i, name := range clusters {
		all[i] = ranked{name, stats.Stream(seed, "order", task, name).Uint64()}
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.name, b.name)) })
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = one.name
	}
	return out
}

// Comparison is one that is decided on the way.
type Comparison struct {
	sequence *stats.Sequence
	alpha    float64
}

// New is a comparison of a measure with the bounds low and high, in a family of
// size comparisons that errs with the probability alpha. Bounds that are none
// give stats.OutOfRange.
func New(low, high, alpha float64, size int) (*Comparison, stats.Why) {
	alpha /= float64(max(size, 1))
	sequence, why := stats.NewSequence(low-high, high-low, alpha)
	return &Comparison{sequence, alpha}, why
}

// Add takes the pairs of the next cluster. Without any it tells nothing.
func (c *Comparison) Add(pairs []stats.Pair) error {
	if len(pairs) == 0 {
		return nil
	}
	sum := 0.0
	for _, p := range pairs {
		sum += p.A - p.B
	}
	return c.sequence.Add(sum / float64(len(pairs)))
}

// Decided reports whether there is a difference, as sure as the family asks.
func (c *Comparison) Decided() bool {
	test := c.sequence.Test()
	return test.Why == "" && test.P <= c.alpha
}

// Result is the difference and the test, valid wherever one stopped.
func (c *Comparison) Result() (stats.Estimate, stats.Test) {
	return c.sequence.Difference(), c.sequence.Test()
}

// Of goes through the pairs of a task in the order in which they were asked.
func Of(seed uint64, task string, pairs []stats.Pair, low, high, alpha float64, size int) (stats.Estimate, stats.Test) {
	c, why := New(low, high, alpha, size)
	if why != "" {
		return stats.Estimate{Method: stats.Betting, Why: why, Open: why}, stats.Test{Method: stats.Betting, Why: why}
	}
	byCluster := map[string][]stats.Pair{}
	var clusters []string
	for _, p := range pairs {
		name := cmp.Or(p.Cluster, p.ID)
		if byCluster[name] == nil {
			clusters = append(clusters, name)
		}
		byCluster[name] = append(byCluster[name], p)
	}
	for _, name := range Order(seed, task, clusters) {
		if err := c.Add(byCluster[name]); err != nil {
			return stats.Estimate{Method: stats.Betting, Why: stats.BeyondBounds, Open: stats.BeyondBounds}, stats.Test{Method: stats.Betting, Why: stats.BeyondBounds}
		}
	}
	return c.Result()
}
