package split

import (
	"cmp"
	"math"
	"slices"
)

// extent is the stretch of time that a group of examples covers.
type extent struct {
	first, last int64
	size        int
}

// cut is the time from which on examples go to the later split: the one for
// which the examples that then are too few or too many there, and those in
// groups that lie on both sides of it, are fewest together. There is none where
// every cut would go through all groups.
func (s *Splitter) cut(a *Assignment, of forest, target int) (at int64, ok bool) {
	times, groups := s.extents(a, of)
	if len(times) == 0 {
		return 0, false
	}
	begin, end := slices.Clone(groups), groups
	slices.SortFunc(begin, func(a, b extent) int { return cmp.Compare(a.first, b.first) })
	slices.SortFunc(end, func(a, b extent) int { return cmp.Compare(a.last, b.last) })
	open, best := 0, math.MaxInt
	for i, t := range times {
		for ; len(end) > 0 && end[0].last < t; end = end[1:] {
			open -= end[0].size
		}
		for ; len(begin) > 0 && begin[0].first < t; begin = begin[1:] {
			open += begin[0].size
		}
		if i == 0 || times[i-1] == t || open == len(times) {
			continue
		}
		later := len(times) - i
		if cost := open + max(later-target, target-later); cost < best {
			best, at, ok = cost, t, true
		}
	}
	return at, ok
}

// extents are the times of all examples still in train, in order, and those of
// their groups.
func (s *Splitter) extents(a *Assignment, of forest) (times []int64, groups []extent) {
	all := make([]extent, len(of))
	for i, root := range of {
		if a.of[i] != Train {
			continue
		}
		t, e := s.times[i], &all[root]
		times = append(times, t)
		if e.size == 0 {
			e.first, e.last = t, t
		}
		e.first, e.last = min(e.first, t), max(e.last, t)
		e.size++
	}
	slices.Sort(times)
	return times, slices.DeleteFunc(all, func(e extent) bool { return e.size == 0 })
}
