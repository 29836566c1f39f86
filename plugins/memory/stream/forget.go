package stream

import (
	"cmp"
	"slices"
)

// forget drops the memories that are too many: those with the least importance
// times recency, by the time since last access in both forms, the oldest first
// of equal ones.
func (m *mind) forget(now int64) []*entry {
	excess := len(m.entries) - m.config.Capacity
	if m.config.Capacity == 0 || excess <= 0 {
		return nil
	}
	worth := make([]float64, len(m.entries))
	places := make([]int, len(m.entries))
	for at := range m.entries {
		worth[at] = float64(m.importance[at]) * m.config.formula.left.after(now-m.used[at])
		places[at] = at
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(worth[a], worth[b]) })
	gone := places[:excess]
	slices.Sort(gone)
	return m.drop(gone)
}

// drop takes memories out and closes the gaps. Places are in ascending order.
func (m *mind) drop(places []int) []*entry {
	gone := make([]*entry, 0, len(places))
	at := make([]int32, m.table.Len()) // places by row
	for place, row := range m.rows {
		if row >= 0 {
			at[row] = int32(place) //nolint:gosec // places fit
		}
	}
	for _, place := range places {
		e := m.entries[place]
		gone = append(gone, e)
		for _, source := range e.Sources {
			if m.sources[source]--; m.sources[source] == 0 {
				delete(m.sources, source)
			}
		}
		if row := m.rows[place]; row >= 0 {
			m.table.Remove(e.vectorKey())
			end := m.table.Len()
			at[row] = at[end] // as the table does
			m.rows[at[row]] = row
		}
	}
	m.entries, m.used = without(m.entries, places), without(m.used, places)
	m.importance, m.rows = without(m.importance, places), without(m.rows, places)
	m.rerank(places)
	return gone
}

// rerank takes dropped places out of the order of access, and gives the others
// their new ones.
func (m *mind) rerank(dropped []int) {
	kept := m.order[:0]
	for _, place := range m.order {
		if before, gone := slices.BinarySearch(dropped, int(place)); !gone {
			kept = append(kept, place-int32(before)) //nolint:gosec // places fit
		}
	}
	m.order = kept
}

// without is a list without some places, in the same memory.
func without[T any](list []T, places []int) []T {
	kept := list[:0]
	for at, x := range list {
		if len(places) > 0 && places[0] == at {
			places = places[1:]
			continue
		}
		kept = append(kept, x)
	}
	clear(list[len(kept):])
	return kept
}
