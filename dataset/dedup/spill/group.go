package spill

import (
	"cmp"
	"math/bits"
	"slices"
)

// Groups hands over the records that share their Key with others, a group at a
// time, each in the order of More and Item where byMore is set, otherwise of
// Item. Records are rearranged; a group is good until the call returns. Groups
// come in the order of their keys, whatever the order of the records was.
func Groups(records []Record, byMore bool, visit func([]Record) error) error {
	records = repeated(records)
	slices.SortFunc(records, func(a, b Record) int {
		if c := cmp.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		if byMore && a.More != b.More {
			return cmp.Compare(a.More, b.More)
		}
		return cmp.Compare(a.Item, b.Item)
	})
	for from := 0; from < len(records); {
		to := from + 1
		for to < len(records) && records[to].Key == records[from].Key {
			to++
		}
		if to-from > 1 {
			if err := visit(records[from:to]); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// repeated leaves the records whose key others may have. Nearly all keys of a
// part stand alone, so that counting them in a small table spares most of the
// sorting.
func repeated(records []Record) []Record {
	if len(records) < 2 {
		return nil
	}
	shift := 64 - bits.Len(uint(2*len(records)))
	slot := func(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> shift }
	counts := make([]uint8, 1<<(64-shift))
	for i := range records {
		if c := &counts[slot(records[i].Key)]; *c < 2 {
			*c++
		}
	}
	kept := records[:0]
	for _, r := range records {
		if counts[slot(r.Key)] > 1 {
			kept = append(kept, r)
		}
	}
	return kept
}
