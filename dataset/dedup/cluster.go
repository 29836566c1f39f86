package dedup

// Clusters tells for each item the earliest of those that it is a duplicate of.
type Clusters struct {
	of    forest
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
	return &Clusters{of: newForest(items), equal: make([]uint64, (items+63)/64)}
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

// forest is a union-find in which the root of a tree is its least item. Between
// flatten and the next union it is read by several goroutines.
type forest []uint32

func newForest(items uint32) forest {
	f := make(forest, items)
	for i := range f {
		f[i] = uint32(i)
	}
	return f
}

func (f forest) find(i uint32) uint32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

func (f forest) union(a, b uint32) {
	a, b = f.find(a), f.find(b)
	f[max(a, b)] = min(a, b)
}

// flatten makes every item point to its root.
func (f forest) flatten() {
	for i := range f {
		f[i] = f[f[i]] // roots are least, so those before are flat
	}
}
