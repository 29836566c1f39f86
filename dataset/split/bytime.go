package split

import (
	"context"
	"math"
	"slices"

	"github.com/llm-city/gorod/dataset/dedup/spill"
	"github.com/llm-city/gorod/dataset/forest"
)

// byTime gives the latest of what is still in train to a split.
func (s *Splitter) byTime(ctx context.Context, a *Assignment, l links, to Split, share float64) error {
	if share == 0 {
		return nil
	}
	whole := reach{slices.Clone(s.times), slices.Clone(s.times)}
	for i := range l {
		if err := s.widen(ctx, a, &l[i], whole); err != nil {
			return err
		}
	}
	at, ok := s.cut(a, whole, int(math.Round(share*float64(len(s.times)))))
	if !ok {
		return nil
	}
	a.Summary.Cuts[to.String()] = at
	why, err := s.reasons(ctx, a, l, whole, at)
	if err != nil {
		return err
	}
	for i, was := range a.of {
		if was != Train {
			continue
		}
		later, across := s.times[i] >= at, whole.across(i, at)
		switch {
		case s.dropped(across, later):
			a.of[i] = Dropped
			a.Summary.Dropped[l[why[i]].by+"_across_"+to.String()]++
		case later, across && s.opts.Straddle == KeepLater:
			a.of[i] = to
		}
	}
	return nil
}

// dropped reports whether an example that shares something across a cut is the
// one that has to go.
func (s *Splitter) dropped(across, later bool) bool {
	switch s.opts.Straddle {
	case KeepLater:
		return false
	case DropLater:
		return across && later
	default:
		return across && !later
	}
}

// reach is for each example the time of the earliest and of the latest one that
// it shares something with, itself among them.
type reach struct{ first, last []int64 }

// across reports whether an example shares something with one on the other side
// of a cut.
func (r reach) across(i int, at int64) bool { return r.first[i] < at && r.last[i] >= at }

// reasons is for each example the first of what examples share by which it is
// across a cut. They are found one after another: there may be millions.
func (s *Splitter) reasons(ctx context.Context, a *Assignment, l links, whole reach, at int64) ([]uint8, error) {
	why := make([]uint8, len(s.times))
	r := reach{slices.Clone(s.times), slices.Clone(s.times)}
	for n := range len(l) - 1 { // what no other explains, the last does
		if err := s.widen(ctx, a, &l[n], r); err != nil {
			return nil, err
		}
		for i := range why {
			if int(why[i]) == n && whole.across(i, at) && !r.across(i, at) {
				why[i] = uint8(n + 1)
			}
		}
	}
	return why, nil
}

// widen widens the reach of each example to all that it shares something with: a
// group that must go as a whole counts by all of it, and one that examples are
// dropped from by what each of them shares itself. What a much forwarded post
// ties together is then not lost but for those that hold it.
func (s *Splitter) widen(ctx context.Context, a *Assignment, by *level, r reach) error {
	if s.opts.Straddle == KeepLater {
		s.ofGroups(a, by.of, r)
		return nil
	}
	return s.ofKeys(ctx, a, by.key, r)
}

// ofKeys widens the reach of each example to all that share a key with it.
func (s *Splitter) ofKeys(ctx context.Context, a *Assignment, key kind, r reach) error {
	return eachKey(ctx, s.file, key, func(group []spill.Record) {
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for _, record := range group {
			if a.of[record.Item] == Train {
				first, last = min(first, s.times[record.Item]), max(last, s.times[record.Item])
			}
		}
		for _, record := range group {
			i := record.Item
			r.first[i], r.last[i] = min(r.first[i], first), max(r.last[i], last)
		}
	})
}

// ofGroups widens the reach of each example to that of its group. Groups are
// wholly in train or not at all.
func (s *Splitter) ofGroups(a *Assignment, of forest.Forest, r reach) {
	for i, root := range of {
		if a.of[i] == Train {
			r.first[root], r.last[root] = min(r.first[root], s.times[i]), max(r.last[root], s.times[i])
		}
	}
	for i, root := range of {
		r.first[i], r.last[i] = r.first[root], r.last[root]
	}
}
