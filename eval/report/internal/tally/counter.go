package tally

import (
	"cmp"
	"slices"
)

// Counted is how often a key came up.
type Counted[K any] struct {
	Key K
	N   int
}

// counter counts keys. When there are more than limit, the rarer half is
// forgotten: frequent keys keep their counts, whatever passes by.
type counter[K comparable] struct {
	limit   int
	compare func(a, b K) int
	counts  map[K]int
	pruned  bool
}

func newCounter[K comparable](limit int, compare func(a, b K) int) *counter[K] {
	return &counter[K]{limit: limit, compare: compare, counts: map[K]int{}}
}

func (c *counter[K]) add(key K, n int) {
	c.counts[key] += n
	if len(c.counts) <= c.limit {
		return
	}
	c.pruned = true
	for _, rare := range c.sorted()[c.limit/2:] {
		delete(c.counts, rare.Key)
	}
}

// top are the n most frequent keys; equally frequent ones in their own order.
func (c *counter[K]) top(n int) []Counted[K] {
	all := c.sorted()
	return all[:min(n, len(all))]
}

func (c *counter[K]) sorted() []Counted[K] {
	all := make([]Counted[K], 0, len(c.counts))
	for key, n := range c.counts {
		all = append(all, Counted[K]{key, n})
	}
	slices.SortFunc(all, func(a, b Counted[K]) int { return cmp.Or(cmp.Compare(b.N, a.N), c.compare(a.Key, b.Key)) })
	return all
}
