package live

import (
	"cmp"
	"math"
	"slices"
)

// ids is a range of message ids, both ends in it.
type ids struct{ low, high int64 }

// open is the high end of what reaches up to the latest message.
const open = math.MaxInt64

func (r ids) empty() bool { return r.low > r.high }

// union joins ranges that touch or overlap; the result ascends.
func union(ranges []ids) []ids {
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b ids) int { return cmp.Compare(a.low, b.low) })
	var out []ids
	for _, r := range sorted {
		if last := len(out) - 1; last >= 0 && r.low <= out[last].high+1 {
			out[last].high = max(out[last].high, r.high)
			continue
		}
		out = append(out, r)
	}
	return out
}

// gaps are the parts of a range that nothing covers, the latest first.
func gaps(within ids, covered []ids) []ids {
	var out []ids
	low := within.low
	for _, r := range union(covered) {
		if r.high < within.low || r.low > within.high {
			continue
		}
		if gap := (ids{low, r.low - 1}); !gap.empty() {
			out = append(out, gap)
		}
		low = r.high + 1
	}
	if gap := (ids{low, within.high}); !gap.empty() {
		out = append(out, gap)
	}
	slices.Reverse(out)
	return out
}
