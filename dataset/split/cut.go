package split

import (
	"math"
	"slices"
)

// cut is the time from which on examples go to the later split: the one for
// which the examples that then are too few or too many there, and those that
// share something across it and go or move for that, are fewest together. There
// is none where every cut would go through all of them.
func (s *Splitter) cut(a *Assignment, r reach, target int) (at int64, ok bool) {
	var times, begin, end []int64
	for i, was := range a.of {
		if was != Train {
			continue
		}
		times = append(times, s.times[i])
		if from, to := s.lost(i, r); from < to {
			begin, end = append(begin, from), append(end, to)
		}
	}
	slices.Sort(times)
	slices.Sort(begin)
	slices.Sort(end)
	open, best := 0, math.MaxInt
	for i, t := range times {
		for ; len(end) > 0 && end[0] < t; end = end[1:] {
			open--
		}
		for ; len(begin) > 0 && begin[0] < t; begin = begin[1:] {
			open++
		}
		later := len(times) - i
		if i == 0 || times[i-1] == t || open >= s.most(i, later) {
			continue
		}
		if cost := open + max(later-target, target-later); cost < best {
			best, at, ok = cost, t, true
		}
	}
	return at, ok
}

// most is how many examples a cut may cost: fewer than there are on the side
// that pays, so that something is left there.
func (s *Splitter) most(earlier, later int) int {
	switch s.opts.Straddle {
	case KeepLater:
		return earlier + later
	case DropLater:
		return later
	default:
		return earlier
	}
}

// lost is after which time and up to which a cut drops or moves an example.
func (s *Splitter) lost(i int, r reach) (from, to int64) {
	switch s.opts.Straddle {
	case KeepLater:
		return r.first[i], r.last[i]
	case DropLater:
		return r.first[i], s.times[i]
	default:
		return s.times[i], r.last[i]
	}
}
