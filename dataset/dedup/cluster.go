package dedup

import "github.com/llm-city/gorod/dataset/forest"

// Clusters tells for each item the earliest of those that it is a duplicate of.
type Clusters struct {
	of    forest.Forest
	equal []uint64 // bit of each item whose text an earlier one of its cluster has
	stats Stats
}

// Stats are counts of items.
type Stats struct {
	Clusters int `json:"clusters"` // of two items or more
	Exact    int `json:"exact"`    // items whose text is that of an earlier one
	Near     int `json:"near"`     // others that are not the earliest of their cluster
}

func newClusters(items uint32) *Clusters {
	return &Clusters{of: forest.New(int(items)), equal: make([]uint64, (items+63)/64)}
}

// Of is the earliest item of an item's cluster, itself where it is that or alone.
func (c *Clusters) Of(item uint32) uint32 {
	if int(item) >= len(c.of) {
		return item
	}
	return c.of[item]
}

// Exact reports whether an earlier item has the same normal form.
func (c *Clusters) Exact(item uint32) bool {
	return int(item) < len(c.of) && c.equal[item/64]>>(item%64)&1 == 1
}

// Stats are the counts.
func (c *Clusters) Stats() Stats { return c.stats }

// Len is one above the highest item added.
func (c *Clusters) Len() int { return len(c.of) }

func (c *Clusters) setEqual(item uint32) { c.equal[item/64] |= 1 << (item % 64) }

func (c *Clusters) count() {
	many := make([]uint64, len(c.equal)) // bit of each representative of others
	for i, root := range c.of {
		item := uint32(i)
		switch {
		case root == item:
			continue
		case c.Exact(item):
			c.stats.Exact++
		default:
			c.stats.Near++
		}
		if bit := uint64(1) << (root % 64); many[root/64]&bit == 0 {
			many[root/64] |= bit
			c.stats.Clusters++
		}
	}
}
