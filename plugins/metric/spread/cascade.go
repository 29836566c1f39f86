package spread

import (
	"math"

	"github.com/llm-city/gorod/plugins/metric/internal/stat"
)

// cascade is how one event went round. What it holds grows with residents.
type cascade struct {
	first   int64         // tick in which it was first told or heard
	at      map[int]int   // node of each resident who heard
	parents []int         // of each node but the study's, which is 0
	hops    []int         // of each node
	fresh   []freshAtTick // in order
	byGroup []int
	// plans of hearers that could be compared, and those that changed.
	compared, changed int
}

// freshAtTick is how many heard in a tick.
type freshAtTick struct {
	tick int64
	n    int
}

func newCascade(first int64, groups int) *cascade {
	return &cascade{first: first, at: map[int]int{}, parents: []int{0}, hops: []int{0}, byGroup: make([]int, groups)}
}

// add adds a resident who heard from another, or with -1 from the study or
// one of whom it is not known that it had heard. It is false for one who had
// heard before.
func (c *cascade) add(tick int64, agent, from, hops int) bool {
	if _, again := c.at[agent]; again {
		return false
	}
	parent := c.at[from] // the study's node where from is not there
	c.at[agent] = len(c.parents)
	c.parents = append(c.parents, parent)
	c.hops = append(c.hops, max(hops, 0))
	if n := len(c.fresh); n > 0 && c.fresh[n-1].tick == tick {
		c.fresh[n-1].n++
	} else {
		c.fresh = append(c.fresh, freshAtTick{tick, 1})
	}
	return true
}

// size is how many residents heard.
func (c *cascade) size() int { return len(c.at) }

// shape is the most hops, the most residents at one number of them, and the
// mean.
func (c *cascade) shape() (depth, breadth int, mean float64) {
	counts, sum := map[int]int{}, 0
	for _, h := range c.hops[1:] {
		counts[h]++
		depth, breadth, sum = max(depth, h), max(breadth, counts[h]), sum+h
	}
	return depth, breadth, stat.Ratio(sum, c.size())
}

// halfTime is in ticks, from the beginning of the first.
func (c *cascade) halfTime() float64 {
	half, before := float64(c.size())/2, 0.0
	for _, f := range c.fresh {
		if after := before + float64(f.n); after >= half {
			return float64(f.tick-c.first) + (half-before)/float64(f.n)
		}
		before += float64(f.n)
	}
	return math.NaN() // nobody heard
}

// virality is the mean distance between two nodes. An edge of the tree lies
// between the s nodes below it and the n-s others, so on the way of s(n-s)
// pairs. A parent's node comes before its children's.
func (c *cascade) virality() float64 {
	n := len(c.parents)
	if n < 2 {
		return math.NaN()
	}
	below, sum := make([]int, n), 0.0
	for node := n - 1; node > 0; node-- {
		below[node]++
		below[c.parents[node]] += below[node]
		sum += float64(below[node]) * float64(n-below[node])
	}
	return sum * 2 / (float64(n) * float64(n-1))
}
