package stats

import (
	"cmp"
	"slices"
)

// Value is a number about an item.
type Value struct {
	ID      string  // of the item: what pairs are matched by
	Cluster string  // items of one are not independent; empty: of its own
	Value   float64 // finite
}

// Pair is an item with the values of two subjects.
type Pair struct {
	ID      string
	Cluster string // empty: of its own
	A, B    float64
}

// Unmatched are items that did not come to be pairs.
type Unmatched struct {
	OnlyA, OnlyB []string
	Twice        []string // items that one side has more than once: left out
}

// Match pairs the values of two subjects by item, in the order of their ids. The
// cluster is that of a's value.
func Match(a, b []Value) ([]Pair, Unmatched) {
	left, right := byID(a), byID(b)
	pairs := make([]Pair, 0, min(len(left), len(right)))
	var un Unmatched
	for len(left) > 0 || len(right) > 0 {
		id := firstID(left, right)
		var as, bs []Value
		as, left = split(left, id)
		bs, right = split(right, id)
		switch {
		case len(as) > 1 || len(bs) > 1:
			un.Twice = append(un.Twice, id)
		case len(bs) == 0:
			un.OnlyA = append(un.OnlyA, id)
		case len(as) == 0:
			un.OnlyB = append(un.OnlyB, id)
		default:
			pairs = append(pairs, Pair{ID: id, Cluster: as[0].Cluster, A: as[0].Value, B: bs[0].Value})
		}
	}
	return pairs, un
}

// byID are the values in the order of their ids.
func byID(values []Value) []Value {
	order := func(x, y Value) int { return cmp.Compare(x.ID, y.ID) }
	if slices.IsSortedFunc(values, order) { // as what comes from a file often is
		return values
	}
	return slices.SortedStableFunc(slices.Values(values), order)
}

func firstID(left, right []Value) string {
	if len(right) == 0 || len(left) > 0 && left[0].ID < right[0].ID {
		return left[0].ID
	}
	return right[0].ID
}

// split cuts off the values of an id.
func split(values []Value, id string) (those, rest []Value) {
	n := 0
	for n < len(values) && values[n].ID == id {
		n++
	}
	return values[:n], values[n:]
}

// index numbers clusters in the order in which they appear: of[i] is that of item
// i, and n how many there are.
func index[T any](items []T, key func(T) (cluster, id string)) (of []int, n int) {
	type name struct{ kind, text string } // an id is never mistaken for a cluster
	seen := make(map[name]int, len(items))
	of = make([]int, len(items))
	for i, item := range items {
		cluster, id := key(item)
		k := name{"cluster", cluster}
		if cluster == "" {
			k = name{"item", id}
		}
		at, ok := seen[k]
		if !ok {
			at = len(seen)
			seen[k] = at
		}
		of[i] = at
	}
	return of, len(seen)
}

func pairCluster(p Pair) (cluster, id string)   { return p.Cluster, p.ID }
func valueCluster(v Value) (cluster, id string) { return v.Cluster, v.ID }

// checkPairs says what is wrong with pairs, and how many clusters they are.
func checkPairs(pairs []Pair) (of []int, clusters int, why Why) {
	of, clusters = index(pairs, pairCluster)
	switch {
	case len(pairs) == 0:
		why = NoItems
	case len(pairs) == 1:
		why = OneItem
	case clusters == 1:
		why = OneCluster
	}
	for _, p := range pairs {
		if !finite(p.A, p.B, p.A-p.B) {
			why = NotFinite
		}
	}
	return of, clusters, why
}
