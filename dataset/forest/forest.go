// Package forest is union-find over numbered items.
package forest

// Forest holds for each item another of its set. The root of a set is its least
// item, so that the sets are the same in whatever order they were joined.
// Between Flatten and the next Union it may be read by several goroutines, and
// each entry is then the root of its item.
type Forest []uint32

// New is n items, each by itself.
func New(n int) Forest {
	f := make(Forest, n)
	for i := range f {
		f[i] = uint32(i)
	}
	return f
}

// Find is the least item of an item's set.
func (f Forest) Find(i uint32) uint32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// Union joins the sets of two items.
func (f Forest) Union(a, b uint32) {
	a, b = f.Find(a), f.Find(b)
	f[max(a, b)] = min(a, b)
}

// Flatten makes each entry the root of its item.
func (f Forest) Flatten() {
	for i := range f {
		f[i] = f[f[i]]
	}
}
